/* A line: audio between the bridge and a file descriptor.
 *
 * The descriptor carries frames of 8 kHz, 16-bit linear PCM in the machine's byte order: one packet a
 * frame on a SEQPACKET socket, or a plain stream of bytes on anything else.  CLOCK reads it every tick
 * into a short ring and the DTMF detector, whether or not anybody listens, and writes one frame every
 * tick, silence if need be.  The far end runs on its own clock: the ring starts two frames deep, grows
 * by a frame when the far end is late, and drops back to two when it is over three.  End of file or an
 * error says ("closed", tag) once and is silence from then on; the line stays until line_close().
 */
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RING = 4 * FRAME_MAX, READ_MAX = 2 * sizeof(int16_t) * FRAME_MAX, READS_PER_TICK = 8 };

struct line {
    struct port port;
    int fd, tag;
    bool socket, packets, dead;
    unsigned frame;                          /* samples in one */
    struct detector *detector;
    int16_t ring[RING];
    unsigned first, count;
    bool primed, heard;                      /* ring is deep enough; bridge took a frame since the last tick */
    unsigned char odd;                       /* half a sample that a byte stream ended with */
    bool has_odd;
    unsigned char tail[READ_MAX];            /* what a byte stream did not take of the last frame */
    unsigned tail_len;
    atomic_ulong received, sent, underruns, slips, unsent, bad;
};

static pthread_mutex_t lock;                 /* the table; CLOCK holds it while it pumps */
static struct line *lines[MAX_SLOTS];

void lines_init(void)
{
    mutex_init(&lock);
}

/* -- from the far end -------------------------------------------------------------------------- */

static void die(struct line *line)
{
    if (line->dead)
        return;
    line->dead = true;
    event_closed(line->tag);
}

static void drop_to(struct line *line, unsigned keep)
{
    unsigned drop = line->count > keep ? line->count - keep : 0;

    line->first = (line->first + drop) % RING;
    line->count -= drop;
}

static void hear(struct line *line, const int16_t *samples, unsigned count)
{
    detector_hear(line->detector, samples, count);
    for (unsigned i = 0; i < count; i++)
        line->ring[(line->first + line->count + i) % RING] = samples[i];
    line->count += count;
    if (line->count > 3 * line->frame) {
        drop_to(line, 2 * line->frame);
        line->slips += line->heard;          /* a ring nobody empties has not slipped */
    }
    line->received += count;
}

/* One read; the bytes land on an even boundary, after a half sample left by the read before. */
static ssize_t take(struct line *line)
{
    static _Alignas(int16_t) unsigned char buffer[READ_MAX + 2];
    unsigned kept = line->has_odd;
    ssize_t got;

    buffer[0] = line->odd;
    /* MSG_TRUNC tells an oversized packet's true length, but makes TCP throw its bytes away. */
    got = line->socket ? recv(line->fd, buffer + kept, READ_MAX,
                              MSG_DONTWAIT | (line->packets ? MSG_TRUNC : 0))
                       : read(line->fd, buffer + kept, READ_MAX);
    if (got <= 0)
        return got;
    if (line->packets && (got % 2 || got > (ssize_t)(2 * line->frame * sizeof(int16_t)))) {
        line->bad++;
        return got;
    }
    line->has_odd = (got + kept) % 2;
    line->odd = buffer[got + kept - 1];
    for (unsigned at = 0, end = (got + kept) / 2; at < end; at += line->frame)
        hear(line, (int16_t *)buffer + at, PJ_MIN(line->frame, end - at));
    return got;
}

static void pump(struct line *line)
{
    if (!line->heard)
        drop_to(line, line->frame);          /* nobody listens: keep the newest for who comes */
    for (int i = 0; i < READS_PER_TICK && !line->dead; i++) {
        ssize_t got = take(line);

        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            die(line);
        else if (got < 0)
            break;
    }
    line->heard = false;
}

void lines_pump(void)
{
    pthread_mutex_lock(&lock);
    for (int slot = 0; slot < MAX_SLOTS; slot++)
        if (lines[slot])
            pump(lines[slot]);
    pthread_mutex_unlock(&lock);
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct line *line = (struct line *)base;
    int16_t *out = frame->buf;

    line->heard = true;
    line->primed = line->primed || line->count >= 2 * line->frame;
    frame->type = PJMEDIA_FRAME_TYPE_NONE;
    frame->size = 0;
    if (!line->primed)
        return PJ_SUCCESS;
    if (line->count < line->frame) {
        line->underruns += !line->dead;
        return PJ_SUCCESS;
    }
    for (unsigned i = 0; i < line->frame; i++)
        out[i] = line->ring[(line->first + i) % RING];
    drop_to(line, line->count - line->frame);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = line->frame * sizeof out[0];
    return PJ_SUCCESS;
}

/* -- to the far end ---------------------------------------------------------------------------- */

