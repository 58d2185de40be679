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

enum { SLOTS = 4096, CHAINS = 4096, LIFE_MAX_MS = 3600 * 1000, LIVE = 0x4c495645 };

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
static int64_t ends_ms[SLOTS];               /* dense copy, for the sweep once a second; 0: dead */

int64_t boottime_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

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

/* -- slots ------------------------------------------------------------------------------------- */

static void link_slot(int slot)
{
    int *head = chain_of(file->slot[slot].account);

    next_in_chain[slot] = *head;
    *head = slot;
    ends_ms[slot] = file->slot[slot].expires_ms;
}

static void unlink_slot(int slot)
{
    int *at = chain_of(file->slot[slot].account);

    while (*at != slot)
        at = &next_in_chain[*at];
    *at = next_in_chain[slot];
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

static int count_of(const char *account)
{
    const struct binding *unused[CONTACTS_MAX];

    return bindings_of(account, unused);
}

/* A phone that comes back on new ports all the time must not lock itself out: when an account has all
 * its contacts, the one that would end first gives way. */
static void make_room(const char *account)
{
    const struct binding *list[CONTACTS_MAX], *first;
    int count = bindings_of(account, list);

    if (count < CONTACTS_MAX)
        return;
    first = list[0];
    for (int i = 1; i < count; i++)
        if (list[i]->expires_ms < first->expires_ms)
            first = list[i];
    clear_slot((int)(first - file->slot));
}

bool bindings_put(const struct binding *wanted)
{
    int slot = slot_of(wanted->account, wanted->contact);

    if (slot >= 0) {
        unlink_slot(slot);
    } else {
        make_room(wanted->account);
        if (free_count == 0)
            return false;
        slot = free_slot[--free_count];
    }
    write_slot(slot, wanted);
    link_slot(slot);
    return true;
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
        event_registered(account, count_of(account));
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

static bool slot_ok(const struct binding *binding, int64_t now)
{
    return binding->live == LIVE &&
           binding->check == fnv(&binding->cseq, offsetof(struct binding, check) -
                                                     offsetof(struct binding, cseq)) &&
           binding->expires_ms > now && binding->expires_ms <= now + LIFE_MAX_MS &&
           plain_text(binding->account, USER_LEN, "") &&
           plain_text(binding->source, SOURCE_LEN, "<>\"") &&
           plain_text(binding->contact, CONTACT_LEN, "<>\"") &&
           strncmp(binding->contact, "sip", 3) == 0;
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
