/* Who may register and call: user names and the two digests of their passwords.
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

static bool fill(struct table *table, struct account *account, PyObject *item)
{
    const char *user, *md5, *sha256;
    size_t length;

    if (!PyArg_ParseTuple(item, "sss", &user, &md5, &sha256))
        return false;
    length = strlen(user);
    if (!plain_text(user, PJ_MIN(length + 1, USER_LEN), "") || !copy_hex(account->md5, md5, MD5_HEX) ||
        !copy_hex(account->sha256, sha256, SHA256_HEX) || find_in(table, user, length)) {
        PyErr_Format(PyExc_ValueError, "account %R: its name is used twice, too long or odd, or a digest "
                     "is not hexadecimal", PyTuple_GET_ITEM(item, 0));
        return false;
    }
    memcpy(account->user, user, length + 1);
    account->mark = mark_of(account);
    account->next = table->bucket[hash(user, length)];
    table->bucket[hash(user, length)] = account;
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
            PyErr_SetString(PyExc_TypeError, "an account is a tuple of three strings");
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
    Py_RETURN_NONE;
}