static ssize_t give(struct line *line, const void *data, size_t length)
{
    ssize_t gone = line->socket ? send(line->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL)
                                : write(line->fd, data, length);

    if (gone < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
        die(line);
    return gone < 0 ? 0 : gone;
}

/* A stream that took part of a frame must get the rest first, or every sample after is torn. */
static bool tail_gone(struct line *line)
{
    ssize_t gone = line->tail_len ? give(line, line->tail, line->tail_len) : 0;

    line->tail_len -= gone;
    memmove(line->tail, line->tail + gone, line->tail_len);
    return line->tail_len == 0;
}

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    static const int16_t silence[READ_MAX / 2];
    struct line *line = (struct line *)base;
    size_t length = line->frame * sizeof silence[0];
    bool audio = frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size == length;
    const unsigned char *data = audio ? frame->buf : (const void *)silence;
    size_t gone;

    if (line->dead || !tail_gone(line)) {
        line->unsent += !line->dead;
        return PJ_SUCCESS;
    }
    gone = give(line, data, length);
    if (gone == 0) {
        line->unsent += !line->dead;
        return PJ_SUCCESS;
    }
    line->tail_len = length - gone;
    memcpy(line->tail, data + gone, line->tail_len);
    line->sent++;
    return PJ_SUCCESS;
}

/* -- life: MAIN ------------------------------------------------------------------------------ */

static void release(struct port *port)
{
    struct line *line = (struct line *)port;

    if (line->fd >= 0)
        close(line->fd);
    detector_close(line->detector);
}

static bool describe(struct line *line, int fd)
{
    int type = 0;
    socklen_t length = sizeof type;

    line->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (line->fd < 0)
        return false;
    line->socket = getsockopt(line->fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    line->packets = line->socket && type != SOCK_STREAM;
    if (line->socket)                        /* flags are shared with the caller's descriptor: leave them */
        return true;
    return fcntl(line->fd, F_SETFL, fcntl(line->fd, F_GETFL) | O_NONBLOCK) == 0;
}

static struct line *prepare(int fd, int tag)
{
    struct line *line = (struct line *)port_create(sizeof *line, "line", release);

    if (!line) {
        PyErr_NoMemory();
        return NULL;
    }
    line->tag = tag;
    line->frame = PJMEDIA_PIA_SPF(&line->port.base.info);
    line->port.base.get_frame = get_frame;
    line->port.base.put_frame = put_frame;
    if (describe(line, fd) && (line->detector = detector_open(tag)))
        return line;
    PyErr_SetFromErrno(PyExc_OSError);
    line->port.base.on_destroy(&line->port.base);
    return NULL;
}

PyObject *py_line_open(PyObject *self, PyObject *args)
{
    struct line *line;
    pj_status_t status;
    int fd, tag, slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &fd, &tag) || !engine_ready())
        return NULL;
    line = prepare(fd, tag);
    if (!line)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = port_add(&line->port);
    if (status == PJ_SUCCESS) {
        slot = line->port.slot;
        pthread_mutex_lock(&lock);
        lines[slot] = line;
        pthread_mutex_unlock(&lock);
    }
    Py_END_ALLOW_THREADS
    return status == PJ_SUCCESS ? PyLong_FromLong(slot) : pj_error("line_open", status);
}

static struct line *take_out(int slot)
{
    struct line *line = NULL;

    if (slot < 0 || slot >= MAX_SLOTS)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    pthread_mutex_lock(&lock);
    line = lines[slot];
    lines[slot] = NULL;
    pthread_mutex_unlock(&lock);
    Py_END_ALLOW_THREADS
    return line;
}

PyObject *py_line_close(PyObject *self, PyObject *args)
{
    struct line *line;
    int slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &slot))
        return NULL;
    line = take_out(slot);
    if (!line)
        return PyErr_Format(PyExc_KeyError, "no line in slot %d", slot);
    tone_forget(slot);
    sounds_forget(slot);
    port_retire(&line->port);
    Py_RETURN_NONE;
}

void lines_close_all(void)
{
    for (int slot = 0; slot < MAX_SLOTS; slot++) {
        struct line *line = lines[slot] ? take_out(slot) : NULL;

        if (line)
            port_retire(&line->port);
    }
}

PyObject *py_line_stats(PyObject *self, PyObject *args)
{
    const struct line *line;
    int slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &slot))
        return NULL;
    line = slot >= 0 && slot < MAX_SLOTS ? lines[slot] : NULL;  /* only MAIN writes the table */
    if (!line)
        return PyErr_Format(PyExc_KeyError, "no line in slot %d", slot);
    return Py_BuildValue("{sk sk sk sk sk sk si}", "received", line->received / line->frame, "sent",
                         line->sent, "underruns", line->underruns, "slips", line->slips, "unsent",
                         line->unsent, "bad", line->bad, "closed", line->dead);
}
