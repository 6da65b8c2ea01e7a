/* A library without the one symbol. */
int something_else(void);
int something_else(void) { return 1; }
