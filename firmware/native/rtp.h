/* The RTP adapter: one per audio transport of a call, between pjmedia's stream and UDP or SRTP.
 *
 * Three threads meet here.  MAIN makes, links and ends adapters.  POLLER (poller.c) reads every RTP
 * and RTCP socket.  CLOCK sends what the streams encode, and the keys that we press (keys.c).
 *
 * Locks, in the order in which they may be taken; none is held while pjmedia or pjsua is called
 * upwards:
 *   adapters_lock   the list of adapters and the fast sockets; POLLER holds it for one batch
 *   rx              who listens above, the peer, what may be believed of a packet
 *   tx              the one flow that leaves this leg, whoever fills it; serializes the slave's
 *                   send_rtp, which is not thread safe
 * A link to a peer holds a reference on the peer's group lock.
 */
#ifndef HOOKSWITCH_RTP_H
#define HOOKSWITCH_RTP_H

#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

enum source { FROM_STREAM, FROM_PEER };
enum { RTP_HEADER = 12, KEYS_MAX = 64, PROVEN_PACKETS = 10 };

/* What leaves: one SSRC, one unbroken sequence and time line, from either source. */
struct flow {
    bool begun;
    enum source source;                      /* who may send now */
    enum source last;                        /* whose packet went last, and which SSRC it had */
    uint32_t in_ssrc;
    uint32_t ssrc, ts, ts_shift;             /* ssrc: the stream's, network order; shift: ours minus the source's */
    uint16_t seq, seq_shift;
    uint64_t sent_us;                        /* when ts went out */
    unsigned clock, frame;                   /* RTP clock; its units in 20 ms */
};

/* Keys we press: RFC 4733 packets in the flow, one every tick of CLOCK. */
struct press {
    char keys[KEYS_MAX];
    unsigned waiting;
    bool down;
    uint8_t event;
    uint32_t ts;
    unsigned lasted, length, pause, ends;    /* RTP units; ends: final packets still to repeat */
};

/* Keys we hear in telephone-event packets. */
struct listening {
    bool any;
    uint32_t ssrc, ts;
};

struct rtp {
    pjmedia_transport base;                  /* first: pjmedia hands back its address */
    pjmedia_transport *slave;
    bool close_slave;
    pj_pool_t *pool;
    struct rtp *next, *previous;             /* adapters_lock */
    pjsua_call_id call;
    int leg;                                 /* 0: not known yet */
    pthread_mutex_t rx, tx;

    /* rx */
    void *user_data;
    pjmedia_stream_common *stream;
    pj_grp_lock_t *stream_life;
    void (*up_rtp)(void *, void *, pj_ssize_t);
    void (*up_rtp2)(pjmedia_tp_cb_param *);
    void (*up_rtcp)(void *, void *, pj_ssize_t);
    struct rtp *peer;
    int rx_pt, tx_pt, rx_event_pt, tx_event_pt;
    bool inband;                             /* keys come as sound */
    struct detector *detector;
    struct listening keys_in;
    unsigned proven;                         /* packets in a row that the fast path would have taken */

    /* tx */
    struct flow flow;
    struct press press;
    bool plain;                              /* no SRTP below: the fast path may send by itself */
    int fd;
    void *place;                             /* what pjlib's epoll set calls it, or NULL */
    pj_sockaddr destination;
    uint8_t packet[PJMEDIA_MAX_MTU];

    /* adapters_lock */
    int seat;                                /* in the fast path's table, -1: slow */

    /* counters, read without a lock */
    unsigned long received, relayed, fast, withheld, foreign, failed, switches;
};

extern pthread_mutex_t adapters_lock;

/* rtp.c */
struct rtp *rtp_first(void);                 /* adapters_lock */
struct rtp *rtp_of_call(int call, pjmedia_stream **stream);  /* PJSUA_LOCK */
void rtp_received(pjmedia_tp_cb_param *param);
void rtp_install(void);

/* flow.c */
pj_status_t flow_send(struct rtp *rtp, enum source source, const void *packet, size_t size, int pt);
void flow_withhold(struct rtp *rtp, enum source source, const void *packet, size_t size);
bool flow_place(struct flow *flow, const pjmedia_rtp_hdr *in, enum source source);  /* tx */
uint32_t flow_now(const struct flow *flow);  /* tx */
size_t flow_report(struct rtp *rtp, const void *packet, size_t size, uint8_t *copy, size_t room);

/* relay.c */
bool relay_packet(struct rtp *rtp, const void *packet, size_t size);       /* rx; true: it went out */
void relay_unlink(struct rtp *rtp);

/* keys.c */
void keys_heard(struct rtp *rtp, const uint8_t *packet, size_t size);      /* rx */
void keys_listen(struct rtp *rtp, const uint8_t *packet, size_t size);     /* in-band; POLLER */
bool keys_pressed(const struct rtp *rtp);    /* tx */

/* poller.c */
void poller_add(struct rtp *rtp);            /* adapters_lock */
void poller_remove(struct rtp *rtp);         /* adapters_lock */

/* legs.c */
void leg_keep_figures(struct rtp *rtp);      /* MAIN: the stream is about to go */

#endif
