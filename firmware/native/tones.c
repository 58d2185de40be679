/* Tones and digits played into a slot.
 *
 * Each slot has at most one source of ours; a new one replaces it, at a frame boundary.  A source is a
 * list of steps (two frequencies, on, off), either repeated for ever or played once, after which it
 * says ("sent", tag).  A source that was replaced or stopped says nothing.  Steps never change while a
 * source lives, so CLOCK reads them without a lock.  Levels are per frequency; full scale of a sine is
 * +3.14 dBm0.
 */
#include "native.h"

#include <math.h>

enum { STEPS_MAX = 128, LONGEST_MS = 600000 };
#define TONE_AMPLITUDE  5111.0f              /* -13 dBm0 */
#define DIGIT_AMPLITUDE 8100.0f              /* -9 dBm0 */
#define TURN            6.28318530718f

struct step {
    float turn[2];                           /* radians a sample; 0: silent */
    unsigned on, off;                        /* samples */
};

struct source {
    struct port port;
    float amplitude, phase[2];
    int tag;
    bool once, done;
    unsigned steps, at, sample;
    struct step step[];
};

static struct source *sources[MAX_SLOTS];    /* by the slot they play into; MAIN only */

/* -- CLOCK ----------------------------------------------------------------------------------- */

static float oscillate(struct source *source, const struct step *step)
{
    float sum = 0;

    for (int i = 0; i < 2; i++) {
        if (step->turn[i] == 0)
            continue;
        source->phase[i] += step->turn[i];
        if (source->phase[i] > TURN)
            source->phase[i] -= TURN;
        sum += sinf(source->phase[i]);
    }
    return sum * source->amplitude;
}

static void advance(struct source *source)
{
    const struct step *step = &source->step[source->at];

    if (++source->sample < step->on + step->off)
        return;
    source->sample = 0;
    if (++source->at < source->steps)
        return;
    source->at = 0;
    source->done = source->once;
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct source *source = (struct source *)base;
    unsigned count = PJMEDIA_PIA_SPF(&base->info);
    int16_t *out = frame->buf;

    frame->type = source->done ? PJMEDIA_FRAME_TYPE_NONE : PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = source->done ? 0 : count * sizeof out[0];
    if (source->done)
        return PJ_SUCCESS;
    for (unsigned i = 0; i < count; i++) {
        const struct step *step = &source->step[source->at];
        bool on = !source->done && source->sample < step->on;

        out[i] = on ? (int16_t)oscillate(source, step) : 0;
        if (!source->done)
            advance(source);
    }
    if (source->done)
        event_sent(source->tag);
    return PJ_SUCCESS;
}

/* -- MAIN ------------------------------------------------------------------------------------ */

static bool step_set(struct step *step, int hz1, int hz2, int on_ms, int off_ms)
{
    if (hz1 < 0 || hz2 < 0 || hz1 >= SAMPLE_RATE / 2 || hz2 >= SAMPLE_RATE / 2 || on_ms < 0 ||
        off_ms < 0 || on_ms > LONGEST_MS || off_ms > LONGEST_MS || on_ms + off_ms == 0) {
        PyErr_Format(PyExc_ValueError, "no such tone: %d+%d Hz, %d ms on, %d ms off", hz1, hz2, on_ms,
                     off_ms);
        return false;
    }
    step->turn[0] = TURN * hz1 / SAMPLE_RATE;
    step->turn[1] = TURN * hz2 / SAMPLE_RATE;
    step->on = on_ms * (SAMPLE_RATE / 1000);
    step->off = off_ms * (SAMPLE_RATE / 1000);
    return true;
}

void tone_forget(int slot)
{
    if (slot < 0 || slot >= MAX_SLOTS || !sources[slot])
        return;
    port_retire(&sources[slot]->port);
    sources[slot] = NULL;
}

void tones_stop_all(void)
{
    for (int slot = 0; slot < MAX_SLOTS; slot++)
        tone_forget(slot);
}

static struct source *source_create(const struct step *steps, unsigned count, float amplitude)
{
    size_t size = sizeof(struct source) + count * sizeof *steps;
    struct source *source = (struct source *)port_create(size, "tone", NULL);

