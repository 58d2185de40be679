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
    MD5_HEX = 32,
    SHA256_HEX = 64,
    CONTACT_LEN = 256,  /* contact URI, with its final zero; a longer one is refused */
    SOURCE_LEN = 80,    /* "ip:port;transport" */
    CONTACTS_MAX = 10,  /* of one account */
};

/* -- module.c -------------------------------------------------------------------------------- */
bool engine_ready(void);                     /* else a Python error is set */
PyObject *pj_error(const char *what, pj_status_t status);
void mutex_init(pthread_mutex_t *mutex);     /* priority inheriting: CLOCK may be real-time */
uint64_t monotonic_us(void);
pj_status_t bridge_connect(int source, int sink, float level);

/* -- events.c: any thread -------------------------------------------------------------------- */
bool events_open(void);
void event_digit(int tag, char digit);
void event_sent(int tag);
void event_closed(int tag);
void event_registered(const char *account, int contacts);
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

/* -- rtp.h: the RTP adapter, relay and keys ------------------------------------------------------ */
void rtp_install(void);                      /* MAIN */
bool poller_start(void);                     /* MAIN; else a Python error is set */
void poller_stop(void);
void keys_tick(void);                        /* CLOCK */
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

/* -- accounts.c: MAIN ------------------------------------------------------------------------ */
struct account {
    char user[USER_LEN];
    char md5[MD5_HEX + 1], sha256[SHA256_HEX + 1];  /* HA1, lower-case hexadecimal */
    uint64_t mark;                                  /* of both HA1: changes with the password */
    struct account *next;
};
const struct account *account_find(const char *user, size_t length);
void accounts_clear(void);
PyObject *py_set_accounts(PyObject *self, PyObject *args);

/* -- digest.c: MAIN -------------------------------------------------------------------------- */
enum verdict { DIGEST_ABSENT, DIGEST_STALE, DIGEST_WRONG, DIGEST_RIGHT };
bool digest_start(const char *realm);
PyObject *py_offer_sha256(PyObject *self, PyObject *args);
enum verdict digest_check(const pjsip_rx_data *rdata, const struct account **who);
void digest_challenge(const pjsip_rx_data *rdata, bool stale, pj_pool_t *pool, pjsip_hdr *list);
void sha256_of(const void *data, size_t length, unsigned char out[32]);

/* -- bindings.c: MAIN ------------------------------------------------------------------------ */
struct binding {                             /* one slot of the shared file: fixed size, no pointer */
    uint32_t live, cseq;
    int64_t expires_ms;                      /* CLOCK_BOOTTIME: survives the process, not the boot */
    uint64_t order, mark;                    /* newest is highest; account.mark when it was made */
    unsigned char call_id[32];               /* SHA-256 of the Call-ID, which has no bound */
    char account[USER_LEN], contact[CONTACT_LEN], source[SOURCE_LEN];
    uint64_t check;
};
int bindings_open(const char *path);         /* 0 or errno */
void bindings_close(void);
int bindings_of(const char *account, const struct binding *list[CONTACTS_MAX]);  /* newest first */
bool bindings_put(const struct binding *wanted);    /* adds, or replaces the same contact; false: full */
void bindings_remove(const char *account, const char *contact);
void bindings_sweep(bool (*dead)(const struct binding *));  /* removes and says so */
void bindings_announce(void);                /* one event for every account that has any */
int64_t boottime_ms(void);
bool plain_text(const char *text, size_t size, const char *forbidden);  /* ends, is not empty, prints */

/* -- registrar.c and requests.c: MAIN ----------------------------------------------------------- */
void registrar_serve(pjsip_rx_data *rdata, const struct account *who);
PyObject *py_contacts(PyObject *self, PyObject *args);
bool requests_start(void);
void requests_stop(void);
void answer(pjsip_rx_data *rdata, int code, pjsip_hdr *headers);          /* stateless */
void answer_stateful(pjsip_rx_data *rdata, int code, pjsip_hdr *headers); /* remembered for repeats */
PyObject *py_authenticated(PyObject *self, PyObject *none);
PyObject *py_called(PyObject *self, PyObject *none);

/* -- calls.c: MAIN ----------------------------------------------------------------------------- */
const char *offer_caller(void);              /* account or trunk of the INVITE being handled; "": nobody */
bool calls_start(void);
void calls_stop(void);
PyObject *py_set_profiles(PyObject *self, PyObject *args);
PyObject *py_set_speech(PyObject *self, PyObject *args);
PyObject *py_speak_to(PyObject *self, PyObject *args);
PyObject *py_speak_in(PyObject *self, PyObject *args);
PyObject *py_call_heard_of(PyObject *self, PyObject *args);

/* -- hosts.c: MAIN ----------------------------------------------------------------------------- */
bool host_callable(const pj_str_t *host);    /* one machine's address: no name, no multicast, not 0 */
bool hosts_start(void);
void hosts_stop(void);

#endif
