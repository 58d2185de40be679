/* What watches.c, subscribe.c and notify.c share: subscriptions, and what they show. */
#ifndef HOOKSWITCH_WATCHES_H
#define HOOKSWITCH_WATCHES_H

#include "native.h"
#include "parse.h"

enum package { DIALOG, PRESENCE, MESSAGES, PACKAGES };
enum state { IDLE, RINGING, BUSY, HELD };
enum {
    TAG_LEN = 25,                            /* eight digits of the number, sixteen of chance */
    LINGER_S = 40,                           /* for the answer to the last NOTIFY */
};

struct watch {
    unsigned number;                         /* never used again soon: late answers find nobody */
    enum package package;
    struct shown *shown;
    struct watch *next;                      /* of the same number */
    char account[USER_LEN], our_tag[TAG_LEN];
    uint64_t mark;                           /* of the account's password */
    struct peer peer;
    const char *call_id, *their_tag, *them, *us, *contact, *routes, *host;   /* all in `text` */
    char *text;
    uint32_t their_cseq, our_cseq, version;
    int64_t ends_ms;
    bool ended;                              /* has said good-bye: one more NOTIFY, the last */
    bool busy, again;                        /* a NOTIFY is on its way; there is newer news */
    bool gone;                               /* refused or did not answer */
};

struct shown {
    char number[USER_LEN], party[NUMBER_LEN], name[NAME_LEN];
    enum state state;
    int fresh, old;                          /* messages */
    struct watch *first;
    struct shown *next;
};

/* -- watches.c -------------------------------------------------------------------------------- */
const char *package_name(enum package package);
struct watch *watch_find(unsigned number);
struct watch *watch_of(const pjsip_rx_data *rdata);      /* that this refresh is for */
bool watch_room(const char *account);
bool watch_add(struct watch *watch, const char *number);
void watch_drop(struct watch *watch);

/* -- notify.c --------------------------------------------------------------------------------- */
const char *package_type(enum package package);
void watch_contact(const struct watch *watch, char text[CONTACT_LEN]);
void notify_watch(struct watch *watch);
int notify_all(struct shown *shown, unsigned packages);  /* bits */

#endif
