/* hookswitch_engine.native: the table of functions, life, and what the event loop needs.
 *
 * Order of life: Endpoint.libInit(), start(), libStart(), clock_start(), ... stop(), libDestroy().
 * start() is only for a registrar; lines, tones and the clock work without it (a phone needs no
 * registrar).  stop() ends everything of ours, the clock first, so that pjsua can take the bridge down.
 * The contract with Python, function by function, is native.pyi.
 */
#include "native.h"

#include <malloc.h>
#include <pjsua-lib/pjsua_internal.h>
#include <time.h>

/* -- shared by the other files ------------------------------------------------------------------- */

bool engine_ready(void)
{
    pjsua_state state = pjsua_get_state();

    if (state >= PJSUA_STATE_INIT && state <= PJSUA_STATE_RUNNING)
        return true;
    PyErr_SetString(PyExc_RuntimeError, "only between libInit() and libDestroy()");
    return false;
}

PyObject *pj_error(const char *what, pj_status_t status)
{
    char text[PJ_ERR_MSG_SIZE];

    pj_strerror(status, text, sizeof text);
    return PyErr_Format(PyExc_OSError, "%s: %s (%d)", what, text, status);
}

void mutex_init(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

uint64_t monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

int64_t boottime_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

bool plain_text(const char *text, size_t size, const char *forbidden)
{
    size_t length = strnlen(text, size);

    if (length == 0 || length == size)
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr(forbidden, text[i]))
            return false;
    return true;
}

/* -- life -------------------------------------------------------------------------------------- */

static PyObject *py_start(PyObject *self, PyObject *args)
{
    const char *realm, *path;
    int error;

    (void)self;
    if (!PyArg_ParseTuple(args, "ss", &realm, &path) || !engine_ready() || !digest_start(realm))
        return NULL;
    calls_start();                           /* first: others want to see what it keeps from Python */
    if (!requests_start())
        return NULL;
    error = bindings_open(path);
    if (error) {
        requests_stop();
    calls_stop();
        errno = error;
        return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    }
    bindings_announce();
    Py_RETURN_NONE;
}

static PyObject *py_stop(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    clock_halt();
    poller_stop();
    tones_stop_all();
    sounds_stop_all();
    recorder_stop_all();
    lines_close_all();
    requests_stop();
    calls_stop();
    bindings_close();
    accounts_clear();
    trunks_clear();
    Py_RETURN_NONE;
}

/* -- the loop around pjsip ----------------------------------------------------------------------- */

static PyObject *py_ioqueue_fd(PyObject *self, PyObject *none)
{
    const int *epoll;

    (void)self, (void)none;
    if (!engine_ready())
        return NULL;
    epoll = pj_ioqueue_get_os_handle(pjsip_endpt_get_ioqueue(pjsua_var.endpt));
    if (!epoll)
        return PyErr_Format(PyExc_RuntimeError, "pjlib was built without epoll");
    return PyLong_FromLong(*epoll);
}

static PyObject *py_next_timer_ms(PyObject *self, PyObject *none)
{
    pj_timer_heap_t *heap;
    pj_time_val next, now;

    (void)self, (void)none;
    if (!engine_ready())
        return NULL;
    heap = pjsip_endpt_get_timer_heap(pjsua_var.endpt);
    if (pj_timer_heap_count(heap) == 0 || pj_timer_heap_earliest_time(heap, &next) != PJ_SUCCESS)
        return PyLong_FromLong(-1);
    pj_gettickcount(&now);
    PJ_TIME_VAL_SUB(next, now);
    return PyLong_FromLong(PJ_MAX(0, PJ_TIME_VAL_MSEC(next)));
}

static PyObject *py_trim(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    malloc_trim(0);
    Py_RETURN_NONE;
}

/* -- the bridge -------------------------------------------------------------------------------- */

/* pjsua_conf_connect would also try to open a sound device, before the clock runs, and take pjsua's
 * big lock; the bridge itself needs neither. */
pj_status_t bridge_connect(int source, int sink, float level)
{
    return pjmedia_conf_connect_port(pjsua_var.mconf, (unsigned)source, (unsigned)sink,
                                     (int)(level * 128) - 128);
}

static PyObject *py_connect(PyObject *self, PyObject *args)
{
    pj_status_t status;
    int source, sink;
    float level = 1.0f;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii|f", &source, &sink, &level) || !engine_ready())
        return NULL;
    if (!(level >= 0 && level <= 16))
        return PyErr_Format(PyExc_ValueError, "a level is 0 to 16, 1 leaves as is");
    Py_BEGIN_ALLOW_THREADS
    status = bridge_connect(source, sink, level);
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return pj_error("connect", status);
    Py_RETURN_NONE;
}

