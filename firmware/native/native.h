/* What the files of hookswitch_engine.native share.
 *
 * Two threads matter.  MAIN is the one Python thread: every py_ function, and every SIP callback,
 * because pjsua runs with no worker of its own.  CLOCK pulls the bridge and does all audio input and
 * output of lines.  What CLOCK (or anything else in C) has to say goes through events.c; nothing in C
 * ever calls Python, and CLOCK never takes the GIL.
 */
#ifndef HOOKSWITCH_NATIVE_H
#define HOOKSWITCH_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pjsua-lib/pjsua.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    SAMPLE_RATE = 8000,
    FRAME_MAX = 480,    /* samples in one bridge frame: 60 ms */
    MAX_SLOTS = PJSUA_MAX_CONF_PORTS,
    USER_LEN = 64,      /* account name, with its final zero */
    FAR_END_LEN = 72,   /* account, or "trunk " and its name */
    MD5_HEX = 32,
    SHA256_HEX = 64,
    CONTACT_LEN = 256,  /* contact URI, with its final zero; a longer one is refused */
    SOURCE_LEN = 60,    /* "ip:port;transport" */
    AGENT_LEN = 48,
    CONTACTS_MAX = 32,  /* of one account, which may have a lower limit of its own */
    TRANSPORT_UDP = 1, TRANSPORT_TCP = 2, TRANSPORT_TLS = 4,
};

/* -- module.c -------------------------------------------------------------------------------- */
bool engine_ready(void);                     /* else a Python error is set */
PyObject *pj_error(const char *what, pj_status_t status);
void mutex_init(pthread_mutex_t *mutex);     /* priority inheriting: CLOCK may be real-time */
uint64_t monotonic_us(void);
int64_t boottime_ms(void);
bool plain_text(const char *text, size_t size, const char *forbidden);  /* ends, is not empty, prints */
pj_status_t bridge_connect(int source, int sink, float level);

/* -- events.c: any thread -------------------------------------------------------------------- */
bool events_open(void);
void event_digit(int tag, char digit);
void event_sent(int tag);
void event_closed(int tag);
void event_said(int tag);
void event_missing(int tag, int index);
void event_recorded(int tag, int ms, int error);
void event_registered(const char *account, int contacts);
void event_refer(int call, int transfer, const char *target, int other);
void event_pressed(int call, char key, int ms);
void event_refused(const char *address, const char *user, bool password);
void event_banned(const char *address, int seconds);
void event_unbanned(const char *address);
PyObject *py_event_fd(PyObject *self, PyObject *none);
PyObject *py_events(PyObject *self, PyObject *none);

/* -- ports.c: a port of ours in the bridge, and its safe end ----------------------------------- */
struct port {
    pjmedia_port base;                       /* first: pjmedia hands back its address */
    pj_pool_t *pool;
    int slot;
    void (*release)(struct port *port);      /* runs once, when the bridge has let go */
    struct port *next_retired;
};
struct port *port_create(size_t size, const char *name, void (*release)(struct port *));
pj_status_t port_add(struct port *port);     /* MAIN; on failure the port is gone */
void port_retire(struct port *port);         /* MAIN; the caller forgets the port */
void ports_reap(void);                       /* CLOCK between frames, MAIN when it is not running */

/* -- clock.c --------------------------------------------------------------------------------- */
bool clock_running(void);
void clock_halt(void);
PyObject *py_clock_start(PyObject *self, PyObject *args);
PyObject *py_clock_stop(PyObject *self, PyObject *none);
PyObject *py_clock_stats(PyObject *self, PyObject *none);

/* -- fdport.c -------------------------------------------------------------------------------- */
void lines_init(void);
void lines_pump(void);                       /* CLOCK, once a tick */
void lines_close_all(void);
PyObject *py_line_open(PyObject *self, PyObject *args);
PyObject *py_line_close(PyObject *self, PyObject *args);
PyObject *py_line_stats(PyObject *self, PyObject *args);

/* -- detect.c -------------------------------------------------------------------------------- */
struct detector;
struct detector *detector_open(int tag);
void detector_hear(struct detector *detector, const int16_t *samples, unsigned count);
void detector_close(struct detector *detector);

/* -- codecs.c, rtp.h: the RTP adapter, relay and keys ------------------------------------------------------ */
void rtp_install(void);                      /* MAIN */
bool poller_start(void);                     /* MAIN; else a Python error is set */
void poller_stop(void);
void keys_tick(void);                        /* CLOCK */
PyObject *py_answer_like(PyObject *self, PyObject *args);
PyObject *py_leg_audio(PyObject *self, PyObject *args);
PyObject *py_leg_stats(PyObject *self, PyObject *args);
PyObject *py_leg_forget(PyObject *self, PyObject *args);
PyObject *py_relay(PyObject *self, PyObject *args);
PyObject *py_bridge(PyObject *self, PyObject *args);
PyObject *py_keys_send(PyObject *self, PyObject *args);
PyObject *py_rtp_stats(PyObject *self, PyObject *args);

