/* Requests outside any dialog, before pjsua sees them.
 *
 * REGISTER, INVITE and SUBSCRIBE must prove who they are (401 with WWW-Authenticate for all: phones handle
 * it everywhere, while 407 needs a second kind of header and code), a trunk by its address where that is
 * enough.  A proven INVITE goes on to pjsua, and offer.c tells who it is; its From may say anything.  ACK
 * and CANCEL pass.  OPTIONS is answered, everything else refused.  Requests inside a call never come here
 * (dialogs.c), except the refresh of a subscription, which is served before the dialog layer takes it.
 * A refusal or a challenge is stateless, so that a flood of strangers keeps no memory.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

#define ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE"

enum { ALWAYS_MAX = 64 };

static pj_bool_t on_rx_request(pjsip_rx_data *rdata);
static pj_bool_t on_refresh(pjsip_rx_data *rdata);
static pj_status_t on_unload(void);
static void on_second(pj_timer_heap_t *heap, pj_timer_entry *entry);

static pjsip_module module = {
    .name = { "mod-hookswitch", 14 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_APPLICATION - 4,  /* pjsua itself is at APPLICATION */
    .unload = on_unload,
    .on_rx_request = on_rx_request,
};
static pjsip_module refreshes = {
    .name = { "mod-hookswitch-refresh", 22 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 8,   /* the dialog layer answers 481 */
    .on_rx_request = on_refresh,
};
static pj_timer_entry second = { .cb = on_second };
static bool started;
static struct networks *local;               /* where accounts that are not remote may come from */
static struct {
    int legs, retry_after_s, count;
    char always[ALWAYS_MAX][USER_LEN];       /* emergency numbers */
} limit;

/* -- answers ----------------------------------------------------------------------------------- */

void answer(pjsip_rx_data *rdata, int code, pjsip_hdr *headers)
{
    pjsip_endpt_respond_stateless(pjsua_var.endpt, rdata, code, NULL, headers, NULL);
}

void answer_stateful(pjsip_rx_data *rdata, int code, pjsip_hdr *headers)
{
    pjsip_transaction *tsx;
    pjsip_tx_data *tdata;

    if (pjsip_tsx_create_uas2(&module, rdata, NULL, &tsx) != PJ_SUCCESS)
        return;                              /* a merged repeat; its twin is being answered */
    pjsip_tsx_recv_msg(tsx, rdata);
    if (pjsip_endpt_create_response(pjsua_var.endpt, rdata, code, NULL, &tdata) != PJ_SUCCESS) {
        pjsip_tsx_terminate(tsx, 500);
        return;
    }
    while (!pj_list_empty(headers)) {
        pjsip_hdr *header = headers->next;

        pj_list_erase(header);
        pjsip_msg_add_hdr(tdata->msg, pjsip_hdr_clone(tdata->pool, header));
    }
    pjsip_tsx_send_msg(tsx, tdata);
}

static void push(pj_pool_t *pool, pjsip_hdr *headers, const char *name, const char *value)
{
    pj_str_t n = pj_str((char *)name), v = pj_str((char *)value);

    pj_list_push_back(headers, pjsip_generic_string_hdr_create(pool, &n, &v));
}

static void answer_with(pjsip_rx_data *rdata, int code, const char *name, const char *value)
{
    pjsip_hdr headers;

    pj_list_init(&headers);
    push(rdata->tp_info.pool, &headers, "Allow", ALLOW);
    if (name)
        push(rdata->tp_info.pool, &headers, name, value);
    answer(rdata, code, &headers);
}

/* -- who asks ---------------------------------------------------------------------------------- */

static void challenge(pjsip_rx_data *rdata, enum verdict verdict)
{
    char user[USER_LEN];
    pjsip_hdr headers;

    if (verdict == DIGEST_WRONG) {
        digest_brought(rdata, user);
        event_refused(rdata->pkt_info.src_name, user, true);
        guard_failed(rdata);
    }
    pj_list_init(&headers);
    digest_challenge(rdata, verdict == DIGEST_STALE, rdata->tp_info.pool, &headers);
    answer(rdata, 401, &headers);
}

/* The right password from the wrong place.  From outside it gets the answer of a wrong one: nobody out
 * there shall find passwords that he could use in here. */
static bool place_ok(pjsip_rx_data *rdata, const struct account *who)
{
    if (!who->remote && !networks_none(local) && !networks_hold(local, &rdata->pkt_info.src_addr)) {
        event_refused(rdata->pkt_info.src_name, who->user, false);
        challenge(rdata, DIGEST_ABSENT);
        return false;
    }
    if (!(who->transports & transport_bit(rdata))) {
        event_refused(rdata->pkt_info.src_name, who->user, false);
        answer_with(rdata, 403, NULL, NULL);
        return false;
    }
    guard_trust(rdata);
    return true;
}

/* The account that asks; NULL when it was answered instead. */
static const struct account *identify(pjsip_rx_data *rdata)
{
    const struct account *who;
    enum verdict verdict = digest_check(rdata, account_find, &who);

    if (verdict == DIGEST_RIGHT)
        return place_ok(rdata, who) ? who : NULL;
    challenge(rdata, verdict);
    return NULL;
}

/* An account or a trunk; neither when it was answered instead. */
static bool identify_caller(pjsip_rx_data *rdata, const struct account **who, const struct trunk **trunk)
{
    enum verdict verdict = digest_check(rdata, account_find, who);
    char unused[USER_LEN];

    *trunk = NULL;
    if (verdict == DIGEST_RIGHT)
        return place_ok(rdata, *who);
    *trunk = trunk_of(rdata);
    if (*trunk && trunk_proves(*trunk))
        verdict = trunk_check(*trunk, rdata);
    else if (*trunk && !digest_brought(rdata, unused))
        verdict = DIGEST_RIGHT;
    if (verdict == DIGEST_RIGHT)
        return true;
    challenge(rdata, verdict);
    return false;
}

/* -- calls ------------------------------------------------------------------------------------- */

static bool full(void)
{
    if (limit.legs == 0 || (int)pjsua_call_get_count() < limit.legs)
        return false;
    for (int i = 0; i < limit.count; i++)
        if (strcmp(limit.always[i], offer_called()) == 0)
            return false;
    return true;
}

static void answer_full(pjsip_rx_data *rdata)
{
    char seconds[16];

    snprintf(seconds, sizeof seconds, "%d", limit.retry_after_s);
    answer_with(rdata, 503, "Retry-After", seconds);
}

static pj_bool_t on_invite(pjsip_rx_data *rdata)
{
    const struct account *who;
    const struct trunk *trunk;
    int replaced, code;

    if (!identify_caller(rdata, &who, &trunk))
        return PJ_TRUE;
    code = dialogs_replaced(rdata, &replaced);
    if (code) {
        answer_with(rdata, code, NULL, NULL);
        return PJ_TRUE;
    }
    if (who)
        peer_latch_contact(rdata);
    offer_note(rdata, who ? who->user : "", trunk ? trunk_name(trunk) : "", replaced);
    if (full()) {
        offer_forget();
        answer_full(rdata);
        return PJ_TRUE;
    }
    return PJ_FALSE;
}

PyObject *py_set_call_limit(PyObject *self, PyObject *args)
{
    PyObject *numbers = NULL, *fast;
    int legs, retry_after_s, count = 0;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii|O", &legs, &retry_after_s, &numbers))
        return NULL;
    if (legs < 1 || retry_after_s < 0)
        return PyErr_Format(PyExc_ValueError, "a limit is at least one leg");
    fast = numbers ? PySequence_Fast(numbers, "numbers are a sequence") : PyList_New(0);
    for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast) && count < ALWAYS_MAX; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
        const char *number = PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;

        if (number && strlen(number) < USER_LEN)
            strcpy(limit.always[count++], number);
        else
            Py_CLEAR(fast);
    }
    if (!fast) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a number is a short string");
        return NULL;
    }
    Py_DECREF(fast);
    limit.legs = legs, limit.retry_after_s = retry_after_s, limit.count = count;
    Py_RETURN_NONE;
}

