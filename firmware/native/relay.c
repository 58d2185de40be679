/* Two legs joined packet by packet, without decoding, and put back into the bridge.
 *
 * Joined, the streams are paused; a packet that one leg's stream believes in leaves the other leg at
 * once, with that leg's payload type, in that leg's flow.  Keys are kept back (keys.c reports them), as
 * is whatever was not negotiated.  Going back, the streams are resumed first: a packet in between goes
 * both ways rather than nowhere.  pjsua ends the link by itself when it stops a stream for a hold or a
 * re-INVITE, because detach() comes through here.
 */
#include "rtp.h"

enum { COMFORT_NOISE = 13 };

/* -- POLLER, rx held ----------------------------------------------------------------------------- */

static int translated(const struct rtp *rtp, int pt)
{
    if (pt == rtp->rx_pt)
        return rtp->peer->tx_pt;
    return pt == COMFORT_NOISE ? COMFORT_NOISE : -1;
}

bool relay_packet(struct rtp *rtp, const void *packet, size_t size)
{
    struct rtp *peer = rtp->peer;
    int pt = translated(rtp, ((const uint8_t *)packet)[1] & 0x7f);

    rtp->destination = rtp->stream->rem_rtp_addr;  /* where this leg sends to, too */
    if (pt < 0) {
        flow_withhold(peer, FROM_PEER, packet, size);
        return false;
    }
    if (flow_send(peer, FROM_PEER, packet, size, pt) != PJ_SUCCESS) {
        rtp->failed++;
        return false;
    }
    rtp->relayed++;
    pjmedia_rtcp_tx_rtp(&peer->stream->rtcp, (unsigned)(size - RTP_HEADER));
    return true;
}

/* -- MAIN ---------------------------------------------------------------------------------------- */

/* On return no packet of this leg is on its way to the old peer. */
static void set_peer(struct rtp *rtp, struct rtp *peer)
{
    struct rtp *old;

    if (peer)
        pj_grp_lock_add_ref(peer->base.grp_lock);
    pthread_mutex_lock(&adapters_lock);
    poller_remove(rtp);
    pthread_mutex_lock(&rtp->rx);
    old = rtp->peer;
    rtp->peer = peer;
    rtp->proven = 0;
    pthread_mutex_unlock(&rtp->rx);
    pthread_mutex_unlock(&adapters_lock);
    if (old)
        pj_grp_lock_dec_ref(old->base.grp_lock);
}

static void set_source(struct rtp *rtp, enum source source)
{
    pthread_mutex_lock(&rtp->tx);
    rtp->flow.source = source;
    pthread_mutex_unlock(&rtp->tx);
}

static void resume(struct rtp *rtp)
{
    pjmedia_stream_common *stream;
    pj_grp_lock_t *life;

    pthread_mutex_lock(&rtp->rx);
    stream = rtp->stream, life = rtp->stream_life;
    if (life)
        pj_grp_lock_add_ref(life);
    pthread_mutex_unlock(&rtp->rx);
    if (stream) {
        if (stream->dec)
            stream->dec->rtp.received = 0;   /* it has seen none for a while: begin anew with the next */
        pjmedia_stream_resume((pjmedia_stream *)stream, PJMEDIA_DIR_ENCODING_DECODING);
    }
    if (life)
        pj_grp_lock_dec_ref(life);
}

void relay_unlink(struct rtp *rtp)
{
    struct rtp *peer;

    pthread_mutex_lock(&rtp->rx);
    peer = rtp->peer;
    if (peer)
        pj_grp_lock_add_ref(peer->base.grp_lock);
    pthread_mutex_unlock(&rtp->rx);
    if (!peer)
        return;
    resume(rtp);
    resume(peer);
    set_peer(rtp, NULL);
    set_peer(peer, NULL);
    set_source(rtp, FROM_STREAM);
    set_source(peer, FROM_STREAM);
    pj_grp_lock_dec_ref(peer->base.grp_lock);
}

/* How long a packet this far end asked for, in ms. */
static unsigned packet_ms(const pjmedia_stream_info *info)
{
    return info->param->setting.frm_per_pkt * info->param->info.frm_ptime;
}