/* -- tones.c --------------------------------------------------------------------------------- */
void tone_forget(int slot);                  /* MAIN: the slot ends, so does its tone */
void tones_stop_all(void);
PyObject *py_tone_start(PyObject *self, PyObject *args);
PyObject *py_tone_stop(PyObject *self, PyObject *args);
PyObject *py_digits_send(PyObject *self, PyObject *args);

/* -- sounds.c, recorder.c ------------------------------------------------------------------------ */
void sounds_forget(int slot);                /* MAIN: the slot ends, so does what it plays */
void sounds_stop_all(void);
void recorder_stop_all(void);
PyObject *py_sounds_play(PyObject *self, PyObject *args);
PyObject *py_sounds_stop(PyObject *self, PyObject *args);
PyObject *py_record_start(PyObject *self, PyObject *args);
PyObject *py_record_stop(PyObject *self, PyObject *args);

/* -- accounts.c: MAIN ------------------------------------------------------------------------ */
struct account {
    char user[USER_LEN];
    char md5[MD5_HEX + 1], sha256[SHA256_HEX + 1];  /* HA1, lower-case hexadecimal */
    uint64_t mark;                                  /* of both HA1: changes with the password */
    unsigned transports, expires;                   /* allowed; longest registration in s, 0: no own */
    int contacts;
    bool remote, probed;
    struct account *next;
};
const struct account *account_find(const char *user, size_t length);
bool account_fill(struct account *account, const char *user, const char *md5, const char *sha256);
unsigned transports_of(const char *list);
unsigned transport_bit(const pjsip_rx_data *rdata);
void accounts_clear(void);
PyObject *py_set_accounts(PyObject *self, PyObject *args);

/* -- nonces.c: MAIN ------------------------------------------------------------------------------ */
enum { NONCE_LEN = 48 };
bool nonces_start(void);
void nonce_make(const char *asker, char nonce[NONCE_LEN + 1]);
bool nonce_fresh(const pj_str_t *nonce, const char *asker);
bool nonce_use(const pj_str_t *nonce, const pj_str_t *count);    /* false: used before */

/* -- digest.c: MAIN -------------------------------------------------------------------------- */
enum verdict { DIGEST_ABSENT, DIGEST_STALE, DIGEST_WRONG, DIGEST_RIGHT };
bool digest_start(const char *realm);
PyObject *py_offer_sha256(PyObject *self, PyObject *args);
typedef const struct account *finder(const char *user, size_t length);
enum verdict digest_check(const pjsip_rx_data *rdata, finder *find, const struct account **who);
bool digest_echoes(const pjsip_rx_data *rdata);
bool digest_brought(const pjsip_rx_data *rdata, char user[USER_LEN]);  /* credentials for our realm */
void digest_challenge(const pjsip_rx_data *rdata, bool stale, pj_pool_t *pool, pjsip_hdr *list);
void sha256_of(const void *data, size_t length, unsigned char out[32]);

/* -- peers.c: MAIN ------------------------------------------------------------------------------ */
struct peer {
    char source[SOURCE_LEN];                 /* "ip:port;transport" it is reached at */
    char local[SOURCE_LEN];                  /* "ip:port" of ours that it knows */
};
void peer_of(const pjsip_rx_data *rdata, struct peer *peer);
bool peer_send(pjsip_tx_data *tdata, const struct peer *peer, intptr_t token, pjsip_endpt_send_callback answered);
bool peer_latch(const pjsip_rx_data *rdata, pjsip_sip_uri *uri);
void peer_latch_contact(pjsip_rx_data *rdata);

/* -- subscribe.c, watches.c: MAIN --------------------------------------------------------------- */
void subscribe_serve(pjsip_rx_data *rdata, const struct account *who);
struct watch *watch_of(const pjsip_rx_data *rdata);      /* that this refresh is for */
void watches_second(void);
void watches_reachable(const char *account);
void watches_accounts_changed(void);
void watches_clear(void);
PyObject *py_show_extension(PyObject *self, PyObject *args);
PyObject *py_show_messages(PyObject *self, PyObject *args);
PyObject *py_watchers(PyObject *self, PyObject *args);

/* -- guard.c: MAIN ------------------------------------------------------------------------------ */
bool guard_start(void);
void guard_stop(void);
void guard_second(void);
void guard_trust(const pjsip_rx_data *rdata);            /* it proved who it is */
void guard_failed(const pjsip_rx_data *rdata);           /* it gave a wrong password */
PyObject *py_set_bans(PyObject *self, PyObject *args);
PyObject *py_bans(PyObject *self, PyObject *none);
PyObject *py_unban(PyObject *self, PyObject *args);

/* -- probes.c: MAIN ------------------------------------------------------------------------------ */
bool probes_start(void);
void probes_stop(void);
void probes_second(void);
void probe_connection(const pjsip_rx_data *rdata);       /* somebody registers over it: note its end */
PyObject *py_set_probing(PyObject *self, PyObject *args);

