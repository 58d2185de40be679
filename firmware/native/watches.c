/* Who watches what, and what is shown to them.
 *
 * A subscription is a dialog of ours that pjsip's dialog layer knows nothing of: half a kilobyte instead of
 * ten, and no lock.  What a number shows is remembered, so that who asks later gets it at once.  Limits: so
 * many subscriptions in all, and so many of one account.  They end with the process: a phone's refresh then
 * gets 481, and it subscribes anew.
 */
#include "watches.h"

#include <sys/random.h>

enum { SLOTS = 8192, OF_ACCOUNT = 256, CHAINS = 4096 };

static struct watch *table[SLOTS];           /* by number % SLOTS */
static struct shown *chain[CHAINS];
static unsigned used, last_number;
static const char *const package_names[] = { "dialog", "presence", "message-summary" };

const char *package_name(enum package package)
{
    return package_names[package];
}

/* -- what is shown ------------------------------------------------------------------------------ */

static unsigned hash(const char *text)
{
    uint32_t value = 2166136261u;

    while (*text)
        value = (value ^ (unsigned char)*text++) * 16777619u;
    return value % CHAINS;
}

static struct shown *shown_find(const char *number)
{
    struct shown *shown = chain[hash(number)];

    while (shown && strcmp(shown->number, number))
        shown = shown->next;
    return shown;
}

static struct shown *shown_of(const char *number)
{
    struct shown *shown = shown_find(number), **head = &chain[hash(number)];

    if (shown || !(shown = calloc(1, sizeof *shown)))
        return shown;
    strcpy(shown->number, number);
    shown->next = *head;
    *head = shown;
    return shown;
}

/* A number that is idle, without messages and without watchers need not be remembered. */
static void shown_tidy(struct shown *shown)
{
    struct shown **at = &chain[hash(shown->number)];

    if (shown->first || shown->state != IDLE || shown->fresh || shown->old)
        return;
    while (*at != shown)
        at = &(*at)->next;
    *at = shown->next;
    free(shown);
}

/* -- the table ---------------------------------------------------------------------------------- */

struct watch *watch_find(unsigned number)
{
    struct watch *watch = table[number % SLOTS];

    return watch && watch->number == number ? watch : NULL;
}

void watch_drop(struct watch *watch)
{
    struct watch **at = &watch->shown->first;

    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    table[watch->number % SLOTS] = NULL;
    used--;
    shown_tidy(watch->shown);
    free(watch->text);
    free(watch);
}

bool watch_room(const char *account)
{
    int count = 0;

    for (int i = 0; i < SLOTS; i++)
        count += table[i] && strcmp(table[i]->account, account) == 0;
    return used < SLOTS && count < OF_ACCOUNT;
}

/* What the same phone had before it lost its memory. */
static void drop_twin(struct shown *shown, const struct watch *fresh)
{
    for (struct watch *each = shown->first, *next; each; each = next) {
        next = each->next;
        if (each->package == fresh->package && strcmp(each->account, fresh->account) == 0 &&
            strcmp(each->contact, fresh->contact) == 0)
            watch_drop(each);
    }
}

/* Its number is part of our tag, so that a refresh finds it without a search. */
bool watch_add(struct watch *watch, const char *number)
{
    unsigned char random[8];

    if (!(watch->shown = shown_of(number)) || getrandom(random, sizeof random, 0) != sizeof random)
        return false;
    drop_twin(watch->shown, watch);
    watch->shown = shown_of(number);         /* the twin may have been the last to need it */
    if (!watch->shown)
        return false;
    do
        last_number++;
    while (last_number == 0 || table[last_number % SLOTS]);
    watch->number = last_number;
    snprintf(watch->our_tag, sizeof watch->our_tag, "%08x", watch->number);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(watch->our_tag + 8 + 2 * i, 3, "%02x", random[i]);
    watch->next = watch->shown->first;
    watch->shown->first = watch;
    table[watch->number % SLOTS] = watch;
    used++;
    return true;
}

struct watch *watch_of(const pjsip_rx_data *rdata)
{
    const pj_str_t *tag = &rdata->msg_info.to->tag;
    struct watch *watch;
    char number[9];

    if (tag->slen != TAG_LEN - 1)
        return NULL;
    memcpy(number, tag->ptr, 8);
    number[8] = 0;
    watch = watch_find((unsigned)strtoul(number, NULL, 16));
    return watch && pj_strcmp2(tag, watch->our_tag) == 0 &&
           pj_strcmp2(&rdata->msg_info.cid->id, watch->call_id) == 0 &&
           pj_strcmp2(&rdata->msg_info.from->tag, watch->their_tag) == 0 ? watch : NULL;
}

