/* The adapter as pjmedia sees it: a transport that passes everything to the one below.
 *
 * pjsua asks us for it when it has made a call's transport, after SRTP was laid over UDP: what passes
 * here is always plain RTP.  Packets that arrive go to the stream first, even to one that is paused:
 * it follows a phone behind NAT to its new address and keeps the RTCP figures.  Then, and only if they
 * come from the place the stream believes in, they are heard for keys or relayed.
 */
#include "rtp.h"

pthread_mutex_t adapters_lock;
static struct rtp *adapters;
static pjmedia_transport *(*next_create)(pjsua_call_id, unsigned, pjmedia_transport *, unsigned);

/* -- towards the network ------------------------------------------------------------------------ */

static struct rtp *of(pjmedia_transport *transport)
{
    return (struct rtp *)transport;
}

static pj_status_t send_rtp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    return flow_send(of(transport), FROM_STREAM, packet, size, -1);
}

static pj_status_t send_rtcp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    uint8_t copy[PJMEDIA_MAX_MTU];

    size = flow_report(of(transport), packet, size, copy, sizeof copy);
    return size ? pjmedia_transport_send_rtcp(of(transport)->slave, copy, size) : PJ_ETOOBIG;
}

static pj_status_t send_rtcp2(pjmedia_transport *transport, const pj_sockaddr_t *to, unsigned to_len,
                              const void *packet, pj_size_t size)
{
    uint8_t copy[PJMEDIA_MAX_MTU];

    size = flow_report(of(transport), packet, size, copy, sizeof copy);
    return size ? pjmedia_transport_send_rtcp2(of(transport)->slave, to, to_len, copy, size)
                : PJ_ETOOBIG;
}

/* -- from the network: POLLER ------------------------------------------------------------------- */

static bool is_rtp(const uint8_t *packet, pj_ssize_t size)
{
    return size >= RTP_HEADER && packet[0] >> 6 == 2;
}

static void look_into(struct rtp *rtp, const pjmedia_tp_cb_param *param)
{
    const uint8_t *packet = param->pkt;
    int pt = packet[1] & 0x7f;

    if (pt == rtp->rx_event_pt)
        keys_heard(rtp, packet, param->size);
    else if (rtp->inband && pt == rtp->rx_pt)
        keys_listen(rtp, packet, param->size);
    if (rtp->peer && relay_packet(rtp, packet, param->size) && rtp->plain)
        rtp->proven++;
}

void rtp_received(pjmedia_tp_cb_param *param)
{
    struct rtp *rtp = param->user_data;
    pjmedia_tp_cb_param up = *param;
    void (*up_rtp)(void *, void *, pj_ssize_t);
    void (*up_rtp2)(pjmedia_tp_cb_param *);
    pj_grp_lock_t *life;
    bool proven = false;

    pthread_mutex_lock(&rtp->rx);
    up.user_data = rtp->user_data;
    up_rtp = rtp->up_rtp, up_rtp2 = rtp->up_rtp2, life = rtp->stream_life;
    if (life)
        pj_grp_lock_add_ref(life);           /* detach does not wait for a packet on its way up */
    pthread_mutex_unlock(&rtp->rx);

    if (up_rtp2) {
        up_rtp2(&up);
        param->rem_switch = up.rem_switch;
    } else if (up_rtp) {
        up_rtp(up.user_data, param->pkt, param->size);
    }

    pthread_mutex_lock(&rtp->rx);
    if (rtp->stream && is_rtp(param->pkt, param->size)) {
        rtp->received++;
        if (!param->src_addr || pj_sockaddr_cmp(&rtp->stream->rem_rtp_addr, param->src_addr) == 0)
            look_into(rtp, param);
        else
            rtp->foreign++, rtp->proven = 0;
        proven = rtp->proven >= PROVEN_PACKETS;
    }
    pthread_mutex_unlock(&rtp->rx);
    if (life)
        pj_grp_lock_dec_ref(life);
    if (proven) {
        pthread_mutex_lock(&adapters_lock);
        poller_add(rtp);
        pthread_mutex_unlock(&adapters_lock);
    }
}

