/* One queue from C to Python.
 *
 * Promises order and a bound.  Anything in C appends; an eventfd turns readable; events() takes all.
 * When Python sleeps so long that the queue fills, the oldest entry that is not a digit makes room
 * and is counted, and the next events() says ("lost", n) first, so that the reader asks for the truth
 * anew.  Digits are never dropped for others: no one can ask for them again.  A mutex is enough: the
 * media thread appends some hundred entries a second at the very most, and holds it for a copy.
 */
#include "native.h"

#include <sys/eventfd.h>
#include <unistd.h>

enum { CAPACITY = 4096 };
enum kind { DIGIT, SENT, CLOSED, REGISTERED };

struct event {
    enum kind kind;
    int number;                              /* tag of a line, or contacts left */
    char text[USER_LEN];
};

static pthread_mutex_t lock;
static struct event queue[CAPACITY];
static unsigned count, lost;
static int wake = -1;

bool events_open(void)
{
    mutex_init(&lock);
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return wake >= 0;
}

/* Makes room by giving up the oldest that may be given up; false when all are digits. */
static bool drop_oldest(void)
{
    for (unsigned i = 0; i < count; i++) {
        if (queue[i].kind != DIGIT) {
            memmove(&queue[i], &queue[i + 1], (count - i - 1) * sizeof queue[0]);
            count--;
            return true;
        }
    }
    return false;
}

static void append(const struct event *event)
{
    uint64_t one = 1;

    pthread_mutex_lock(&lock);
    if (count == CAPACITY)
        lost++;
    if (count < CAPACITY || drop_oldest())
        queue[count++] = *event;
    pthread_mutex_unlock(&lock);
    /* Full counters cannot happen (64 bit), so a refused write only ever means "already awake". */
    if (write(wake, &one, sizeof one) < 0)
        return;
}

void event_digit(int tag, char digit)
{
    append(&(struct event){ DIGIT, tag, { digit } });
}

void event_sent(int tag)
{
    append(&(struct event){ SENT, tag, "" });
}

void event_closed(int tag)
{
    append(&(struct event){ CLOSED, tag, "" });
}

void event_registered(const char *account, int contacts)
{
    struct event event = { REGISTERED, contacts, "" };

    snprintf(event.text, sizeof event.text, "%s", account);
    append(&event);
}

static PyObject *as_tuple(const struct event *event)
{
    switch (event->kind) {
    case DIGIT:
        return Py_BuildValue("(sis)", "digit", event->number, event->text);
    case SENT:
        return Py_BuildValue("(si)", "sent", event->number);
    case CLOSED:
        return Py_BuildValue("(si)", "closed", event->number);
    case REGISTERED:
        return Py_BuildValue("(ssi)", "registered", event->text, event->number);
    }
    return NULL;
}

static bool give(PyObject *list, PyObject *item)
{
    bool given = item && PyList_Append(list, item) == 0;

    Py_XDECREF(item);
    return given;
}

PyObject *py_event_fd(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return PyLong_FromLong(wake);
}

/* Only this thread takes, so what was counted stays put while it is turned into Python objects;
 * the lock is not held meanwhile, or the media thread would wait for Python's allocator. */
PyObject *py_events(PyObject *self, PyObject *none)
{
    static struct event taken[CAPACITY];
    unsigned n, gone;
    uint64_t ignored;
    PyObject *list = PyList_New(0);

    (void)self, (void)none;
    if (!list)
        return NULL;
    if (read(wake, &ignored, sizeof ignored) < 0)
        ignored = 0;
    pthread_mutex_lock(&lock);
    n = count, gone = lost;
    memcpy(taken, queue, n * sizeof queue[0]);
    count = lost = 0;
    pthread_mutex_unlock(&lock);

    if (gone && !give(list, Py_BuildValue("(sI)", "lost", gone)))
        goto fail;
    for (unsigned i = 0; i < n; i++)
        if (!give(list, as_tuple(&taken[i])))
            goto fail;
    return list;
fail:
    Py_DECREF(list);
    return NULL;
}