/* -- bindings.c: MAIN ------------------------------------------------------------------------ */
struct binding {                             /* one slot of the shared file: fixed size, no pointer */
    uint32_t live, cseq;
    int64_t expires_ms;                      /* CLOCK_BOOTTIME: survives the process, not the boot */
    uint64_t order, mark;                    /* newest is highest; account.mark when it was made */
    unsigned char call_id[32];               /* SHA-256 of the Call-ID, which has no bound */
    unsigned char instance[32];              /* and of +sip.instance with reg-id; zeros: none */
    char account[USER_LEN], contact[CONTACT_LEN];
    char uri[CONTACT_LEN];                   /* to call: the contact, or behind NAT the source */
    char agent[AGENT_LEN];
    struct peer peer;
    uint64_t check;
};
enum { BINDINGS_MAX = 4096 };
int bindings_open(const char *path);         /* 0 or errno */
void bindings_close(void);
int bindings_of(const char *account, const struct binding *list[CONTACTS_MAX]);  /* newest first */
int bindings_live(const char *account, const struct binding *list[CONTACTS_MAX]);  /* not silent */
bool bindings_from(const char *source);      /* somebody is registered from there */
bool bindings_put(const struct binding *wanted, int most);  /* adds, or replaces the same phone; false: full */
void bindings_remove(const char *account, const char *contact);
void bindings_sweep(bool (*dead)(const struct binding *));  /* removes and says so */
void bindings_announce(void);                /* one event for every account that has any */
const struct binding *binding_at(int slot);  /* NULL: nobody */
bool binding_silent(const struct binding *binding);
void binding_hear(int slot, bool heard);     /* whether it answers; says so when that changes */

/* -- registrar.c and requests.c: MAIN ----------------------------------------------------------- */
void registrar_serve(pjsip_rx_data *rdata, const struct account *who);
PyObject *py_set_expiry(PyObject *self, PyObject *args);
PyObject *py_contacts(PyObject *self, PyObject *args);
PyObject *py_registrations(PyObject *self, PyObject *args);
PyObject *py_unregister(PyObject *self, PyObject *args);
bool requests_start(void);
void requests_stop(void);
void answer(pjsip_rx_data *rdata, int code, pjsip_hdr *headers);          /* stateless */
void answer_stateful(pjsip_rx_data *rdata, int code, pjsip_hdr *headers); /* remembered for repeats */
PyObject *py_set_local_networks(PyObject *self, PyObject *args);
PyObject *py_set_call_limit(PyObject *self, PyObject *args);

/* -- offer.c: MAIN ---------------------------------------------------------------------------- */
void offer_forget(void);
void offer_note(const pjsip_rx_data *rdata, const char *account, const char *trunk, int replaced);
const char *offer_called(void);
PyObject *py_authenticated(PyObject *self, PyObject *none);
PyObject *py_trunk(PyObject *self, PyObject *none);
PyObject *py_called(PyObject *self, PyObject *none);
PyObject *py_identity(PyObject *self, PyObject *none);
PyObject *py_replaced(PyObject *self, PyObject *none);

/* -- dialogs.c: MAIN ---------------------------------------------------------------------------- */
bool dialogs_start(void);
void dialogs_stop(void);
int dialogs_replaced(pjsip_rx_data *rdata, int *call);    /* 0, or the code to refuse with */
PyObject *py_refer_notify(PyObject *self, PyObject *args);

/* -- networks.c, trunks.c: MAIN ----------------------------------------------------------------- */
struct networks;
struct networks *networks_of(PyObject *sequence);         /* NULL: a Python error is set */
bool networks_hold(const struct networks *networks, const pj_sockaddr *address);
bool networks_none(const struct networks *networks);
struct trunk;
const struct trunk *trunk_of(const pjsip_rx_data *rdata);
const char *trunk_name(const struct trunk *trunk);
bool trunk_proves(const struct trunk *trunk);
enum verdict trunk_check(const struct trunk *trunk, const pjsip_rx_data *rdata);
void trunks_clear(void);
PyObject *py_set_trunks(PyObject *self, PyObject *args);

/* -- calls.c: MAIN ----------------------------------------------------------------------------- */
const char *offer_caller(void);              /* account or trunk of the INVITE being handled; "": nobody */
bool calls_start(void);
void calls_stop(void);
PyObject *py_set_profiles(PyObject *self, PyObject *args);
PyObject *py_set_speech(PyObject *self, PyObject *args);
PyObject *py_speak_to(PyObject *self, PyObject *args);
PyObject *py_speak_in(PyObject *self, PyObject *args);
PyObject *py_call_now(PyObject *self, PyObject *args);
PyObject *py_call_heard_of(PyObject *self, PyObject *args);

/* -- sanity.c: MAIN ------------------------------------------------------------------------------ */
bool sanity_ok(pjsip_rx_data *rdata);

/* -- hosts.c: MAIN ----------------------------------------------------------------------------- */
bool host_callable(const pj_str_t *host);    /* one machine's address: no name, no multicast, not 0 */
bool hosts_start(void);
void hosts_stop(void);

#endif