/* fmtp is not compared: GSM, G.722 and G.711 have none that matters, and an Opus decoder takes every
 * bandwidth, stereo and FEC (RFC 7587), so what the far end said there is a wish.
 */
static const char *refusal(struct rtp *one, struct rtp *other, pjmedia_stream *streams[2])
{
    pjmedia_stream_info a, b;

    if (!one || !other || one == other)
        return "a leg has no audio";
    pjmedia_stream_get_info(streams[0], &a);
    pjmedia_stream_get_info(streams[1], &b);
    if (pj_stricmp(&a.fmt.encoding_name, &b.fmt.encoding_name) ||
        a.fmt.clock_rate != b.fmt.clock_rate || a.fmt.channel_cnt != b.fmt.channel_cnt)
        return "the codecs differ";
    if (packet_ms(&a) != packet_ms(&b))
        return "the packets' lengths differ";
    if (a.dir != PJMEDIA_DIR_ENCODING_DECODING || b.dir != PJMEDIA_DIR_ENCODING_DECODING)
        return "a leg is on hold";
    return NULL;
}

static void *place_of(const pjmedia_transport_info *info)
{
    void *place = NULL;

    for (unsigned i = 0; i < info->specific_info_cnt; i++)
        if (info->spc_info[i].type == PJMEDIA_TRANSPORT_TYPE_UDP &&
            info->spc_info[i].cbsize == sizeof place)
            memcpy(&place, info->spc_info[i].buffer, sizeof place);
    return place;
}

/* pjsua lays SRTP over every transport, and calls it by the name of what is below. */
static bool is_plain(const pjmedia_transport_info *info)
{
    for (unsigned i = 0; i < info->specific_info_cnt; i++)
        if (info->spc_info[i].type == PJMEDIA_TRANSPORT_TYPE_SRTP &&
            ((const pjmedia_srtp_info *)info->spc_info[i].buffer)->active)
            return false;
    return true;
}

static void prepare(struct rtp *rtp)
{
    pjmedia_transport_info info;

    pjmedia_transport_info_init(&info);
    pjmedia_transport_get_info(rtp->slave, &info);
    pthread_mutex_lock(&rtp->tx);
    rtp->fd = (int)info.sock_info.rtp_sock;
    rtp->place = place_of(&info);
    rtp->plain = is_plain(&info);
    pj_bzero(&rtp->destination, sizeof rtp->destination);
    rtp->flow.source = FROM_PEER;
    pthread_mutex_unlock(&rtp->tx);
}

static const char *link_legs(int calls[2])
{
    pjmedia_stream *streams[2] = { NULL, NULL };
    struct rtp *one = rtp_of_call(calls[0], &streams[0]);
    struct rtp *other = rtp_of_call(calls[1], &streams[1]);
    const char *why = refusal(one, other, streams);

    if (why || one->peer == other)
        return why;
    relay_unlink(one);
    relay_unlink(other);
    prepare(one);
    prepare(other);
    set_peer(one, other);
    set_peer(other, one);
    pjmedia_stream_pause(streams[0], PJMEDIA_DIR_ENCODING_DECODING);
    pjmedia_stream_pause(streams[1], PJMEDIA_DIR_ENCODING_DECODING);
    return NULL;
}

PyObject *py_relay(PyObject *self, PyObject *args)
{
    int calls[2];
    const char *why;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &calls[0], &calls[1]) || !engine_ready())
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    PJSUA_LOCK();
    why = link_legs(calls);
    PJSUA_UNLOCK();
    Py_END_ALLOW_THREADS
    if (why)
        return PyErr_Format(PyExc_OSError, "no relay: %s", why);
    Py_RETURN_NONE;
}

PyObject *py_bridge(PyObject *self, PyObject *args)
{
    struct rtp *rtp;
    int call;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &call) || !engine_ready())
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    PJSUA_LOCK();
    rtp = rtp_of_call(call, NULL);
    if (rtp)
        relay_unlink(rtp);
    PJSUA_UNLOCK();
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}
