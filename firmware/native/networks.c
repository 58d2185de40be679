/* Lists of networks, and whether an address belongs to one: local ones, trunks, those never banned. */
#include "native.h"

#include <arpa/inet.h>

struct network {
    int family, bits;
    unsigned char address[16];
};

struct networks {
    size_t count;
    struct network list[];
};

/* "203.0.113.0/24", "2001:db8::1".  Bits beyond the mask are a mistake, not a network. */
static bool read_network(const char *text, struct network *found)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchrnul(text, '/');
    int size;
    char *end;

    if ((size_t)(slash - text) >= sizeof address)
        return false;
    memset(found, 0, sizeof *found);
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = 0;
    found->family = strchr(address, ':') ? AF_INET6 : AF_INET;
    size = found->family == AF_INET6 ? 128 : 32;
    found->bits = size;
    if (*slash) {
        found->bits = (int)strtol(slash + 1, &end, 10);
        if (end == slash + 1 || *end || found->bits < 0 || found->bits > size)
            return false;
    }
    if (inet_pton(found->family, address, found->address) != 1)
        return false;
    for (int bit = found->bits; bit < size; bit++)
        if (found->address[bit / 8] & (0x80 >> bit % 8))
            return false;
    return true;
}

struct networks *networks_of(PyObject *sequence)
{
    PyObject *fast = PySequence_Fast(sequence, "networks are a sequence of strings");
    struct networks *networks;
    Py_ssize_t count;

    if (!fast)
        return NULL;
    count = PySequence_Fast_GET_SIZE(fast);
    networks = calloc(1, sizeof *networks + (size_t)count * sizeof networks->list[0]);
    if (!networks)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; networks && i < count; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
        const char *text = PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;

        if (text && read_network(text, &networks->list[networks->count])) {
            networks->count++;
            continue;
        }
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "not a network: %R", item);
        free(networks);
        networks = NULL;
    }
    Py_DECREF(fast);
    return networks;
}

static bool holds(const struct network *network, const unsigned char *address)
{
    int whole = network->bits / 8, rest = network->bits % 8;

    return memcmp(network->address, address, (size_t)whole) == 0 &&
           (rest == 0 || ((network->address[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0);
}

bool networks_hold(const struct networks *networks, const pj_sockaddr *address)
{
    for (size_t i = 0; networks && i < networks->count; i++)
        if (networks->list[i].family == address->addr.sa_family &&
            holds(&networks->list[i], pj_sockaddr_get_addr(address)))
            return true;
    return false;
}

bool networks_none(const struct networks *networks)
{
    return !networks || networks->count == 0;
}