/* -- the doors ---------------------------------------------------------------------------------- */

static void serve_subscribe(pjsip_rx_data *rdata)
{
    const struct account *who = identify(rdata);

    if (who)
        subscribe_serve(rdata, who);
}

static pj_bool_t on_refresh(pjsip_rx_data *rdata)
{
    if (rdata->msg_info.to->tag.slen == 0 ||
        pj_strcmp2(&rdata->msg_info.msg->line.req.method.name, "SUBSCRIBE") || !watch_of(rdata))
        return PJ_FALSE;
    serve_subscribe(rdata);
    return PJ_TRUE;
}

static void serve_other(pjsip_rx_data *rdata)
{
    const pj_str_t *name = &rdata->msg_info.msg->line.req.method.name;

    if (pj_strcmp2(name, "SUBSCRIBE") == 0)
        serve_subscribe(rdata);
    else
        answer_with(rdata, 405, NULL, NULL);
}

static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    const struct account *who;

    offer_forget();
    switch (rdata->msg_info.msg->line.req.method.id) {
    case PJSIP_ACK_METHOD:
    case PJSIP_CANCEL_METHOD:
        return PJ_FALSE;
    case PJSIP_INVITE_METHOD:
        return on_invite(rdata);
    case PJSIP_REGISTER_METHOD:
        who = identify(rdata);
        if (who)
            registrar_serve(rdata, who);
        return PJ_TRUE;
    case PJSIP_OPTIONS_METHOD:
        answer_with(rdata, 200, "Accept", "application/sdp");
        return PJ_TRUE;
    default:
        serve_other(rdata);
        return PJ_TRUE;
    }
}

