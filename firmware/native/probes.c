/* Is the phone still there?  OPTIONS to those whose account wants it, and the ends of their connections.
 *
 * Each probed phone gets one OPTIONS an interval, at a moment of its own within it, so that two thousand are
 * not asked at once.  Any answer is good: a 404 comes from a living phone as well.  Two misses in a row, the
 * second asked for at once, make it silent until it answers or registers.  A phone that registered over a
 * connection which then breaks is silent at once.  And the double CRLF by which a phone asks whether the
 * connection still stands is answered with one (RFC 5626).
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

enum { MISSES = 2 };

static struct {
    uint64_t order;                          /* of the binding it is about */
    int64_t due_ms, sent_ms;                 /* sent 0: nothing is on its way */
    int missed;
} probe[BINDINGS_MAX];
static int interval_s = 60, patience_s = 10;

/* -- asking ---------------------------------------------------------------------------------------- */

static void on_answer(void *token, pjsip_event *event)
{
    int slot = (int)((uintptr_t)token % BINDINGS_MAX);
    const struct binding *binding = binding_at(slot);

    if (!binding || binding->order != (uintptr_t)token / BINDINGS_MAX ||
        event->body.tsx_state.type != PJSIP_EVENT_RX_MSG)
        return;
    probe[slot].sent_ms = 0;
    probe[slot].missed = 0;
    binding_hear(slot, true);
}

static void ask(int slot, const struct binding *binding)
{
    char us[SOURCE_LEN + 32];
    pj_str_t target = pj_str((char *)binding->uri), from = { us, 0 };
    pjsip_tx_data *tdata;

    from.slen = snprintf(us, sizeof us, "<sip:hookswitch@%s>", binding->peer.local);
    if (pjsip_endpt_create_request(pjsua_var.endpt, &pjsip_options_method, &target, &from, &target, &from,
                                   NULL, -1, NULL, &tdata) == PJ_SUCCESS)
        peer_send(tdata, &binding->peer, (intptr_t)(binding->order * BINDINGS_MAX + (unsigned)slot), on_answer);
}

static void miss(int slot)
{
    probe[slot].sent_ms = 0;
    probe[slot].due_ms = 0;                  /* once more, now */
    if (++probe[slot].missed < MISSES)
        return;
    probe[slot].missed = 0;
    probe[slot].due_ms = boottime_ms() + interval_s * 1000LL;
    binding_hear(slot, false);
}

static void turn(int slot, const struct binding *binding, int64_t now)
{
    if (probe[slot].order != binding->order) {
        probe[slot].order = binding->order;
        probe[slot].sent_ms = 0, probe[slot].missed = 0;
        probe[slot].due_ms = now + interval_s * 1000LL * ((slot * 37) % 64 + 1) / 64;
    }
    if (probe[slot].sent_ms && now - probe[slot].sent_ms >= patience_s * 1000LL)
        miss(slot);
    if (probe[slot].sent_ms || now < probe[slot].due_ms)
        return;
    probe[slot].sent_ms = now;
    probe[slot].due_ms = now + interval_s * 1000LL;
    ask(slot, binding);
}

void probes_second(void)
{
    int64_t now = boottime_ms();

    for (int slot = 0; slot < BINDINGS_MAX; slot++) {
        const struct binding *binding = binding_at(slot);
        const struct account *account;

        if (!binding)
            continue;
        account = account_find(binding->account, strlen(binding->account));
        if (account && account->probed)
            turn(slot, binding, now);
    }
}

PyObject *py_set_probing(PyObject *self, PyObject *args)
{
    int interval, patience;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &interval, &patience))
        return NULL;
    if (patience < 1 || interval < patience)
        return PyErr_Format(PyExc_ValueError, "an answer may take a second at least, and an interval at most");
    interval_s = interval, patience_s = patience;
    Py_RETURN_NONE;
}

/* -- connections ------------------------------------------------------------------------------------ */

static void on_transport(pjsip_transport *transport, pjsip_transport_state state,
                         const pjsip_transport_state_info *info)
{
    const char *source = info->user_data;

    (void)transport;
    if (state != PJSIP_TP_STATE_DISCONNECTED)
        return;
    for (int slot = 0; slot < BINDINGS_MAX; slot++) {
        const struct binding *binding = binding_at(slot);

        if (binding && strcmp(binding->peer.source, source) == 0)
            binding_hear(slot, false);
    }
}

void probe_connection(const pjsip_rx_data *rdata)
{
    pjsip_transport *transport = rdata->tp_info.transport;
    pjsip_tp_state_listener_key *unused;
    struct peer peer;
    char *source;

    peer_of(rdata, &peer);
    if ((transport->flag & PJSIP_TRANSPORT_DATAGRAM) || bindings_from(peer.source))
        return;                              /* one listener is enough, and its string lives as long */
    source = pj_pool_alloc(transport->pool, SOURCE_LEN);
    strcpy(source, peer.source);
    pjsip_transport_add_state_listener(transport, on_transport, source, &unused);
}

static void on_dropped(pjsip_tp_dropped_data *dropped)
{
    pjsip_tpselector over = { .type = PJSIP_TPSELECTOR_TRANSPORT, .u.transport = dropped->tp };

    if (dropped->status != PJ_EIGNORED || (dropped->tp->flag & PJSIP_TRANSPORT_DATAGRAM) || dropped->len < 4 ||
        memcmp(dropped->data, "\r\n\r\n", 4))
        return;
    pjsip_endpt_send_raw(pjsua_var.endpt, dropped->tp->key.type, &over, "\r\n", 2, &dropped->tp->key.rem_addr,
                         dropped->tp->addr_len, NULL, NULL);
}

bool probes_start(void)
{
    memset(probe, 0, sizeof probe);
    return pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(pjsua_var.endpt), on_dropped) == PJ_SUCCESS;
}

void probes_stop(void)
{
    pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(pjsua_var.endpt), NULL);
    interval_s = 60, patience_s = 10;
}
