/* Recordings: from the bridge through rings without locks to a thread that writes WAV files.
 *
 * A recording has one or two channels, each a slot that listens.  CLOCK only puts frames into the rings;
 * WRITER opens, writes and closes, and corrects the header about every second, so that the file of a
 * process that was killed plays up to then.  The end is told once, as ("recorded", tag, ms, errno): after
 * record_stop(), or at once when the file cannot be made or the disk is full.  If WRITER is held up for
 * longer than a ring lasts, what was lost becomes as much silence: the two channels and the clock agree.
 */
#include "sounds.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CHANNELS = 2, RING = 1 << 16 /* samples: eight seconds */, NAME_LEN = 512, RECORDINGS_MAX = 64,
    CHUNK = 1 << 12, WRITE_EVERY_MS = 250, FOLDER_MODE = 0750, FILE_MODE = 0640,
};

struct ring {
    int16_t samples[RING];
    atomic_ullong put, taken;                /* ever; CLOCK's and WRITER's */
    atomic_ullong lost;
};

struct recording {
    struct recording *next;
    int tag, channels, fd, error;
    char root[NAME_LEN], name[NAME_LEN];
    atomic_int ears;                         /* ports that may still put */
    bool opened, told, complete;
    uint64_t frames, headed;                 /* samples of each channel in the file; in the header */
    uint64_t silenced;
    struct ring ring[CHANNELS];
};

struct ear {
    struct port port;
    struct recording *recording;
    int channel;
};

static struct ear *ears[MAX_SLOTS];          /* MAIN */
static pthread_t thread;
static bool running;
static atomic_bool stop;
static sem_t work;
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct recording *recordings;
static int alive;                            /* list_lock */

/* -- CLOCK --------------------------------------------------------------------------------------- */

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct ear *ear = (struct ear *)base;
    struct ring *ring = &ear->recording->ring[ear->channel];
    unsigned count = PJMEDIA_PIA_SPF(&base->info);
    bool audio = frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size == count * sizeof(int16_t);
    const int16_t *in = frame->buf;

    if (ring->put - ring->taken + count > RING) {
        ring->lost += count;
        return PJ_SUCCESS;
    }
    for (unsigned i = 0; i < count; i++)
        ring->samples[(ring->put + i) % RING] = audio ? in[i] : 0;
    ring->put += count;
    return PJ_SUCCESS;
}

static void release(struct port *port)
{
    struct recording *recording = ((struct ear *)port)->recording;

    if (recording) {
        recording->ears--;
        sem_post(&work);
    }
}

/* -- WRITER -------------------------------------------------------------------------------------- */

