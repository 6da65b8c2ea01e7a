/* utf8.h: text of a hub for programs whose toolkits trust it. */
#ifndef HUB_UTF8_H
#define HUB_UTF8_H

/* Replaces every byte that is not part of well-formed UTF-8 (RFC 3629) by '?', in place. */
void hub_utf8_repair(char *text);

#endif