static void watches_sweep(bool (*dead)(const struct watch *))
{
    for (int i = 0; i < SLOTS; i++)
        if (table[i] && dead(table[i]))
            watch_drop(table[i]);
}

static bool is_over(const struct watch *watch)
{
    return watch->gone || (watch->ended && watch->ends_ms <= boottime_ms());
}

/* Who did not refresh in time is told so, once. */
static void say_good_bye(struct watch *watch)
{
    watch->ended = true;
    watch->ends_ms = boottime_ms() + LINGER_S * 1000LL;
    notify_watch(watch);
}

static bool is_orphan(const struct watch *watch)
{
    const struct account *account = account_find(watch->account, strlen(watch->account));

    return !account || account->mark != watch->mark;
}

void watches_second(void)
{
    int64_t now = boottime_ms();

    for (int i = 0; i < SLOTS; i++)
        if (table[i] && !table[i]->gone && !table[i]->ended && table[i]->ends_ms <= now)
            say_good_bye(table[i]);
    watches_sweep(is_over);
}

/* A phone came or went: who watches its presence hears of it. */
void watches_reachable(const char *account)
{
    struct shown *shown = shown_find(account);

    if (shown)
        notify_all(shown, 1 << PRESENCE);
}

void watches_accounts_changed(void)
{
    watches_sweep(is_orphan);
}

static bool any(const struct watch *watch)
{
    return watch;
}

void watches_clear(void)
{
    watches_sweep(any);
    for (int i = 0; i < CHAINS; i++)
        while (chain[i]) {
            struct shown *next = chain[i]->next;

            free(chain[i]);
            chain[i] = next;
        }
}

/* -- Python ------------------------------------------------------------------------------------- */

static bool number_ok(const char *number)
{
    if (plain_text(number, PJ_MIN(strlen(number) + 1, USER_LEN), "<>\"&'@"))
        return true;
    PyErr_SetString(PyExc_ValueError, "a number is up to 63 printable characters");
    return false;
}

PyObject *py_show_extension(PyObject *self, PyObject *args)
{
    static const char *const names[] = { "idle", "ringing", "busy", "held" };
    const char *number, *state, *party = "", *name = "";
    struct shown *shown;
    int which = 0, told;

    (void)self;
    if (!PyArg_ParseTuple(args, "ss|ss", &number, &state, &party, &name) || !engine_ready() ||
        !number_ok(number))
        return NULL;
    while (which < 4 && strcmp(names[which], state))
        which++;
    if (which == 4)
        return PyErr_Format(PyExc_ValueError, "a state is idle, ringing, busy or held, not %s", state);
    if (!(shown = shown_of(number)))
        return PyErr_NoMemory();
    shown->state = (enum state)which;
    clean_number(party, strlen(party), shown->party);
    clean_name(name, strlen(name), shown->name);
    told = notify_all(shown, (1 << DIALOG) | (1 << PRESENCE));
    shown_tidy(shown);
    return PyLong_FromLong(told);
}

PyObject *py_show_messages(PyObject *self, PyObject *args)
{
    struct shown *shown;
    const char *number;
    int fresh, old, told;

    (void)self;
    if (!PyArg_ParseTuple(args, "sii", &number, &fresh, &old) || !engine_ready() || !number_ok(number))
        return NULL;
    if (fresh < 0 || old < 0)
        return PyErr_Format(PyExc_ValueError, "messages are counted from 0");
    if (!(shown = shown_of(number)))
        return PyErr_NoMemory();
    shown->fresh = fresh, shown->old = old;
    told = notify_all(shown, 1 << MESSAGES);
    shown_tidy(shown);
    return PyLong_FromLong(told);
}

PyObject *py_watchers(PyObject *self, PyObject *args)
{
    PyObject *list = PyList_New(0);
    const struct shown *shown;
    const char *number;

    (void)self;
    if (!list || !PyArg_ParseTuple(args, "s", &number)) {
        Py_XDECREF(list);
        return NULL;
    }
    shown = shown_find(number);
    for (const struct watch *each = shown ? shown->first : NULL; list && each; each = each->next) {
        int left = (int)PJ_MAX(0, (each->ends_ms - boottime_ms() + 999) / 1000);
        PyObject *item = Py_BuildValue("(sssi)", package_name(each->package), each->account,
                                       each->peer.source, left);

        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}
