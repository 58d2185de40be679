/* Where each account can be reached: the contacts of live registrations.
 *
 * They lie in a shared mapping of one file, on tmpfs, so that a killed process finds them again when it
 * comes back.  Nothing in that file is trusted: another boot, size, version or checksum discards a
 * slot or all of it, and no string is used whose end was not seen.  A slot is marked dead while it is
 * written, so a kill in the middle loses that one slot.  Everything here is MAIN; the small arrays in
 * RAM (who is in which slot, when it ends) only speed up what the file says.
 */
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = BINDINGS_MAX, CHAINS = 4096, LIFE_MAX_MS = 24 * 3600 * 1000, LIVE = 0x4c495645 };

struct header {
    char magic[8];
    uint32_t slots, slot_size;
    char boot[40];
};

struct file {
    struct header header;
    struct binding slot[SLOTS];
};

static struct file *file;
static int descriptor = -1;
static uint64_t newest;
static int chain[CHAINS], next_in_chain[SLOTS], free_slot[SLOTS], free_count;
static int from_chain[CHAINS], next_from[SLOTS];     /* by source */
static bool silent[SLOTS];                   /* does not answer; unknown after a restart, so not kept */
static int64_t ends_ms[SLOTS];               /* dense copy, for the sweep once a second; 0: dead */

static uint64_t fnv(const void *data, size_t length)
{
    uint64_t value = 14695981039346656037u;

    for (size_t i = 0; i < length; i++)
        value = (value ^ ((const unsigned char *)data)[i]) * 1099511628211u;
    return value;
}

static int *chain_of(const char *account)
{
    return &chain[fnv(account, strlen(account)) % CHAINS];
}

static int *from_chain_of(const char *source)
{
    return &from_chain[fnv(source, strlen(source)) % CHAINS];
}

/* -- slots ------------------------------------------------------------------------------------- */

static void push(int *head, int next[], int slot)
{
    next[slot] = *head;
    *head = slot;
}

static void take_out(int *head, int next[], int slot)
{
    while (*head != slot)
        head = &next[*head];
    *head = next[slot];
}

static void link_slot(int slot)
{
    push(chain_of(file->slot[slot].account), next_in_chain, slot);
    push(from_chain_of(file->slot[slot].peer.source), next_from, slot);
    ends_ms[slot] = file->slot[slot].expires_ms;
    silent[slot] = false;
}

static void unlink_slot(int slot)
{
    take_out(chain_of(file->slot[slot].account), next_in_chain, slot);
    take_out(from_chain_of(file->slot[slot].peer.source), next_from, slot);
    ends_ms[slot] = 0;
}

static void write_slot(int slot, const struct binding *wanted)
{
    struct binding *to = &file->slot[slot];

    to->live = 0;
    atomic_thread_fence(memory_order_seq_cst);
    memcpy((char *)to + sizeof to->live, (const char *)wanted + sizeof to->live,
           sizeof *to - sizeof to->live);
    to->order = ++newest;
    to->check = fnv(&to->cseq, offsetof(struct binding, check) - offsetof(struct binding, cseq));
    atomic_thread_fence(memory_order_seq_cst);
    to->live = LIVE;
}

static void clear_slot(int slot)
{
    unlink_slot(slot);
    file->slot[slot].live = 0;
    free_slot[free_count++] = slot;
}

static int slot_of(const char *account, const char *contact)
{
    int slot = *chain_of(account);

    while (slot >= 0 && (strcmp(file->slot[slot].account, account) ||
                         strcmp(file->slot[slot].contact, contact)))
        slot = next_in_chain[slot];
    return slot;
}

/* The same phone under another contact: it has a new address, or forgot that it was here (RFC 5626). */
static int slot_of_instance(const char *account, const unsigned char instance[32])
{
    static const unsigned char none[32];
    int slot = *chain_of(account);

    if (memcmp(instance, none, sizeof none) == 0)
        return -1;
    while (slot >= 0 && (strcmp(file->slot[slot].account, account) ||
                         memcmp(file->slot[slot].instance, instance, sizeof none)))
        slot = next_in_chain[slot];
    return slot;
}

