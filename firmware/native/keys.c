/* Telephone keys in RTP: heard in what arrives, pressed in what leaves.
 *
 * Heard: a key is an event of its own RTP time, told in many packets; it is reported once, with the
 * first of them that comes through, and never passed on.  A leg whose phone sends keys as sound is
 * listened to instead, in the bridge and in relay alike.  Pressed: packets of our own in the leg's flow,
 * one every tick, the last one three times; meanwhile nothing else leaves, for many phones take voice
 * between them for the end of the key.
 */
#include "rtp.h"

#include <pjmedia/alaw_ulaw.h>

enum { LAST_KEY = 15, ENDS = 3, VOLUME = 10, BACK_SECONDS = 2, END_BIT = 0x80 };
static const char keys[] = "0123456789*#ABCD";

/* -- heard: POLLER, rx held ----------------------------------------------------------------------- */

/* What follows header, contributing sources, extension; without padding.  NULL: it does not fit. */
static const uint8_t *payload_of(const uint8_t *packet, size_t size, size_t *length)
{
    size_t at = RTP_HEADER + 4u * (packet[0] & 0x0f);
    size_t padding = packet[0] & 0x20 ? packet[size - 1] : 0;

    if (packet[0] & 0x10) {
        if (size < at + 4)
            return NULL;
        at += 4 + 4u * (packet[at + 2] << 8 | packet[at + 3]);
    }
    if (size < at + padding)
        return NULL;
    *length = size - at - padding;
    return packet + at;
}

/* Later than the last one, or so much earlier that the phone must have begun to count anew. */
static bool is_new(const struct listening *heard, uint32_t ssrc, uint32_t ts, unsigned clock)
{
    int32_t later = (int32_t)(ts - heard->ts);

    return !heard->any || heard->ssrc != ssrc || later > 0 ||
           later < -(int32_t)(BACK_SECONDS * clock);
}

void keys_heard(struct rtp *rtp, const uint8_t *packet, size_t size)
{
    const pjmedia_rtp_hdr *header = (const pjmedia_rtp_hdr *)packet;
    uint32_t ssrc = header->ssrc, ts = pj_ntohl(header->ts);
    size_t length;
    const uint8_t *event = payload_of(packet, size, &length);

    if (!event || length < 4 || event[0] > LAST_KEY)
        return;
    if (!is_new(&rtp->keys_in, ssrc, ts, rtp->flow.clock))
        return;
    rtp->keys_in = (struct listening){ true, ssrc, ts };
    if (rtp->leg && !rtp->inband)
        event_digit(rtp->leg, keys[event[0]]);
}

void keys_listen(struct rtp *rtp, const uint8_t *packet, size_t size)
{
    int16_t samples[PJMEDIA_MAX_MTU];
    size_t length;
    const uint8_t *payload = payload_of(packet, size, &length);

    if (!payload || !rtp->detector || length > PJMEDIA_MAX_MTU)
        return;
    for (size_t i = 0; i < length; i++)
        samples[i] = rtp->rx_pt == PJMEDIA_RTP_PT_PCMU ? pjmedia_ulaw2linear(payload[i])
                                                       : pjmedia_alaw2linear(payload[i]);
    detector_hear(rtp->detector, samples, (unsigned)length);
}

/* -- pressed: CLOCK ------------------------------------------------------------------------------- */

bool keys_pressed(const struct rtp *rtp)
{
    return rtp->press.down;
}

static void send_event(struct rtp *rtp, bool first, bool last)
{
    struct { pjmedia_rtp_hdr header; uint8_t event, end_and_volume; uint16_t duration; } packet;
    struct press *press = &rtp->press;

    pj_bzero(&packet, sizeof packet);
    packet.header.v = 2;
    packet.header.pt = (unsigned)rtp->tx_event_pt & 0x7f;
    packet.header.m = first;
    packet.header.seq = pj_htons(++rtp->flow.seq);
    packet.header.ts = pj_htonl(press->ts);
    packet.header.ssrc = rtp->flow.ssrc;
    packet.event = press->event;
    packet.end_and_volume = VOLUME | (last ? END_BIT : 0);
    packet.duration = pj_htons((uint16_t)PJ_MIN(press->lasted, 0xffffu));
    rtp->flow.seq_shift++;
    pjmedia_transport_send_rtp(rtp->slave, &packet, sizeof packet);
}