static PyObject *py_disconnect(PyObject *self, PyObject *args)
{
    pj_status_t status;
    int source, sink;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &source, &sink) || !engine_ready())
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    status = pjmedia_conf_disconnect_port(pjsua_var.mconf, (unsigned)source, (unsigned)sink);
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return pj_error("disconnect", status);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    { "start", py_start, METH_VARARGS, NULL },
    { "stop", py_stop, METH_NOARGS, NULL },
    { "event_fd", py_event_fd, METH_NOARGS, NULL },
    { "events", py_events, METH_NOARGS, NULL },
    { "ioqueue_fd", py_ioqueue_fd, METH_NOARGS, NULL },
    { "next_timer_ms", py_next_timer_ms, METH_NOARGS, NULL },
    { "trim", py_trim, METH_NOARGS, NULL },
    { "set_accounts", py_set_accounts, METH_VARARGS, NULL },
    { "offer_sha256", py_offer_sha256, METH_VARARGS, NULL },
    { "set_local_networks", py_set_local_networks, METH_VARARGS, NULL },
    { "set_expiry", py_set_expiry, METH_VARARGS, NULL },
    { "set_probing", py_set_probing, METH_VARARGS, NULL },
    { "contacts", py_contacts, METH_VARARGS, NULL },
    { "registrations", py_registrations, METH_VARARGS, NULL },
    { "unregister", py_unregister, METH_VARARGS, NULL },
    { "authenticated", py_authenticated, METH_NOARGS, NULL },
    { "trunk", py_trunk, METH_NOARGS, NULL },
    { "called", py_called, METH_NOARGS, NULL },
    { "identity", py_identity, METH_NOARGS, NULL },
    { "replaced", py_replaced, METH_NOARGS, NULL },
    { "refer_notify", py_refer_notify, METH_VARARGS, NULL },
    { "set_trunks", py_set_trunks, METH_VARARGS, NULL },
    { "show_extension", py_show_extension, METH_VARARGS, NULL },
    { "show_messages", py_show_messages, METH_VARARGS, NULL },
    { "watchers", py_watchers, METH_VARARGS, NULL },
    { "set_call_limit", py_set_call_limit, METH_VARARGS, NULL },
    { "set_bans", py_set_bans, METH_VARARGS, NULL },
    { "bans", py_bans, METH_NOARGS, NULL },
    { "unban", py_unban, METH_VARARGS, NULL },
    { "set_profiles", py_set_profiles, METH_VARARGS, NULL },
    { "set_speech", py_set_speech, METH_VARARGS, NULL },
    { "speak_to", py_speak_to, METH_VARARGS, NULL },
    { "speak_in", py_speak_in, METH_VARARGS, NULL },
    { "call_now", py_call_now, METH_VARARGS, NULL },
    { "call_heard_of", py_call_heard_of, METH_VARARGS, NULL },
    { "clock_start", py_clock_start, METH_VARARGS, NULL },
    { "clock_stop", py_clock_stop, METH_NOARGS, NULL },
    { "clock_stats", py_clock_stats, METH_NOARGS, NULL },
    { "line_open", py_line_open, METH_VARARGS, NULL },
    { "line_close", py_line_close, METH_VARARGS, NULL },
    { "line_stats", py_line_stats, METH_VARARGS, NULL },
    { "tone_start", py_tone_start, METH_VARARGS, NULL },
    { "tone_stop", py_tone_stop, METH_VARARGS, NULL },
    { "digits_send", py_digits_send, METH_VARARGS, NULL },
    { "sounds_play", py_sounds_play, METH_VARARGS, NULL },
    { "sounds_stop", py_sounds_stop, METH_VARARGS, NULL },
    { "record_start", py_record_start, METH_VARARGS, NULL },
    { "record_stop", py_record_stop, METH_VARARGS, NULL },
    { "answer_like", py_answer_like, METH_VARARGS, NULL },
    { "leg_audio", py_leg_audio, METH_VARARGS, NULL },
    { "leg_stats", py_leg_stats, METH_VARARGS, NULL },
    { "leg_forget", py_leg_forget, METH_VARARGS, NULL },
    { "relay", py_relay, METH_VARARGS, NULL },
    { "bridge", py_bridge, METH_VARARGS, NULL },
    { "keys_send", py_keys_send, METH_VARARGS, NULL },
    { "rtp_stats", py_rtp_stats, METH_VARARGS, NULL },
    { "connect", py_connect, METH_VARARGS, NULL },
    { "disconnect", py_disconnect, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "native", .m_size = -1, .m_methods = methods,
};

/* A program that dies of an exception must not die of the clock still pulling a destroyed bridge. */
static bool stop_at_exit(PyObject *module)
{
    PyObject *atexit = PyImport_ImportModule("atexit");
    PyObject *stop = atexit ? PyObject_GetAttrString(module, "stop") : NULL;
    PyObject *done = stop ? PyObject_CallMethod(atexit, "register", "O", stop) : NULL;

    Py_XDECREF(atexit);
    Py_XDECREF(stop);
    Py_XDECREF(done);
    return done;
}

PyMODINIT_FUNC PyInit_native(void)
{
    PyObject *module;

    lines_init();
    if (!events_open())
        return PyErr_SetFromErrno(PyExc_OSError);
    module = PyModule_Create(&definition);
    if (module && !stop_at_exit(module))
        Py_CLEAR(module);
    return module;
}