    if (!source)
        return NULL;
    memcpy(source->step, steps, count * sizeof *steps);
    source->steps = count;
    source->amplitude = amplitude;
    source->port.base.get_frame = get_frame;
    return source;
}

/* The new source first, the old one's end after: whatever fails leaves the old one playing. */
static PyObject *play(int slot, struct source *source)
{
    pj_status_t status;

    if (!source)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS
    status = port_add(&source->port);
    if (status == PJ_SUCCESS) {
        status = bridge_connect(source->port.slot, slot, 1.0f);
        if (status != PJ_SUCCESS)
            port_retire(&source->port);
    }
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return pj_error("tone", status);
    tone_forget(slot);
    sources[slot] = source;
    Py_RETURN_NONE;
}

static bool slot_ok(int slot)
{
    if (slot >= 0 && slot < MAX_SLOTS)
        return engine_ready();
    PyErr_Format(PyExc_ValueError, "no slot %d", slot);
    return false;
}

static bool steps_read(PyObject *sequence, struct step *steps, unsigned *count)
{
    PyObject *fast = PySequence_Fast(sequence, "steps is a sequence");
    Py_ssize_t n = fast ? PySequence_Fast_GET_SIZE(fast) : 0;
    int hz1, hz2, on_ms, off_ms;
    bool ok = fast && n > 0 && n <= STEPS_MAX;

    if (fast && !ok)
        PyErr_Format(PyExc_ValueError, "1 to %d steps", STEPS_MAX);
    for (Py_ssize_t i = 0; ok && i < n; i++)
        ok = PyArg_ParseTuple(PySequence_Fast_GET_ITEM(fast, i), "iiii", &hz1, &hz2, &on_ms, &off_ms) &&
             step_set(&steps[i], hz1, hz2, on_ms, off_ms);
    Py_XDECREF(fast);
    *count = (unsigned)n;
    return ok;
}

PyObject *py_tone_start(PyObject *self, PyObject *args)
{
    struct step steps[STEPS_MAX];
    PyObject *sequence;
    unsigned count;
    int slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "iO", &slot, &sequence) || !slot_ok(slot) ||
        !steps_read(sequence, steps, &count))
        return NULL;
    return play(slot, source_create(steps, count, TONE_AMPLITUDE));
}

PyObject *py_tone_stop(PyObject *self, PyObject *args)
{
    int slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &slot) || !slot_ok(slot))
        return NULL;
    tone_forget(slot);
    Py_RETURN_NONE;
}

static bool digit_step(struct step *step, char digit, int on_ms, int off_ms)
{
    static const char keys[] = "123A456B789C*0#D";
    static const int rows[] = { 697, 770, 852, 941 }, columns[] = { 1209, 1336, 1477, 1633 };
    const char *key = digit ? strchr(keys, digit) : NULL;

    if (!key) {
        PyErr_Format(PyExc_ValueError, "%c is not a digit", digit);
        return false;
    }
    return step_set(step, rows[(key - keys) / 4], columns[(key - keys) % 4], on_ms, off_ms);
}

PyObject *py_digits_send(PyObject *self, PyObject *args)
{
    struct step steps[STEPS_MAX];
    struct source *source;
    const char *digits;
    int slot, on_ms, off_ms, tag;
    Py_ssize_t count;

    (void)self;
    if (!PyArg_ParseTuple(args, "is#iii", &slot, &digits, &count, &on_ms, &off_ms, &tag) ||
        !slot_ok(slot))
        return NULL;
    if (count < 1 || count > STEPS_MAX)
        return PyErr_Format(PyExc_ValueError, "1 to %d digits", STEPS_MAX);
    for (Py_ssize_t i = 0; i < count; i++)
        if (!digit_step(&steps[i], digits[i], on_ms, off_ms))
            return NULL;
    source = source_create(steps, (unsigned)count, DIGIT_AMPLITUDE);
    if (source) {
        source->once = true;
        source->tag = tag;
    }
    return play(slot, source);
}
