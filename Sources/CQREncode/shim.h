/* shim.h: the system's libqrencode (Debian: libqrencode-dev), as its own header declares it. */
#include <qrencode.h>