static void press_next(struct rtp *rtp)
{
    struct press *press = &rtp->press;

    press->event = (uint8_t)(strchr(keys, press->keys[0]) - keys);
    press->waiting--;
    memmove(press->keys, press->keys + 1, press->waiting);
    press->ts = flow_now(&rtp->flow);
    press->lasted = rtp->flow.frame;
    press->ends = ENDS;
    press->down = true;
    send_event(rtp, true, false);
}

static void tick(struct rtp *rtp)
{
    struct press *press = &rtp->press;

    if (press->down) {
        if (press->lasted < press->length) {
            press->lasted += rtp->flow.frame;
            send_event(rtp, false, false);
        } else {
            send_event(rtp, false, true);
            press->down = --press->ends > 0;
            press->pause = press->down ? 0 : press->length;
        }
    } else if (press->pause) {
        press->pause -= PJ_MIN(press->pause, rtp->flow.frame);
    } else if (press->waiting) {
        press_next(rtp);
    }
}

void keys_tick(void)
{
    pthread_mutex_lock(&adapters_lock);
    for (struct rtp *rtp = rtp_first(); rtp; rtp = rtp->next) {
        pthread_mutex_lock(&rtp->tx);
        if (rtp->press.down || rtp->press.pause || rtp->press.waiting)
            tick(rtp);
        pthread_mutex_unlock(&rtp->tx);
    }
    pthread_mutex_unlock(&adapters_lock);
}

/* -- pressed: MAIN -------------------------------------------------------------------------------- */

/* Before the first packet of the leg: the stream's own beginning, or the far end would see two. */
static void begin_flow(struct rtp *rtp)
{
    pjmedia_rtp_hdr header = rtp->stream->enc->rtp.out_hdr;

    header.seq = pj_htons((uint16_t)(rtp->stream->enc->rtp.out_extseq + 1));
    flow_place(&rtp->flow, &header, rtp->flow.source);
}

static const char *press(struct rtp *rtp, const char *wanted, size_t count, unsigned ms)
{
    const char *why = NULL;

    pthread_mutex_lock(&rtp->tx);
    if (rtp->tx_event_pt <= 0)
        why = "the far end takes no keys in RTP";
    else if (rtp->press.waiting + count > KEYS_MAX)
        why = "too many keys are waiting";
    if (!why) {
        if (!rtp->flow.begun && rtp->stream && rtp->stream->enc)
            begin_flow(rtp);
        memcpy(rtp->press.keys + rtp->press.waiting, wanted, count);
        rtp->press.waiting += (unsigned)count;
        rtp->press.length = rtp->flow.clock * ms / 1000;
    }
    pthread_mutex_unlock(&rtp->tx);
    return why;
}

PyObject *py_keys_send(PyObject *self, PyObject *args)
{
    const char *wanted, *why = "the leg has no audio";
    struct rtp *rtp;
    Py_ssize_t count;
    int call, ms;

    (void)self;
    if (!PyArg_ParseTuple(args, "is#i", &call, &wanted, &count, &ms) || !engine_ready())
        return NULL;
    if (count < 1 || (size_t)count != strspn(wanted, keys) || ms < 40 || ms > 1000)
        return PyErr_Format(PyExc_ValueError, "keys are 0-9*#ABCD, each for 40 to 1000 ms");
    Py_BEGIN_ALLOW_THREADS
    PJSUA_LOCK();
    rtp = rtp_of_call(call, NULL);
    if (rtp)
        why = press(rtp, wanted, (size_t)count, (unsigned)ms);
    PJSUA_UNLOCK();
    Py_END_ALLOW_THREADS
    if (why)
        return PyErr_Format(PyExc_OSError, "keys: %s", why);
    Py_RETURN_NONE;
}
