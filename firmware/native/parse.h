/* Readers of hostile text: what parse.c promises.  No Python, no pjsip: the fuzzer takes it as it is. */
#ifndef HOOKSWITCH_PARSE_H
#define HOOKSWITCH_PARSE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    NUMBER_LEN = 33,    /* of a caller, with the final zero */
    NAME_LEN = 65,
    REASON_LEN = 24,
    DIALOG_ID_LEN = 256,    /* a Call-ID or a tag */
};

/* A Replaces value (RFC 3891), unescaped. */
struct replaces {
    char call_id[DIALOG_ID_LEN], to_tag[DIALOG_ID_LEN], from_tag[DIALOG_ID_LEN];
    bool early_only;
};
bool parse_replaces(const char *text, size_t length, struct replaces *found);

/* A key that a phone reports by INFO.  `type` is the media type in lower case, "application/dtmf". */
struct key {
    char key;           /* 0-9 * # A-D, F: hook flash */
    int ms;
};
bool parse_key(const char *type, const char *body, size_t length, struct key *found);

/* One entry of From, P-Asserted-Identity, Remote-Party-ID, Diversion, History-Info. */
struct party {
    char number[NUMBER_LEN], name[NAME_LEN];    /* cleaned; "": none, or not fit to be shown */
    bool anonymous;
    const char *uri, *params;                   /* where they stand in the text */
    size_t uri_length, params_length;
};
/* How much of the text the entry takes, its comma included; 0: there is none, or it is broken. */
size_t parse_party(const char *text, size_t length, struct party *found);
bool parse_param(const char *params, size_t length, const char *name, char *value, size_t size);
/* Why History-Info says that it went on from here: the word that Diversion would use. */
const char *parse_cause(const char *uri, size_t length);
bool parse_word(const char *text, size_t length, const char *word);  /* one of a ; or , list */

void clean_name(const char *text, size_t length, char name[NAME_LEN]);
void clean_number(const char *text, size_t length, char number[NUMBER_LEN]);

#endif