static void rtcp_received(void *user_data, void *packet, pj_ssize_t size)
{
    struct rtp *rtp = user_data;
    void (*up)(void *, void *, pj_ssize_t);
    void *above;
    pj_grp_lock_t *life;

    pthread_mutex_lock(&rtp->rx);
    up = rtp->up_rtcp, above = rtp->user_data, life = rtp->stream_life;
    if (life)
        pj_grp_lock_add_ref(life);
    pthread_mutex_unlock(&rtp->rx);
    if (up)
        up(above, packet, size);
    if (life)
        pj_grp_lock_dec_ref(life);
}

/* -- the stream comes and goes: MAIN ------------------------------------------------------------- */

static void forget_stream(struct rtp *rtp)
{
    pthread_mutex_lock(&rtp->rx);
    rtp->user_data = NULL;
    rtp->stream = NULL;
    rtp->stream_life = NULL;
    rtp->up_rtp = NULL;
    rtp->up_rtp2 = NULL;
    rtp->up_rtcp = NULL;
    rtp->rx_pt = rtp->rx_event_pt = -1;
    pthread_mutex_unlock(&rtp->rx);
}

static pj_status_t attach2(pjmedia_transport *transport, pjmedia_transport_attach_param *wanted)
{
    struct rtp *rtp = of(transport);
    pjmedia_transport_attach_param ours = *wanted;
    pj_status_t status;

    pthread_mutex_lock(&rtp->rx);
    rtp->user_data = wanted->user_data;
    rtp->up_rtp = wanted->rtp_cb2 ? NULL : wanted->rtp_cb;
    rtp->up_rtp2 = wanted->rtp_cb2;
    rtp->up_rtcp = wanted->rtcp_cb;
    rtp->stream = wanted->media_type == PJMEDIA_TYPE_AUDIO ? wanted->stream : NULL;
    rtp->stream_life = rtp->stream ? rtp->stream->grp_lock : NULL;
    pthread_mutex_unlock(&rtp->rx);
    ours.user_data = rtp;
    ours.rtp_cb = NULL;
    ours.rtp_cb2 = rtp_received;
    ours.rtcp_cb = rtcp_received;
    status = pjmedia_transport_attach2(rtp->slave, &ours);
    if (status != PJ_SUCCESS)
        forget_stream(rtp);
    return status;
}

static void detach(pjmedia_transport *transport, void *unused)
{
    struct rtp *rtp = of(transport);

    (void)unused;
    relay_unlink(rtp);
    leg_keep_figures(rtp);
    if (rtp->user_data)
        pjmedia_transport_detach(rtp->slave, rtp);
    forget_stream(rtp);
}

/* -- what is only passed on --------------------------------------------------------------------- */

static pj_status_t get_info(pjmedia_transport *transport, pjmedia_transport_info *info)
{
    return pjmedia_transport_get_info(of(transport)->slave, info);
}

static pj_status_t media_create(pjmedia_transport *transport, pj_pool_t *pool, unsigned options,
                                const pjmedia_sdp_session *remote, unsigned index)
{
    return pjmedia_transport_media_create(of(transport)->slave, pool, options, remote, index);
}

static pj_status_t encode_sdp(pjmedia_transport *transport, pj_pool_t *pool,
                              pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
                              unsigned index)
{
    return pjmedia_transport_encode_sdp(of(transport)->slave, pool, local, remote, index);
}

static pj_status_t media_start(pjmedia_transport *transport, pj_pool_t *pool,
                               const pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
                               unsigned index)
{
    return pjmedia_transport_media_start(of(transport)->slave, pool, local, remote, index);
}

static pj_status_t media_stop(pjmedia_transport *transport)
{
    return pjmedia_transport_media_stop(of(transport)->slave);
}

static pj_status_t simulate_lost(pjmedia_transport *transport, pjmedia_dir dir, unsigned percent)
{
    return pjmedia_transport_simulate_lost(of(transport)->slave, dir, percent);
}

/* -- life ---------------------------------------------------------------------------------------- */

static void enlist(struct rtp *rtp)
{
    pthread_mutex_lock(&adapters_lock);
    rtp->next = adapters;
    if (adapters)
        adapters->previous = rtp;
    adapters = rtp;
    pthread_mutex_unlock(&adapters_lock);
}

static void strike_out(struct rtp *rtp)
{
    pthread_mutex_lock(&adapters_lock);
    poller_remove(rtp);
    if (rtp->previous)
        rtp->previous->next = rtp->next;
    else
        adapters = rtp->next;
    if (rtp->next)
        rtp->next->previous = rtp->previous;
    pthread_mutex_unlock(&adapters_lock);
}

