/* Prompts and music: files read into memory once, then played without touching a disk.
 *
 * A player in a slot has a list of sounds and plays them without a gap, once or for ever.  One thread
 * of ours reads the files; until they are there the player is silent, and a sound that cannot be read is
 * told as ("missing", tag, index) and left out.  After the last sample comes ("said", tag); a player
 * that is stopped or replaced says nothing more.  Files are copied, never mapped: one that somebody cuts
 * short while it plays would end the process.
 */
#include "sounds.h"

#include <semaphore.h>

enum { LIST_MAX = 64, CACHE_BYTES = 24 << 20 };

struct player {
    struct port port;
    int tag;
    bool loop, done;
    atomic_bool ready;                       /* what follows is CLOCK's from then on */
    unsigned count, at, sample;
    struct sound *sounds[LIST_MAX];
};

struct order {
    struct player *player;
    pj_grp_lock_t *life;                     /* the player may be stopped before its files are read */
    struct order *next;
    unsigned count;
    char *paths[LIST_MAX];
};

static struct player *players[MAX_SLOTS];    /* by the slot they play into; MAIN only */

static pthread_t thread;
static bool running;
static atomic_bool stop;
static sem_t work;
static pthread_mutex_t orders_lock = PTHREAD_MUTEX_INITIALIZER;
static struct order *orders;

/* -- the cache: newest first -------------------------------------------------------------------- */

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;  /* never held while a file is read */
static struct sound *cache;
static size_t cached_bytes;

static void unlink_sound(struct sound **at)
{
    struct sound *sound = *at;

    *at = sound->next;
    cached_bytes -= sound->count * sizeof sound->samples[0];
    free(sound->path);
    free(sound);
}

static void evict(void)
{
    while (cached_bytes > CACHE_BYTES) {
        struct sound **oldest = NULL;

        for (struct sound **at = &cache; *at; at = &(*at)->next)
            if ((*at)->users == 0)
                oldest = at;
        if (!oldest)
            return;
        unlink_sound(oldest);
    }
}

static struct sound *find(const char *path, const struct stat *now)
{
    for (struct sound **at = &cache; *at; at = &(*at)->next) {
        struct sound *sound = *at;

        if (strcmp(sound->path, path) || sound->inode != now->st_ino || sound->bytes != now->st_size ||
            sound->changed.tv_sec != now->st_mtim.tv_sec ||
            sound->changed.tv_nsec != now->st_mtim.tv_nsec)
            continue;
        *at = sound->next;                   /* to the front */
        sound->next = cache;
        return cache = sound;
    }
    return NULL;
}

static struct sound *sound_of(const char *path)
{
    struct stat now;
    struct sound *sound;

    if (stat(path, &now) || !S_ISREG(now.st_mode))
        return NULL;
    pthread_mutex_lock(&cache_lock);
    sound = find(path, &now);
    if (sound)
        sound->users++;
    pthread_mutex_unlock(&cache_lock);
    if (sound || !(sound = sound_read(path, &now)))
        return sound;
    pthread_mutex_lock(&cache_lock);
    sound->users = 1;
    sound->next = cache;
    cache = sound;
    cached_bytes += sound->count * sizeof sound->samples[0];
    evict();
    pthread_mutex_unlock(&cache_lock);
    return sound;
}

static void let_go(struct sound *sound)
{
    pthread_mutex_lock(&cache_lock);
    sound->users--;
    evict();
    pthread_mutex_unlock(&cache_lock);
}

/* -- the reader ---------------------------------------------------------------------------------- */

static void fill(struct order *order)
{
    struct player *player = order->player;

    for (unsigned i = 0; i < order->count; i++) {
        struct sound *sound = sound_of(order->paths[i]);

        if (sound)
            player->sounds[player->count++] = sound;
        else
            event_missing(player->tag, (int)i);
    }
    player->ready = true;
    pj_grp_lock_dec_ref(order->life);
}

static void order_free(struct order *order)
{
    for (unsigned i = 0; i < order->count; i++)
        free(order->paths[i]);
    free(order);
}

static struct order *next_order(void)
{
    struct order **at, *order;

    pthread_mutex_lock(&orders_lock);
    for (at = &orders; *at && (*at)->next;)
        at = &(*at)->next;                   /* the oldest */
    order = *at;
    *at = NULL;
    pthread_mutex_unlock(&orders_lock);
    return order;
}

static void *run(void *unused)
{
    static pj_thread_desc desc;
    struct order *order;
    pj_thread_t *known;

    pj_bzero(desc, sizeof desc);
    pj_thread_register("sounds", desc, &known);
    while (!stop) {
        sem_wait(&work);
        while ((order = next_order())) {
            fill(order);
            order_free(order);
        }
    }
    return unused;
}

static bool reader_start(void)
{
    int error;

    if (running)
        return true;
    sem_init(&work, 0, 0);
    stop = false;
    error = pthread_create(&thread, NULL, run, NULL);
    running = error == 0;
    return running;
}

