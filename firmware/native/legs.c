/* Which leg a call's audio belongs to, and how well it arrives.
 *
 * pjsua forgets a stream's figures with the stream, at every hold and at the end; so they are added up
 * here, by leg, until leg_forget().  A leg that nobody forgets gives way to the 1024th after it.
 */
#include "rtp.h"

enum { KEPT = 1024 };

struct figures {
    int leg;
    char codec[16];
    unsigned packets, lost;
    double jitter_us, round_trip_us;         /* mean; round trip 0: never told */
};

static struct figures kept[KEPT];            /* MAIN */
static unsigned next_kept;

static struct figures *find(int leg)
{
    for (int i = 0; i < KEPT; i++)
        if (kept[i].leg == leg)
            return &kept[i];
    return NULL;
}

static void add(struct figures *sum, struct rtp *rtp)
{
    const pjmedia_rtcp_stat *stat = &rtp->stream->rtcp.stat;
    const pjmedia_stream_info *info = (const pjmedia_stream_info *)rtp->stream->si;
    unsigned packets = sum->packets + stat->rx.pkt;

    snprintf(sum->codec, sizeof sum->codec, "%.*s", (int)info->fmt.encoding_name.slen,
             info->fmt.encoding_name.ptr);
    if (packets)
        sum->jitter_us = (sum->jitter_us * sum->packets + (double)stat->rx.jitter.mean * stat->rx.pkt) /
                         packets;
    if (stat->rtt.n)
        sum->round_trip_us = stat->rtt.mean;
    sum->packets = packets;
    sum->lost += stat->rx.loss;
}

void leg_keep_figures(struct rtp *rtp)
{
    struct figures *figures;

    if (!rtp->leg || !rtp->stream)
        return;
    figures = find(rtp->leg);
    if (!figures) {
        figures = &kept[next_kept++ % KEPT];
        *figures = (struct figures){ .leg = rtp->leg };
    }
    add(figures, rtp);
}

static struct rtp *live(int leg)
{
    struct rtp *rtp;

    pthread_mutex_lock(&adapters_lock);
    for (rtp = rtp_first(); rtp && (rtp->leg != leg || !rtp->stream);)
        rtp = rtp->next;
    pthread_mutex_unlock(&adapters_lock);
    return rtp;                              /* only MAIN ends adapters */
}

PyObject *py_leg_stats(PyObject *self, PyObject *args)
{
    struct figures sum = { 0 }, *past;
    struct rtp *rtp;
    int leg;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    past = leg > 0 ? find(leg) : NULL;
    rtp = leg > 0 ? live(leg) : NULL;
    if (past)
        sum = *past;
    if (rtp)
        add(&sum, rtp);
    if (!past && !rtp)
        Py_RETURN_NONE;
    return Py_BuildValue("(sIIdd)", sum.codec, sum.packets, sum.lost, sum.jitter_us / 1000,
                         sum.round_trip_us / 1000);
}

PyObject *py_leg_forget(PyObject *self, PyObject *args)
{
    struct figures *past;
    int leg;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    past = leg > 0 ? find(leg) : NULL;
    if (past)
        *past = (struct figures){ 0 };
    Py_RETURN_NONE;
}

/* -- whose audio it is --------------------------------------------------------------------------- */

/* G.722's RTP time runs at half its sampling rate, by an old mistake that became the rule. */
static unsigned rtp_clock(const pjmedia_stream_info *info)
{
    return pj_stricmp2(&info->fmt.encoding_name, "G722") ? info->fmt.clock_rate : 8000;
}

static bool spoken_in_g711(const pjmedia_stream_info *info)
{
    return info->fmt.pt == PJMEDIA_RTP_PT_PCMU || info->fmt.pt == PJMEDIA_RTP_PT_PCMA;
}

/* pjsua lays SRTP over every transport, in use or not, and it calls itself UDP: only it knows. */
static bool encrypted(struct rtp *rtp)
{
    pjmedia_transport_info info;

    pjmedia_transport_info_init(&info);
    if (pjmedia_transport_get_info(rtp->slave, &info) != PJ_SUCCESS)
        return true;
    for (unsigned i = 0; i < info.specific_info_cnt; i++)
        if (info.spc_info[i].type == PJMEDIA_TRANSPORT_TYPE_SRTP)
            return ((const pjmedia_srtp_info *)(const void *)info.spc_info[i].buffer)->active;
    return false;
}

static void assign(struct rtp *rtp, pjmedia_stream *stream, int leg, bool inband)
{
    pjmedia_stream_info info;
    struct detector *old, *ears = NULL;

    bool plain = rtp->slave->type == PJMEDIA_TRANSPORT_TYPE_UDP && !encrypted(rtp);

    pjmedia_stream_get_info(stream, &info);
    inband = inband && spoken_in_g711(&info);
    if (inband)
        ears = detector_open(leg);
    pthread_mutex_lock(&rtp->rx);
    pthread_mutex_lock(&rtp->tx);
    old = rtp->detector;
    rtp->detector = ears;
    rtp->inband = ears != NULL;
    rtp->leg = leg;
    rtp->plain = plain;
    rtp->rx_pt = (int)info.rx_pt;
    rtp->tx_pt = (int)info.tx_pt;
    rtp->rx_event_pt = info.rx_event_pt;
    rtp->tx_event_pt = info.tx_event_pt;
    rtp->flow.clock = rtp_clock(&info);
    rtp->flow.frame = rtp->flow.clock / 50;
    if (!rtp->flow.ssrc && rtp->stream && rtp->stream->enc)
        rtp->flow.ssrc = rtp->stream->enc->rtp.out_hdr.ssrc;
    pthread_mutex_unlock(&rtp->tx);
    pthread_mutex_unlock(&rtp->rx);
    detector_close(old);
}

PyObject *py_leg_audio(PyObject *self, PyObject *args)
{
    pjmedia_stream *stream = NULL;
    struct rtp *rtp;
    int call, leg, inband;

    (void)self;
    if (!PyArg_ParseTuple(args, "iip", &call, &leg, &inband) || !engine_ready())
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    PJSUA_LOCK();
    rtp = rtp_of_call(call, &stream);
    if (rtp)
        assign(rtp, stream, leg, inband);
    PJSUA_UNLOCK();
    Py_END_ALLOW_THREADS
    if (!rtp)
        return PyErr_Format(PyExc_OSError, "call %d has no audio", call);
    Py_RETURN_NONE;
}

PyObject *py_rtp_stats(PyObject *self, PyObject *args)
{
    struct rtp *rtp;
    int leg;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    rtp = leg > 0 ? live(leg) : NULL;
    if (!rtp)
        return PyErr_Format(PyExc_KeyError, "no leg %d", leg);
    return Py_BuildValue("{sO sk sk sk sk sk sk sk}", "relay", rtp->peer ? Py_True : Py_False,
                         "received", rtp->received, "relayed", rtp->relayed, "fast", rtp->fast,
                         "withheld", rtp->withheld, "foreign", rtp->foreign, "failed", rtp->failed,
                         "switches", rtp->switches);
}
