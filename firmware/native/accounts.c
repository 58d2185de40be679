/* Who may register, call and watch: user names, the two digests of their passwords, and their rules.
 *
 * A hash table, replaced as a whole: either the new list is good and stands, or the old one stays.
 * Passwords themselves never come here.  Bindings whose account is gone, or whose password changed, die
 * with the replacement: a phone that was locked out must not go on receiving calls.
 */
#include "native.h"

#include <ctype.h>

enum { BUCKETS = 4096 };

struct table {
    struct account *accounts;                /* one allocation; buckets chain through it */
    struct account *bucket[BUCKETS];
};

static struct table *current;

static unsigned hash(const char *user, size_t length)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)user[i]) * 16777619u;
    return value % BUCKETS;
}

static struct account *find_in(const struct table *table, const char *user, size_t length)
{
    struct account *account = table->bucket[hash(user, length)];

    while (account && (strlen(account->user) != length || memcmp(account->user, user, length)))
        account = account->next;
    return account;
}

const struct account *account_find(const char *user, size_t length)
{
    return current ? find_in(current, user, length) : NULL;
}

static void table_free(struct table *table)
{
    if (!table)
        return;
    free(table->accounts);
    free(table);
}

void accounts_clear(void)
{
    table_free(current);
    current = NULL;
}

/* -- transports ------------------------------------------------------------------------------- */

/* Bits of a list like "udp,tls"; 0: there is an unknown word in it, or none. */
unsigned transports_of(const char *list)
{
    static const char *const words[] = { "udp", "tcp", "tls" };
    unsigned found = 0;

    while (*list) {
        size_t length = strcspn(list, ","), word = 0;

        while (word < 3 && (strlen(words[word]) != length || memcmp(list, words[word], length)))
            word++;
        if (word == 3)
            return 0;
        found |= 1u << word;
        list += length + (list[length] == ',');
    }
    return found;
}

unsigned transport_bit(const pjsip_rx_data *rdata)
{
    switch ((int)rdata->tp_info.transport->key.type & ~PJSIP_TRANSPORT_IPV6) {
    case PJSIP_TRANSPORT_UDP:
        return TRANSPORT_UDP;
    case PJSIP_TRANSPORT_TCP:
        return TRANSPORT_TCP;
    case PJSIP_TRANSPORT_TLS:
        return TRANSPORT_TLS;
    default:
        return 0;
    }
}

/* -- replacing --------------------------------------------------------------------------------- */

static bool copy_hex(char *to, const char *from, size_t length)
{
    if (strlen(from) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!isxdigit((unsigned char)from[i]))
            return false;
        to[i] = (char)tolower((unsigned char)from[i]);
    }
    to[length] = 0;
    return true;
}

static uint64_t mark_of(const struct account *account)
{
    char both[MD5_HEX + SHA256_HEX + 1];
    unsigned char digest[32];
    uint64_t mark;

    snprintf(both, sizeof both, "%s%s", account->md5, account->sha256);
    sha256_of(both, strlen(both), digest);
    memcpy(&mark, digest, sizeof mark);
    return mark;
}

bool account_fill(struct account *account, const char *user, const char *md5, const char *sha256)
{
    if (!plain_text(user, PJ_MIN(strlen(user) + 1, USER_LEN), "") ||
        !copy_hex(account->md5, md5, MD5_HEX) || !copy_hex(account->sha256, sha256, SHA256_HEX))
        return false;
    strcpy(account->user, user);
    account->mark = mark_of(account);
    return true;
}

static bool refuse(const char *user, const char *why)
{
    PyErr_Format(PyExc_ValueError, "account %s: %s", user, why);
    return false;
}

static bool fill(struct table *table, struct account *account, PyObject *item)
{
    const char *user, *md5, *sha256, *transports = "udp,tcp,tls";
    int contacts = 10, remote = false, probed = false, expires = 0;
    unsigned bucket;

    if (!PyArg_ParseTuple(item, "sss|isppi", &user, &md5, &sha256, &contacts, &transports, &remote,
                          &probed, &expires))
        return false;
    if (!account_fill(account, user, md5, sha256))
        return refuse(user, "its name is too long or odd, or a digest is not hexadecimal");
    if (find_in(table, user, strlen(user)))
        return refuse(user, "its name is used twice");
    if (contacts < 1 || contacts > CONTACTS_MAX || expires < 0)
        return refuse(user, "1 to 32 phones, and a registration cannot last less than no time");
    account->transports = transports_of(transports);
    if (!account->transports)
        return refuse(user, "transports are some of udp,tcp,tls");
    account->contacts = contacts, account->expires = (unsigned)expires;
    account->remote = remote, account->probed = probed;
    bucket = hash(user, strlen(user));
    account->next = table->bucket[bucket];
    table->bucket[bucket] = account;
    return true;
}

static struct table *table_of(PyObject *fast)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    struct table *table = calloc(1, sizeof *table);

    if (!table || !(table->accounts = calloc((size_t)count + 1, sizeof *table->accounts))) {
        table_free(table);
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);

        if (PyTuple_Check(item) && fill(table, &table->accounts[i], item))
            continue;
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "an account is a tuple");
        table_free(table);
        return NULL;
    }
    return table;
}

static bool orphaned(const struct binding *binding)
{
    const struct account *account = account_find(binding->account, strlen(binding->account));

    return !account || account->mark != binding->mark;
}

PyObject *py_set_accounts(PyObject *self, PyObject *args)
{
    PyObject *sequence, *fast;
    struct table *table;

    (void)self;
    if (!PyArg_ParseTuple(args, "O", &sequence))
        return NULL;
    fast = PySequence_Fast(sequence, "accounts is a sequence");
    if (!fast)
        return NULL;
    table = table_of(fast);
    Py_DECREF(fast);
    if (!table)
        return NULL;
    table_free(current);
    current = table;
    bindings_sweep(orphaned);
    watches_accounts_changed();
    Py_RETURN_NONE;
}