static void release(void *of_rtp)
{
    struct rtp *rtp = of_rtp;

    pthread_mutex_destroy(&rtp->rx);
    pthread_mutex_destroy(&rtp->tx);
    detector_close(rtp->detector);
    pj_pool_release(rtp->pool);
}

static pj_status_t destroy(pjmedia_transport *transport)
{
    struct rtp *rtp = of(transport);

    relay_unlink(rtp);
    strike_out(rtp);
    if (rtp->close_slave)
        pjmedia_transport_close(rtp->slave);
    pj_grp_lock_dec_ref(rtp->base.grp_lock);  /* release() when POLLER has let go too */
    return PJ_SUCCESS;
}

static struct pjmedia_transport_op operations = {
    .get_info = get_info,
    .detach = detach,
    .send_rtp = send_rtp,
    .send_rtcp = send_rtcp,
    .send_rtcp2 = send_rtcp2,
    .media_create = media_create,
    .encode_sdp = encode_sdp,
    .media_start = media_start,
    .media_stop = media_stop,
    .simulate_lost = simulate_lost,
    .destroy = destroy,
    .attach2 = attach2,
};

static struct rtp *create(pjsua_call_id call, pjmedia_transport *slave, unsigned flags)
{
    pj_pool_t *pool = pjmedia_endpt_create_pool(pjsua_var.med_endpt, "rtp", sizeof(struct rtp) + 256,
                                                256);
    struct rtp *rtp = pool ? PJ_POOL_ZALLOC_T(pool, struct rtp) : NULL;

    if (!rtp)
        return NULL;
    rtp->pool = pool;
    rtp->slave = slave;
    rtp->close_slave = flags & PJSUA_MED_TP_CLOSE_MEMBER;
    rtp->call = call;
    rtp->seat = -1;
    rtp->flow.clock = SAMPLE_RATE;           /* until leg_audio() says what it is */
    rtp->flow.frame = SAMPLE_RATE / 50;
    rtp->rx_pt = rtp->rx_event_pt = rtp->tx_pt = rtp->tx_event_pt = -1;
    mutex_init(&rtp->rx);
    mutex_init(&rtp->tx);
    rtp->base.type = PJMEDIA_TRANSPORT_TYPE_USER + 'H';
    rtp->base.op = &operations;
    pj_ansi_strxcpy(rtp->base.name, "rtp", sizeof rtp->base.name);
    rtp->base.grp_lock = slave->grp_lock;
    pj_grp_lock_add_ref(slave->grp_lock);
    pj_grp_lock_add_handler(slave->grp_lock, pool, rtp, release);
    enlist(rtp);
    return rtp;
}

/* pjsua2 makes the object of an incoming call in its own callback, so that one always runs first. */
static pjmedia_transport *on_create(pjsua_call_id call, unsigned index, pjmedia_transport *slave,
                                    unsigned flags)
{
    struct rtp *rtp;

    if (next_create)
        slave = next_create(call, index, slave, flags);
    if (!slave || !slave->grp_lock ||
        pjsua_var.calls[call].media_prov[index].type != PJMEDIA_TYPE_AUDIO)
        return slave;
    rtp = create(call, slave, flags);
    return rtp ? &rtp->base : slave;
}

void rtp_install(void)
{
    static bool once;

    if (!once)
        mutex_init(&adapters_lock);
    once = true;
    if (pjsua_var.ua_cfg.cb.on_create_media_transport != on_create) {
        next_create = pjsua_var.ua_cfg.cb.on_create_media_transport;
        pjsua_var.ua_cfg.cb.on_create_media_transport = on_create;
    }
}

struct rtp *rtp_first(void)
{
    return adapters;
}

struct rtp *rtp_of_call(int call, pjmedia_stream **stream)
{
    pjsua_call_media *media;

    if (call < 0 || call >= (int)pjsua_var.ua_cfg.max_calls || !pjsua_var.calls[call].inv ||
        pjsua_var.calls[call].audio_idx < 0)
        return NULL;
    media = &pjsua_var.calls[call].media[pjsua_var.calls[call].audio_idx];
    if (!media->tp || media->tp->op != &operations || !media->strm.a.stream)
        return NULL;
    if (stream)
        *stream = media->strm.a.stream;
    return of(media->tp);
}