/* -- what the registrar uses ------------------------------------------------------------------- */

int bindings_of(const char *account, const struct binding *list[CONTACTS_MAX])
{
    int count = 0;

    if (!file)
        return 0;
    for (int slot = *chain_of(account); slot >= 0; slot = next_in_chain[slot]) {
        const struct binding *binding = &file->slot[slot];
        int at = count;

        if (strcmp(binding->account, account) || count == CONTACTS_MAX)
            continue;
        for (; at > 0 && list[at - 1]->order < binding->order; at--)
            list[at] = list[at - 1];
        list[at] = binding;
        count++;
    }
    return count;
}

int bindings_live(const char *account, const struct binding *list[CONTACTS_MAX])
{
    int count = bindings_of(account, list), live = 0;

    for (int i = 0; i < count; i++)
        if (!binding_silent(list[i]))
            list[live++] = list[i];
    return live;
}

static int count_live(const char *account)
{
    const struct binding *unused[CONTACTS_MAX];

    return bindings_live(account, unused);
}

static int count_of(const char *account)
{
    const struct binding *unused[CONTACTS_MAX];

    return bindings_of(account, unused);
}

bool bindings_from(const char *source)
{
    int slot = file ? *from_chain_of(source) : -1;

    while (slot >= 0 && strcmp(file->slot[slot].peer.source, source))
        slot = next_from[slot];
    return slot >= 0;
}

/* A phone that comes back on new ports all the time must not lock itself out: when an account has all
 * its contacts, the one that would end first gives way. */
static void make_room(const char *account, int most)
{
    const struct binding *list[CONTACTS_MAX], *first;
    int count = bindings_of(account, list);

    while (count >= most) {
        int which = 0;

        for (int i = 1; i < count; i++)
            if (list[i]->expires_ms <= list[which]->expires_ms)
                which = i;
        first = list[which];
        list[which] = list[--count];
        clear_slot((int)(first - file->slot));
    }
}

bool bindings_put(const struct binding *wanted, int most)
{
    int slot = slot_of(wanted->account, wanted->contact), twin;

    if (slot >= 0)
        clear_slot(slot);
    twin = slot_of_instance(wanted->account, wanted->instance);
    if (twin >= 0)
        clear_slot(twin);
    make_room(wanted->account, most);
    if (free_count == 0)
        return false;
    slot = free_slot[--free_count];
    write_slot(slot, wanted);
    link_slot(slot);
    return true;
}

const struct binding *binding_at(int slot)
{
    return file && ends_ms[slot] ? &file->slot[slot] : NULL;
}

bool binding_silent(const struct binding *binding)
{
    return silent[binding - file->slot];
}

void binding_hear(int slot, bool heard)
{
    const struct binding *binding = binding_at(slot);

    if (!binding || silent[slot] != heard)
        return;
    silent[slot] = !heard;
    event_registered(binding->account, count_live(binding->account));
    watches_reachable(binding->account);
}

void bindings_remove(const char *account, const char *contact)
{
    int slot = slot_of(account, contact);

    if (slot >= 0)
        clear_slot(slot);
}

void bindings_sweep(bool (*dead)(const struct binding *))
{
    char account[USER_LEN];

    for (int slot = 0; file && slot < SLOTS; slot++) {
        if (ends_ms[slot] == 0 || !dead(&file->slot[slot]))
            continue;
        strcpy(account, file->slot[slot].account);
        clear_slot(slot);
        event_registered(account, count_live(account));
        watches_reachable(account);
    }
}