void sounds_stop_all(void)
{
    for (int slot = 0; slot < MAX_SLOTS; slot++)
        sounds_forget(slot);
    if (!running)
        return;
    stop = true;
    sem_post(&work);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    running = false;
}

/* -- playing: CLOCK ------------------------------------------------------------------------------ */

static void end(struct player *player)
{
    player->done = true;
    event_said(player->tag);
}

/* How many of the wanted samples could be had before the list ended. */
static unsigned take(struct player *player, int16_t *out, unsigned wanted)
{
    unsigned have = 0;

    while (have < wanted && player->at < player->count) {
        const struct sound *sound = player->sounds[player->at];
        unsigned more = PJ_MIN(wanted - have, sound->count - player->sample);

        memcpy(out + have, sound->samples + player->sample, more * sizeof out[0]);
        have += more;
        player->sample += more;
        if (player->sample < sound->count)
            continue;
        player->sample = 0;
        player->at++;
        if (player->at == player->count && player->loop)
            player->at = 0;
    }
    return have;
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct player *player = (struct player *)base;
    unsigned wanted = PJMEDIA_PIA_SPF(&base->info), have;
    int16_t *out = frame->buf;

    frame->type = PJMEDIA_FRAME_TYPE_NONE;
    frame->size = 0;
    if (!player->ready || player->done)
        return PJ_SUCCESS;
    have = take(player, out, wanted);
    if (have < wanted)
        end(player);
    if (have == 0)
        return PJ_SUCCESS;
    memset(out + have, 0, (wanted - have) * sizeof out[0]);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = wanted * sizeof out[0];
    return PJ_SUCCESS;
}

static void release(struct port *port)
{
    struct player *player = (struct player *)port;

    for (unsigned i = 0; i < player->count; i++)
        let_go(player->sounds[i]);
}

/* -- MAIN ---------------------------------------------------------------------------------------- */

void sounds_forget(int slot)
{
    if (slot < 0 || slot >= MAX_SLOTS || !players[slot])
        return;
    port_retire(&players[slot]->port);
    players[slot] = NULL;
}

static struct order *order_of(PyObject *sequence)
{
    PyObject *fast = PySequence_Fast(sequence, "paths is a sequence");
    Py_ssize_t count = fast ? PySequence_Fast_GET_SIZE(fast) : 0;
    struct order *order = NULL;

    if (fast && (count < 1 || count > LIST_MAX))
        PyErr_Format(PyExc_ValueError, "1 to %d sounds", LIST_MAX);
    else if (fast)
        order = calloc(1, sizeof *order);
    for (Py_ssize_t i = 0; order && i < count; i++) {
        const char *path = PyUnicode_AsUTF8(PySequence_Fast_GET_ITEM(fast, i));

        if (!path || !(order->paths[order->count++] = strdup(path))) {
            order_free(order);
            order = NULL;
        }
    }
    Py_XDECREF(fast);
    return order;
}

static void place(struct order *order)
{
    pthread_mutex_lock(&orders_lock);
    order->next = orders;
    orders = order;
    pthread_mutex_unlock(&orders_lock);
    sem_post(&work);
}

static struct player *player_create(int tag, bool loop)
{
    struct player *player = (struct player *)port_create(sizeof *player, "sounds", release);

    if (!player)
        return NULL;
    player->tag = tag;
    player->loop = loop;
    player->port.base.get_frame = get_frame;
    return player;
}

PyObject *py_sounds_play(PyObject *self, PyObject *args)
{
    PyObject *paths;
    struct player *player;
    struct order *order;
    pj_status_t status;
    int slot, tag, loop;

    (void)self;
    if (!PyArg_ParseTuple(args, "iOip", &slot, &paths, &tag, &loop) || !engine_ready())
        return NULL;
    if (slot < 0 || slot >= MAX_SLOTS)
        return PyErr_Format(PyExc_ValueError, "no slot %d", slot);
    order = order_of(paths);
    if (!order)
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    player = reader_start() ? player_create(tag, loop) : NULL;
    if (!player) {
        order_free(order);
        return PyErr_NoMemory();
    }
    Py_BEGIN_ALLOW_THREADS
    status = port_add(&player->port);
    if (status == PJ_SUCCESS) {
        order->player = player;
        order->life = player->port.base.grp_lock;
        pj_grp_lock_add_ref(order->life);
        status = bridge_connect(player->port.slot, slot, 1.0f);
        if (status != PJ_SUCCESS)
            port_retire(&player->port);
        place(order);
    } else {
        order_free(order);
    }
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return pj_error("sounds", status);
    sounds_forget(slot);
    players[slot] = player;
    Py_RETURN_NONE;
}

PyObject *py_sounds_stop(PyObject *self, PyObject *args)
{
    int slot;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &slot))
        return NULL;
    sounds_forget(slot);
    Py_RETURN_NONE;
}
