/* Who floods us, and who guesses passwords: slowed, then banned.
 *
 * Sits before everything else of ours and of pjsip, where dropping a request costs one look at a table.
 * An address is known when something from it proved who it is; known ones, trunks and the networks that
 * set_bans() names are not slowed.  A stranger gets so many requests a second, all strangers together get
 * so many, and what answers our own challenge passes: an address that echoes our nonce is no invention.
 *
 * Only such an answer can count as a wrong password, and so does one over TCP or TLS: a forged datagram must
 * not ban the carrier.  Many phones share one address behind NAT, and one of them with an old password
 * must not ban the others: a known address is given ten times as many.  IPv6 is counted by /64.
 */
#include "native.h"

#include <math.h>
#include <pjsua-lib/pjsua_internal.h>

enum { SETS = 512, WAYS = 8, BANS = 1024, KEY_LEN = 16, KNOWN_FACTOR = 10 };
static const double STRANGER_RATE = 30, STRANGER_BURST = 100, ALL_RATE = 1000, ALL_BURST = 3000;
static const int64_t KNOWN_MS = 3600 * 1000;

struct bucket {
    double tokens;
    int64_t at_ms;
};

struct source {
    unsigned char key[KEY_LEN];              /* zeros: free */
    struct bucket bucket;
    double failures;                         /* worth less as time goes by: half after half a ban */
    int64_t failed_ms, known_until_ms, seen_ms;
};

struct ban {
    unsigned char key[KEY_LEN];
    char address[PJ_INET6_ADDRSTRLEN];
    int64_t until_ms;                        /* 0: free */
};

static pj_bool_t on_rx_request(pjsip_rx_data *rdata);

static pjsip_module module = {
    .name = { "mod-hookswitch-guard", 20 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER - 4,  /* before the logger, too */
    .on_rx_request = on_rx_request,
};
static struct source sources[SETS][WAYS];
static struct bucket all;
static struct ban bans[BANS];
static int most = 20, seconds = 600, banned;
static struct networks *never;

/* -- addresses ---------------------------------------------------------------------------------- */

static void key_of(const pj_sockaddr *address, unsigned char key[KEY_LEN])
{
    memset(key, 0, KEY_LEN);
    if (address->addr.sa_family == pj_AF_INET6()) {
        memcpy(key, pj_sockaddr_get_addr(address), 8);
        key[15] = 6;
    } else {
        memcpy(key, pj_sockaddr_get_addr(address), 4);
        key[15] = 4;
    }
}

static unsigned hash(const unsigned char key[KEY_LEN])
{
    uint32_t value = 2166136261u;

    for (int i = 0; i < KEY_LEN; i++)
        value = (value ^ key[i]) * 16777619u;
    return value;
}

/* The one that is worth least to remember gives way: a stranger before one we know, the oldest first. */
static struct source *source_of(const pjsip_rx_data *rdata, int64_t now)
{
    unsigned char key[KEY_LEN];
    struct source *set, *least;

    key_of(&rdata->pkt_info.src_addr, key);
    set = sources[hash(key) % SETS];
    least = &set[0];
    for (int i = 0; i < WAYS; i++) {
        bool known = set[i].known_until_ms > now, least_known = least->known_until_ms > now;

        if (memcmp(set[i].key, key, KEY_LEN) == 0)
            return &set[i];
        if (known < least_known || (known == least_known && set[i].seen_ms < least->seen_ms))
            least = &set[i];
    }
    memset(least, 0, sizeof *least);
    memcpy(least->key, key, KEY_LEN);
    least->bucket = (struct bucket){ STRANGER_BURST, now };
    return least;
}

static bool take(struct bucket *bucket, double rate, double burst, int64_t now)
{
    bucket->tokens = PJ_MIN(burst, bucket->tokens + rate * (double)(now - bucket->at_ms) / 1000);
    bucket->at_ms = now;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}

/* -- bans ---------------------------------------------------------------------------------------- */

static struct ban *ban_of(const unsigned char key[KEY_LEN])
{
    for (int i = 0; i < BANS; i++)
        if (bans[i].until_ms && memcmp(bans[i].key, key, KEY_LEN) == 0)
            return &bans[i];
    return NULL;
}

static void lift(struct ban *ban)
{
    event_unbanned(ban->address);
    memset(ban, 0, sizeof *ban);
    banned--;
}

static void impose(const pjsip_rx_data *rdata, int64_t now)
{
    struct ban *ban = &bans[0];

    for (int i = 0; i < BANS && ban->until_ms; i++)
        if (bans[i].until_ms < ban->until_ms)
            ban = &bans[i];
    if (ban->until_ms)
        lift(ban);
    key_of(&rdata->pkt_info.src_addr, ban->key);
    snprintf(ban->address, sizeof ban->address, "%s", rdata->pkt_info.src_name);
    ban->until_ms = now + seconds * 1000LL;
    banned++;
    event_banned(ban->address, seconds);
}

static void drop_connection(pjsip_rx_data *rdata)
{
    if (!(rdata->tp_info.transport->flag & PJSIP_TRANSPORT_DATAGRAM))
        pjsip_transport_shutdown2(rdata->tp_info.transport, PJ_TRUE);
}

/* -- what requests.c tells ------------------------------------------------------------------------ */

void guard_trust(const pjsip_rx_data *rdata)
{
    int64_t now = boottime_ms();

    source_of(rdata, now)->known_until_ms = now + KNOWN_MS;
}

void guard_failed(const pjsip_rx_data *rdata)
{
    int64_t now = boottime_ms();
    struct source *source = source_of(rdata, now);
    bool known = source->known_until_ms > now;
    double age_s = (double)(now - source->failed_ms) / 1000;

    if (most == 0 || networks_hold(never, &rdata->pkt_info.src_addr))
        return;
    source->failures = source->failures * exp2(-2 * age_s / seconds) + 1;
    source->failed_ms = now;
    if (source->failures < (known ? most * KNOWN_FACTOR : most) - 0.5)
        return;
    source->failures = 0;
    source->known_until_ms = 0;
    impose(rdata, now);
}

/* -- the door -------------------------------------------------------------------------------------- */

static bool may_pass(pjsip_rx_data *rdata, struct source *source, int64_t now)
{
    source->seen_ms = now;
    if (source->known_until_ms > now || trunk_of(rdata) || digest_echoes(rdata))
        return true;
    return take(&source->bucket, STRANGER_RATE, STRANGER_BURST, now) && take(&all, ALL_RATE, ALL_BURST, now);
}

static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    int64_t now = boottime_ms();
    unsigned char key[KEY_LEN];

    if (networks_hold(never, &rdata->pkt_info.src_addr))
        return PJ_FALSE;
    key_of(&rdata->pkt_info.src_addr, key);
    if (banned && ban_of(key)) {
        drop_connection(rdata);
        return PJ_TRUE;
    }
    return may_pass(rdata, source_of(rdata, now), now) ? PJ_FALSE : PJ_TRUE;
}