PyObject *py_set_local_networks(PyObject *self, PyObject *args)
{
    struct networks *networks;
    PyObject *sequence;

    (void)self;
    if (!PyArg_ParseTuple(args, "O", &sequence) || !(networks = networks_of(sequence)))
        return NULL;
    free(local);
    local = networks;
    Py_RETURN_NONE;
}

/* -- life -------------------------------------------------------------------------------------- */

static bool ended(const struct binding *binding)
{
    return binding->expires_ms <= boottime_ms();
}

static void schedule(void)
{
    pj_time_val delay = { 1, 0 };

    pjsip_endpt_schedule_timer(pjsua_var.endpt, &second, &delay);
}

static void on_second(pj_timer_heap_t *heap, pj_timer_entry *entry)
{
    (void)heap, (void)entry;
    bindings_sweep(ended);
    watches_second();
    guard_second();
    probes_second();
    schedule();
}

static pj_status_t on_unload(void)
{
    started = false;
    return PJ_SUCCESS;
}

static bool (*const starts[])(void) = { hosts_start, guard_start, dialogs_start, probes_start };
static void (*const stops[])(void) = { hosts_stop, guard_stop, dialogs_stop, probes_stop };

static void unregister(pjsip_module *which)
{
    if (which->id >= 0)
        pjsip_endpt_unregister_module(pjsua_var.endpt, which);
}

bool requests_start(void)
{
    pj_status_t status;

    if (started) {
        PyErr_SetString(PyExc_RuntimeError, "the registrar is running");
        return false;
    }
    started = true;
    module.id = refreshes.id = -1;
    status = pjsip_endpt_register_module(pjsua_var.endpt, &module);
    if (status == PJ_SUCCESS)
        status = pjsip_endpt_register_module(pjsua_var.endpt, &refreshes);
    for (size_t i = 0; status == PJ_SUCCESS && i < PJ_ARRAY_SIZE(starts); i++)
        status = starts[i]() ? PJ_SUCCESS : PJ_ENOMEM;
    schedule();
    if (status == PJ_SUCCESS)
        return true;
    requests_stop();
    pj_error("start", status);
    return false;
}

void requests_stop(void)
{
    if (!started)
        return;
    pjsip_endpt_cancel_timer(pjsua_var.endpt, &second);
    for (size_t i = 0; i < PJ_ARRAY_SIZE(stops); i++)
        stops[i]();
    watches_clear();
    unregister(&refreshes);
    unregister(&module);
    free(local);
    local = NULL;
    memset(&limit, 0, sizeof limit);
    started = false;
    offer_forget();
}
