/* papers.h: certificates of an authority that exists for one run of the tests. */
#ifndef HUB_TEST_PAPERS_H
#define HUB_TEST_PAPERS_H

/* PEM files in a folder of this run. */
typedef struct papers {
    char authority[64], hub_certificate[64], hub_key[64], client_certificate[64], client_key[64];
    char stranger_certificate[64], stranger_key[64]; /* of an authority that nobody knows */
} papers;

extern papers test_papers;

/* Makes them; ends the program when it cannot. */
void make_papers(void);
void remove_papers(void);

#endif