void guard_second(void)
{
    int64_t now = boottime_ms();

    for (int i = 0; banned && i < BANS; i++)
        if (bans[i].until_ms && bans[i].until_ms <= now)
            lift(&bans[i]);
}

bool guard_start(void)
{
    memset(sources, 0, sizeof sources);
    memset(bans, 0, sizeof bans);
    banned = 0;
    all = (struct bucket){ ALL_BURST, boottime_ms() };
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module) == PJ_SUCCESS;
}

void guard_stop(void)
{
    if (module.id >= 0)
        pjsip_endpt_unregister_module(pjsua_var.endpt, &module);
    free(never);
    never = NULL;
    most = 20, seconds = 600;
}

/* -- Python ------------------------------------------------------------------------------------- */

PyObject *py_set_bans(PyObject *self, PyObject *args)
{
    struct networks *networks;
    PyObject *sequence = NULL;
    int failures, length;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii|O", &failures, &length, &sequence))
        return NULL;
    if (failures < 0 || length < 1)
        return PyErr_Format(PyExc_ValueError, "a ban lasts a second at least");
    sequence = sequence ? Py_NewRef(sequence) : PyTuple_New(0);
    networks = networks_of(sequence);
    Py_DECREF(sequence);
    if (!networks)
        return NULL;
    free(never);
    never = networks, most = failures, seconds = length;
    Py_RETURN_NONE;
}

PyObject *py_bans(PyObject *self, PyObject *none)
{
    PyObject *list = PyList_New(0);
    int64_t now = boottime_ms();

    (void)self, (void)none;
    for (int i = 0; list && i < BANS; i++) {
        PyObject *item;

        if (!bans[i].until_ms)
            continue;
        item = Py_BuildValue("(si)", bans[i].address, (int)((bans[i].until_ms - now + 999) / 1000));
        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

PyObject *py_unban(PyObject *self, PyObject *args)
{
    const char *address;
    bool found = false;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &address))
        return NULL;
    for (int i = 0; i < BANS; i++)
        if (bans[i].until_ms && strcmp(bans[i].address, address) == 0) {
            lift(&bans[i]);
            found = true;
        }
    return PyBool_FromLong(found);
}
