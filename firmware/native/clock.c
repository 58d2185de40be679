/* The clock of all media: one C thread that pulls the bridge.
 *
 * Every tick_ms it reads what the lines' far ends have sent and then asks the bridge's master port for
 * a frame, which moves audio through every port.  pjmedia's own null device is never used: it would
 * be a second clock beside the hardware's.  Ticks lost to a busy machine are caught up, a few at a
 * time, so that no party's stream falls behind; beyond that they are given up and counted.  Real-time
 * priority is asked for and done without where refused: the box's unit grants it, a laptop does not.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CATCH_UP = 5, PRIORITY = 20 };

static pthread_t thread;
static bool running;
static atomic_bool stop;
static int timer = -1;
static pjmedia_port *master;
static atomic_ullong ticks, late, missed, max_us;

bool clock_running(void)
{
    return running;
}

static void tick(void)
{
    static int16_t buffer[FRAME_MAX];
    static uint64_t samples;
    pjmedia_frame frame = { .buf = buffer };
    uint64_t begun = monotonic_us(), spent;

    ports_reap();
    lines_pump();
    keys_tick();
    frame.type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame.size = PJMEDIA_PIA_SPF(&master->info) * sizeof buffer[0];
    frame.timestamp.u64 = samples;
    samples += PJMEDIA_PIA_SPF(&master->info);
    pjmedia_port_get_frame(master, &frame);

    ticks++;
    spent = monotonic_us() - begun;
    if (spent > max_us)
        max_us = spent;
}

static void *run(void *unused)
{
    static pj_thread_desc desc;
    pj_thread_t *known;
    struct sched_param param = { .sched_priority = PRIORITY };
    uint64_t due;

    pj_bzero(desc, sizeof desc);             /* pjlib lets a descriptor be registered only once */
    pj_thread_register("clock", desc, &known);
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
    while (!stop) {
        if (read(timer, &due, sizeof due) != sizeof due)
            continue;
        if (due > 1)
            late += due - 1;
        if (due > CATCH_UP) {
            missed += due - CATCH_UP;
            due = CATCH_UP;
        }
        while (due-- && !stop)
            tick();
    }
    return unused;
}

static bool arm(unsigned tick_ms)
{
    struct itimerspec every = { .it_interval.tv_nsec = tick_ms * 1000000L,
                                .it_value.tv_nsec = tick_ms * 1000000L };

    timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer >= 0 && timerfd_settime(timer, 0, &every, NULL) == 0)
        return true;
    PyErr_SetFromErrno(PyExc_OSError);
    return false;
}

PyObject *py_clock_start(PyObject *self, PyObject *args)
{
    unsigned tick_ms = 20, frame_ms;
    int error;

    (void)self;
    if (!PyArg_ParseTuple(args, "|I", &tick_ms) || !engine_ready())
        return NULL;
    if (running)
        return PyErr_Format(PyExc_RuntimeError, "the clock is running");
    master = pjsua_set_no_snd_dev();
    frame_ms = PJMEDIA_PIA_SPF(&master->info) * 1000 / PJMEDIA_PIA_SRATE(&master->info);
    if (tick_ms != frame_ms)
        return PyErr_Format(PyExc_ValueError, "the bridge has frames of %u ms, not %u", frame_ms,
                            tick_ms);
    rtp_install();
    if (!poller_start() || !arm(tick_ms))
        return NULL;
    stop = false;
    error = pthread_create(&thread, NULL, run, NULL);
    if (error) {
        close(timer);
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    running = true;
    Py_RETURN_NONE;
}

void clock_halt(void)
{
    if (!running)
        return;
    stop = true;
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);              /* at most one tick away */
    Py_END_ALLOW_THREADS
    close(timer);
    running = false;
    ports_reap();
}

PyObject *py_clock_stop(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    clock_halt();
    Py_RETURN_NONE;
}

PyObject *py_clock_stats(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return Py_BuildValue("{sK sK sK sK}", "ticks", (unsigned long long)ticks, "late",
                         (unsigned long long)late, "missed", (unsigned long long)missed, "max_us",
                         (unsigned long long)max_us);
}
