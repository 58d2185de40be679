/* What leaves a leg: one flow, whoever fills it.
 *
 * The far end must never notice that its packets come from our encoder now and from the peer's phone
 * in a moment: SSRC, sequence and time line go on.  When the source changes, the next packet takes the
 * next number, and a time as much later as the clock on the wall says.  A packet that is kept back
 * leaves no hole, a packet of our own (keys.c) moves all that follow it by one.
 */
#include "rtp.h"

static uint32_t elapsed(const struct flow *flow)
{
    unsigned clock = flow->clock ? flow->clock : SAMPLE_RATE;   /* nobody has said whose leg it is yet */
    uint64_t units = (monotonic_us() - flow->sent_us) * clock / 1000000;
    unsigned step = clock / 100;

    return (uint32_t)((units + step / 2) / step * step);
}

uint32_t flow_now(const struct flow *flow)
{
    return flow->ts + PJ_MAX(elapsed(flow), flow->frame);
}

static void begin(struct flow *flow, const pjmedia_rtp_hdr *in)
{
    flow->begun = true;
    if (!flow->ssrc)
        flow->ssrc = in->ssrc;
    flow->seq = pj_ntohs(in->seq) - 1;
    flow->ts = pj_ntohl(in->ts) - flow->frame;
    flow->sent_us = monotonic_us();
}

static void take_over(struct flow *flow, const pjmedia_rtp_hdr *in, enum source source)
{
    flow->seq_shift = flow->seq + 1 - pj_ntohs(in->seq);
    flow->ts_shift = flow_now(flow) - pj_ntohl(in->ts);
    flow->last = source;
    flow->in_ssrc = in->ssrc;
}

/* The shifts fit this packet from now on; false: its source may not send. True once: it is a first. */
bool flow_place(struct flow *flow, const pjmedia_rtp_hdr *in, enum source source)
{
    bool first = !flow->begun;

    if (first)
        begin(flow, in);
    if (!first && flow->last == source && flow->in_ssrc == in->ssrc)
        return false;
    take_over(flow, in, source);
    return true;
}

static void rewrite(struct rtp *rtp, pjmedia_rtp_hdr *out, int pt, bool first)
{
    struct flow *flow = &rtp->flow;
    uint16_t seq = pj_ntohs(out->seq) + flow->seq_shift;
    uint32_t ts = pj_ntohl(out->ts) + flow->ts_shift;

    out->seq = pj_htons(seq);
    out->ts = pj_htonl(ts);
    out->ssrc = flow->ssrc;
    if (pt >= 0)
        out->pt = (unsigned)pt & 0x7f;
    if (first)
        out->m = 1;
    if ((int16_t)(seq - flow->seq) > 0)
        flow->seq = seq;
    if ((int32_t)(ts - flow->ts) > 0) {
        flow->ts = ts;
        flow->sent_us = monotonic_us();
    }
}

/* A peer of ours, plain below: its own socket, without the layers. */
static pj_status_t put(struct rtp *rtp, enum source source, size_t size)
{
    if (source == FROM_STREAM || !rtp->plain || rtp->destination.addr.sa_family == 0)
        return pjmedia_transport_send_rtp(rtp->slave, rtp->packet, size);
    if (sendto(rtp->fd, rtp->packet, size, MSG_DONTWAIT, (struct sockaddr *)&rtp->destination,
               pj_sockaddr_get_len(&rtp->destination)) < 0)
        return PJ_STATUS_FROM_OS(errno);
    return PJ_SUCCESS;
}

pj_status_t flow_send(struct rtp *rtp, enum source source, const void *packet, size_t size, int pt)
{
    const pjmedia_rtp_hdr *in = packet;
    pj_status_t status = PJ_SUCCESS;
    bool first;

    if (size < RTP_HEADER || size > sizeof rtp->packet)
        return PJ_ETOOBIG;
    pthread_mutex_lock(&rtp->tx);
    if (source == rtp->flow.source) {
        first = flow_place(&rtp->flow, in, source);
        rtp->switches += first;
        if (keys_pressed(rtp)) {
            rtp->flow.seq_shift--;           /* a key is heard alone */
        } else {
            memcpy(rtp->packet, packet, size);
            rewrite(rtp, (pjmedia_rtp_hdr *)rtp->packet, pt, first);
            status = put(rtp, source, size);
        }
    }
    pthread_mutex_unlock(&rtp->tx);
    return status;
}

void flow_withhold(struct rtp *rtp, enum source source, const void *packet, size_t size)
{
    if (size < RTP_HEADER)
        return;
    pthread_mutex_lock(&rtp->tx);
    if (source == rtp->flow.source) {
        flow_place(&rtp->flow, packet, source);
        rtp->flow.seq_shift--;
        rtp->withheld++;
    }
    pthread_mutex_unlock(&rtp->tx);
}

/* A sender report tells which RTP time it is: ours, not the stream's own. */
size_t flow_report(struct rtp *rtp, const void *packet, size_t size, uint8_t *copy, size_t room)
{
    enum { SENDER_REPORT = 200, WITH_SENDER = 28, RTP_TIME = 16, SSRC = 4 };

    if (size > room)
        return 0;
    memcpy(copy, packet, size);
    if (size < WITH_SENDER || copy[1] != SENDER_REPORT)
        return size;
    pthread_mutex_lock(&rtp->tx);
    if (rtp->flow.begun && rtp->flow.clock) {
        uint64_t since = (monotonic_us() - rtp->flow.sent_us) * rtp->flow.clock / 1000000;
        uint32_t ts = pj_htonl(rtp->flow.ts + (uint32_t)since);

        memcpy(copy + RTP_TIME, &ts, sizeof ts);
        memcpy(copy + SSRC, &rtp->flow.ssrc, sizeof rtp->flow.ssrc);
    }
    pthread_mutex_unlock(&rtp->tx);
    return size;
}