/* Folder by folder, so that no link in the name leads elsewhere. */
static int open_below(const char *root, char *name)
{
    int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;
    char *part = name, *slash;

    while (folder >= 0 && (slash = strchr(part, '/'))) {
        *slash = 0;
        mkdirat(folder, part, FOLDER_MODE);
        next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(folder);
        folder = next;
        part = slash + 1;
    }
    if (folder < 0)
        return -1;
    next = openat(folder, part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    close(folder);
    return next;
}

static bool write_header(struct recording *recording)
{
    uint8_t header[WAV_HEADER];

    wav_header(header, (unsigned)recording->channels, recording->frames);
    recording->headed = recording->frames;
    return pwrite(recording->fd, header, sizeof header, 0) == (ssize_t)sizeof header;
}

static bool append(struct recording *recording, const int16_t *samples, size_t frames)
{
    size_t width = (size_t)recording->channels * sizeof *samples;
    off_t at = WAV_HEADER + (off_t)(recording->frames * width);
    ssize_t done = pwrite(recording->fd, samples, frames * width, at);

    if (done > 0)
        recording->frames += (uint64_t)done / width;
    if (done == (ssize_t)(frames * width))
        return true;
    recording->error = done < 0 ? errno : ENOSPC;
    return false;
}

static unsigned long long least(const struct recording *recording)
{
    unsigned long long least = CHUNK;

    for (int i = 0; i < recording->channels; i++)
        least = PJ_MIN(least, recording->ring[i].put - recording->ring[i].taken);
    return least;
}

static bool drain(struct recording *recording)
{
    static int16_t mixed[CHUNK * CHANNELS];
    unsigned long long count;

    while ((count = least(recording)) > 0) {
        for (int c = 0; c < recording->channels; c++) {
            struct ring *ring = &recording->ring[c];

            for (unsigned long long i = 0; i < count; i++)
                mixed[i * recording->channels + c] = ring->samples[(ring->taken + i) % RING];
            ring->taken += count;
        }
        if (!append(recording, mixed, count))
            return false;
    }
    return true;
}

static bool fill_hole(struct recording *recording)
{
    static const int16_t silence[CHUNK * CHANNELS];

    while (recording->silenced < recording->ring[0].lost) {
        uint64_t count = PJ_MIN((uint64_t)CHUNK, recording->ring[0].lost - recording->silenced);

        if (!append(recording, silence, count))
            return false;
        recording->silenced += count;
    }
    return true;
}

static void tell(struct recording *recording)
{
    if (recording->told)
        return;
    recording->told = true;
    event_recorded(recording->tag, (int)(recording->frames * 1000 / SAMPLE_RATE), recording->error);
}

static void work_on(struct recording *recording)
{
    if (!recording->opened) {
        recording->opened = true;
        recording->fd = open_below(recording->root, recording->name);
        recording->error = recording->fd < 0 ? errno : 0;
        if (!recording->error && !write_header(recording))
            recording->error = errno;
    }
    if (!recording->error && drain(recording))
        fill_hole(recording);
    if (recording->fd >= 0 && recording->frames - recording->headed >= SAMPLE_RATE)
        write_header(recording);
    if (recording->error)
        tell(recording);
}

/* Nobody puts any more and everything is written, or cannot be. */
static void finish(struct recording *recording)
{
    if (recording->fd >= 0) {
        if (!write_header(recording) || fdatasync(recording->fd))
            recording->error = recording->error ? recording->error : errno;
        close(recording->fd);
    }
    tell(recording);
    free(recording);
}

static bool write_all(void)
{
    struct recording *open, **at;
    bool any;

    pthread_mutex_lock(&list_lock);
    open = recordings;
    pthread_mutex_unlock(&list_lock);
    for (; open; open = open->next) {        /* only this thread takes out */
        bool last = open->ears == 0;         /* asked before the work, or its last frames stay behind */

        work_on(open);
        open->complete = last;
    }
    pthread_mutex_lock(&list_lock);
    for (at = &recordings; *at;) {
        struct recording *recording = *at;

        if (!recording->complete) {
            at = &recording->next;
            continue;
        }
        *at = recording->next;
        alive--;
        pthread_mutex_unlock(&list_lock);
        finish(recording);
        pthread_mutex_lock(&list_lock);
        at = &recordings;
    }
    any = recordings;
    pthread_mutex_unlock(&list_lock);
    return any;
}

static void *run(void *unused)
{
    struct timespec until;
    bool any = false;

    while (!stop || any) {
        if (any) {
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += WRITE_EVERY_MS * 1000000L;
            until.tv_sec += until.tv_nsec / 1000000000L;
            until.tv_nsec %= 1000000000L;
            sem_timedwait(&work, &until);
        } else {
            sem_wait(&work);
        }
        any = write_all();
    }
    return unused;
}

static bool writer_start(void)
{
    int error;

    if (running)
        return true;
    sem_init(&work, 0, 0);
    stop = false;
    error = pthread_create(&thread, NULL, run, NULL);
    return running = error == 0;
}

/* -- MAIN ---------------------------------------------------------------------------------------- */

/* Parts of letters, digits and -_. that do not begin with a dot, at most four: nothing leads out. */
static bool name_ok(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    int slashes = 0;

    if (!*name || strlen(name) >= NAME_LEN || strspn(name, allowed) != strlen(name))
        return false;
    for (const char *at = name; *at; at++) {
        slashes += *at == '/';
        if ((at == name || at[-1] == '/') && (*at == '.' || *at == '/'))
            return false;
    }
    return slashes < 4 && name[strlen(name) - 1] != '/';
}

static struct recording *recording_create(const char *root, const char *name, int channels, int tag)
{
    struct recording *recording = calloc(1, sizeof *recording);

    if (!recording)
        return NULL;
    snprintf(recording->root, NAME_LEN, "%s", root);
    snprintf(recording->name, NAME_LEN, "%s", name);
    recording->channels = channels;
    recording->tag = tag;
    recording->fd = -1;
    return recording;
}

static pj_status_t listen_in(struct recording *recording, int channel, int *slot)
{
    struct ear *ear = (struct ear *)port_create(sizeof *ear, "recorder", release);
    pj_status_t status;

    if (!ear)
        return PJ_ENOMEM;
    ear->recording = recording;
    ear->channel = channel;
    ear->port.base.put_frame = put_frame;
    recording->ears++;
    status = port_add(&ear->port);
    if (status == PJ_SUCCESS) {
        *slot = ear->port.slot;
        ears[*slot] = ear;
    }
    return status;
}

static void stop_listening(int slot)
{
    port_retire(&ears[slot]->port);
    ears[slot] = NULL;
}

PyObject *py_record_start(PyObject *self, PyObject *args)
{
    const char *root, *name;
    struct recording *recording;
    int channels, tag, slots[CHANNELS] = { -1, -1 };
    pj_status_t status = PJ_SUCCESS;

    (void)self;
    if (!PyArg_ParseTuple(args, "ssii", &root, &name, &channels, &tag) || !engine_ready())
        return NULL;
    if (!name_ok(name) || strlen(root) >= NAME_LEN || channels < 1 || channels > CHANNELS)
        return PyErr_Format(PyExc_ValueError, "not a name for a recording: %.64s", name);
    pthread_mutex_lock(&list_lock);
    status = alive < RECORDINGS_MAX ? PJ_SUCCESS : PJ_ETOOMANY;
    pthread_mutex_unlock(&list_lock);
    recording = status == PJ_SUCCESS && writer_start() ? recording_create(root, name, channels, tag) : NULL;
    if (!recording)
        return status == PJ_SUCCESS ? PyErr_NoMemory() : pj_error("record", status);
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < channels && status == PJ_SUCCESS; i++)
        status = listen_in(recording, i, &slots[i]);
    pthread_mutex_lock(&list_lock);          /* also when it failed: WRITER frees it */
    recording->next = recordings;
    recordings = recording;
    alive++;
    pthread_mutex_unlock(&list_lock);
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS && slots[0] >= 0)
        stop_listening(slots[0]);
    sem_post(&work);
    if (status != PJ_SUCCESS)
        return pj_error("record", status);
    return channels == 1 ? Py_BuildValue("(i)", slots[0]) : Py_BuildValue("(ii)", slots[0], slots[1]);
}

PyObject *py_record_stop(PyObject *self, PyObject *args)
{
    int tag;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &tag))
        return NULL;
    for (int slot = 0; slot < MAX_SLOTS; slot++)
        if (ears[slot] && ears[slot]->recording->tag == tag)
            stop_listening(slot);
    Py_RETURN_NONE;
}

/* The clock stands, so nobody puts any more; but the bridge lets go of ports only when it is destroyed. */
void recorder_stop_all(void)
{
    for (int slot = 0; slot < MAX_SLOTS; slot++) {
        if (!ears[slot])
            continue;
        ears[slot]->recording->ears--;
        ears[slot]->recording = NULL;
        stop_listening(slot);
    }
    if (!running)
        return;
    stop = true;
    sem_post(&work);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    running = false;
}