void bindings_announce(void)
{
    const struct binding *list[CONTACTS_MAX];

    for (int slot = 0; slot < SLOTS; slot++) {
        int count = ends_ms[slot] ? bindings_of(file->slot[slot].account, list) : 0;

        if (count && list[0] == &file->slot[slot])
            event_registered(list[0]->account, count);
    }
}

/* -- the file ---------------------------------------------------------------------------------- */

static void header_now(struct header *header)
{
    int boot = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    memset(header, 0, sizeof *header);
    memcpy(header->magic, "HSWBIND1", sizeof header->magic);
    header->slots = SLOTS;
    header->slot_size = sizeof(struct binding);
    if (boot >= 0) {
        if (read(boot, header->boot, sizeof header->boot - 1) < 0)
            header->boot[0] = 0;
        close(boot);
    }
}

static bool slot_ok(const struct binding *binding, int64_t now)
{
    return binding->live == LIVE &&
           binding->check == fnv(&binding->cseq, offsetof(struct binding, check) -
                                                     offsetof(struct binding, cseq)) &&
           binding->expires_ms > now && binding->expires_ms <= now + LIFE_MAX_MS &&
           plain_text(binding->account, USER_LEN, "") &&
           plain_text(binding->peer.source, SOURCE_LEN, "<>\"") && strchr(binding->peer.source, ';') &&
           plain_text(binding->peer.local, SOURCE_LEN, "<>\"") &&
           plain_text(binding->contact, CONTACT_LEN, "<>\"") && strncmp(binding->contact, "sip", 3) == 0 &&
           plain_text(binding->uri, CONTACT_LEN, "<>\"") && strncmp(binding->uri, "sip", 3) == 0 &&
           memchr(binding->agent, 0, AGENT_LEN);
}

/* The rules of bindings_put hold for what was found as well: ten of an account, no contact twice. */
static bool slot_welcome(int slot, int64_t now)
{
    const struct binding *binding = &file->slot[slot];

    return slot_ok(binding, now) && count_of(binding->account) < CONTACTS_MAX &&
           slot_of(binding->account, binding->contact) < 0;
}

static void index_all(void)
{
    int64_t now = boottime_ms();

    memset(chain, 0xff, sizeof chain);
    memset(from_chain, 0xff, sizeof from_chain);
    memset(ends_ms, 0, sizeof ends_ms);
    free_count = 0, newest = 0;
    for (int slot = SLOTS - 1; slot >= 0; slot--) {
        if (slot_welcome(slot, now)) {
            newest = PJ_MAX(newest, file->slot[slot].order);
            link_slot(slot);
        } else {
            file->slot[slot].live = 0;
            free_slot[free_count++] = slot;
        }
    }
}

static int map_file(void)
{
    struct stat info;
    struct header now;
    bool usable;

    if (fstat(descriptor, &info) < 0 || flock(descriptor, LOCK_EX | LOCK_NB) < 0)
        return errno;
    if (!S_ISREG(info.st_mode) || info.st_uid != geteuid())
        return EPERM;
    usable = info.st_size == sizeof(struct file);
    if (!usable && ftruncate(descriptor, 0) < 0)
        return errno;
    /* All of it now: a full tmpfs must be an error here, not a SIGBUS in the middle of a call. */
    errno = posix_fallocate(descriptor, 0, sizeof(struct file));
    if (errno)
        return errno;
    file = mmap(NULL, sizeof *file, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (file == MAP_FAILED) {
        file = NULL;
        return errno;
    }
    header_now(&now);
    if (!usable || memcmp(&file->header, &now, sizeof now)) {
        memset(file, 0, sizeof *file);
        file->header = now;
    }
    index_all();
    return 0;
}

int bindings_open(const char *path)
{
    int error;

    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (descriptor < 0)
        return errno;
    error = map_file();
    if (error)
        bindings_close();
    return error;
}

void bindings_close(void)
{
    if (file)
        munmap(file, sizeof *file);
    file = NULL;
    if (descriptor >= 0)
        close(descriptor);
    descriptor = -1;
}
