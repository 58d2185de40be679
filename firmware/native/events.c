/* One queue from C to Python.
 *
 * Promises order and a bound.  Anything in C appends; an eventfd turns readable; events() takes all.
 * When Python sleeps so long that the queue fills, the oldest entry that can be asked for again makes
 * room and is counted, and the next events() says ("lost", n) first, so that the reader does ask.  What
 * somebody typed, wished or waits for is never dropped for others: no one can ask for that again.  A mutex is
 * enough: the media thread appends some hundred entries a second at most, and holds it for a copy.
 */
#include "native.h"

#include <sys/eventfd.h>
#include <unistd.h>

enum { CAPACITY = 4096 };
enum kind {
    DIGIT, SENT, CLOSED, SAID, MISSING, RECORDED, REGISTERED, REFER, PRESSED, REFUSED, BANNED, UNBANNED,
};

struct event {
    enum kind kind;
    int number, second, third;               /* tag of a line, call; what else the kind has */
    char text[USER_LEN], place[PJ_INET6_ADDRSTRLEN];
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

static bool precious(enum kind kind)
{
    return kind == DIGIT || kind == REFER || kind == PRESSED || kind == SAID || kind == RECORDED;
}

/* Makes room by giving up the oldest that may be given up; false when all are precious. */
static bool drop_oldest(void)
{
    for (unsigned i = 0; i < count; i++) {
        if (!precious(queue[i].kind)) {
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
    append(&(struct event){ .kind = DIGIT, .number = tag, .text = { digit } });
}

void event_sent(int tag)
{
    append(&(struct event){ .kind = SENT, .number = tag });
}

void event_closed(int tag)
{
    append(&(struct event){ .kind = CLOSED, .number = tag });
}

void event_said(int tag)
{
    append(&(struct event){ .kind = SAID, .number = tag });
}

void event_missing(int tag, int index)
{
    append(&(struct event){ .kind = MISSING, .number = tag, .second = index });
}

void event_recorded(int tag, int ms, int error)
{
    append(&(struct event){ .kind = RECORDED, .number = tag, .second = ms, .third = error });
}

static void append_text(struct event *event, const char *text, const char *place)
{
    snprintf(event->text, sizeof event->text, "%s", text);
    snprintf(event->place, sizeof event->place, "%s", place);
    append(event);
}

void event_registered(const char *account, int contacts)
{
    append_text(&(struct event){ .kind = REGISTERED, .number = contacts }, account, "");
}

void event_refer(int call, int transfer, const char *target, int other)
{
    append_text(&(struct event){ REFER, call, transfer, other, "", "" }, target, "");
}

void event_pressed(int call, char key, int ms)
{
    append(&(struct event){ .kind = PRESSED, .number = call, .second = ms, .text = { key } });
}

void event_refused(const char *address, const char *user, bool password)
{
    append_text(&(struct event){ .kind = REFUSED, .number = password }, user, address);
}

void event_banned(const char *address, int seconds)
{
    append_text(&(struct event){ .kind = BANNED, .number = seconds }, "", address);
}

void event_unbanned(const char *address)
{
    append_text(&(struct event){ .kind = UNBANNED }, "", address);
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
    case SAID:
        return Py_BuildValue("(si)", "said", event->number);
    case MISSING:
        return Py_BuildValue("(sii)", "missing", event->number, event->second);
    case RECORDED:
        return Py_BuildValue("(siii)", "recorded", event->number, event->second, event->third);
    case REGISTERED:
        return Py_BuildValue("(ssi)", "registered", event->text, event->number);
    case REFER:
        return Py_BuildValue("(siisi)", "refer", event->number, event->second, event->text, event->third);
    case PRESSED:
        return Py_BuildValue("(sisi)", "pressed", event->number, event->text, event->second);
    case REFUSED:
        return Py_BuildValue("(ssss)", "refused", event->place, event->text,
                             event->number ? "password" : "place");
    case BANNED:
        return Py_BuildValue("(ssi)", "banned", event->place, event->number);
    case UNBANNED:
        return Py_BuildValue("(ss)", "unbanned", event->place);
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
