/* Trunks that call in: known by the address they come from, and by digest where one is set.
 *
 * An address in a datagram is a claim, so a trunk whose calls may leave the box again, and cost money,
 * must prove itself: by a TLS connection or by answering our challenge.  A table without that is refused.
 * A phone behind the same address still passes as itself, if it brings credentials of its own.
 */
#include "native.h"

struct trunk {
    char name[USER_LEN];
    struct networks *networks;
    unsigned transports;
    bool proves;                             /* must answer a challenge */
    struct account login;
};

struct table {
    size_t count;
    struct trunk trunk[];
};

static struct table *current;
static const struct trunk *asking;           /* for trunk_login */

static void table_free(struct table *table)
{
    for (size_t i = 0; table && i < table->count; i++)
        free(table->trunk[i].networks);
    free(table);
}

void trunks_clear(void)
{
    table_free(current);
    current = NULL;
}

/* -- what requests.c asks --------------------------------------------------------------------- */

const struct trunk *trunk_of(const pjsip_rx_data *rdata)
{
    for (size_t i = 0; current && i < current->count; i++)
        if ((current->trunk[i].transports & transport_bit(rdata)) &&
            networks_hold(current->trunk[i].networks, &rdata->pkt_info.src_addr))
            return &current->trunk[i];
    return NULL;
}

const char *trunk_name(const struct trunk *trunk)
{
    return trunk->name;
}

bool trunk_proves(const struct trunk *trunk)
{
    return trunk->proves;
}

static const struct account *trunk_login(const char *user, size_t length)
{
    const struct account *login = &asking->login;

    return strlen(login->user) == length && memcmp(login->user, user, length) == 0 ? login : NULL;
}

enum verdict trunk_check(const struct trunk *trunk, const pjsip_rx_data *rdata)
{
    const struct account *who;

    asking = trunk;
    return digest_check(rdata, trunk_login, &who);
}

/* -- replacing --------------------------------------------------------------------------------- */

static bool refuse(const char *name, const char *why)
{
    PyErr_Format(PyExc_ValueError, "trunk %s: %s", name, why);
    return false;
}

static bool fill(struct trunk *trunk, PyObject *item)
{
    const char *name, *transports, *user = NULL, *md5 = NULL, *sha256 = NULL;
    PyObject *networks;
    int goes_out;

    if (!PyArg_ParseTuple(item, "sOsp|sss", &name, &networks, &transports, &goes_out, &user, &md5,
                          &sha256))
        return false;
    if (!plain_text(name, PJ_MIN(strlen(name) + 1, USER_LEN), ""))
        return refuse(name, "its name is empty, too long or odd");
    strcpy(trunk->name, name);
    trunk->transports = transports_of(transports);
    if (!trunk->transports)
        return refuse(name, "transports are some of udp,tcp,tls");
    if (user && !(sha256 && account_fill(&trunk->login, user, md5, sha256)))
        return refuse(name, "its login is a user and two digests in hexadecimal");
    trunk->proves = user;
    if (goes_out && !trunk->proves && trunk->transports != TRANSPORT_TLS)
        return refuse(name, "calls that may leave again need TLS or a login");
    trunk->networks = networks_of(networks);
    return trunk->networks;
}

static struct table *table_of(PyObject *fast)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    struct table *table = calloc(1, sizeof *table + (size_t)count * sizeof table->trunk[0]);

    if (!table) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);

        table->count++;
        if (PyTuple_Check(item) && fill(&table->trunk[i], item))
            continue;
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a trunk is a tuple");
        table_free(table);
        return NULL;
    }
    return table;
}

PyObject *py_set_trunks(PyObject *self, PyObject *args)
{
    PyObject *sequence, *fast;
    struct table *table;

    (void)self;
    if (!PyArg_ParseTuple(args, "O", &sequence))
        return NULL;
    fast = PySequence_Fast(sequence, "trunks is a sequence");
    if (!fast)
        return NULL;
    table = table_of(fast);
    Py_DECREF(fast);
    if (!table)
        return NULL;
    table_free(current);
    current = table;
    Py_RETURN_NONE;
}
