/* Requests outside any dialog, before pjsua sees them.
 *
 * REGISTER and INVITE must prove who they are (401 with WWW-Authenticate for both: phones handle it
 * everywhere, while 407 needs a second kind of header and code).  A proven INVITE goes on to pjsua, and
 * authenticated() tells who it is while onIncomingCall runs in the same call stack; its From may say
 * anything.  ACK and CANCEL pass.  OPTIONS is answered, everything else refused.  Requests inside a
 * dialog never come here: the dialog layer, which sits before us, takes whatever has a To tag.
 * A refusal or a challenge is stateless, so that a flood of strangers keeps no memory.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

#define ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, NOTIFY"

static pj_bool_t on_rx_request(pjsip_rx_data *rdata);
static pj_status_t on_unload(void);
static void on_second(pj_timer_heap_t *heap, pj_timer_entry *entry);

static pjsip_module module = {
    .name = { "mod-hookswitch", 14 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_APPLICATION - 4,  /* pjsua itself is at APPLICATION */
    .unload = on_unload,
    .on_rx_request = on_rx_request,
};
static pj_timer_entry second = { .cb = on_second };
static char authenticated[USER_LEN];         /* "": nobody */
static char called[USER_LEN];                /* "": nobody, or nobody with a printable name */
static bool started;

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

/* -- requests ---------------------------------------------------------------------------------- */

/* The account that asks; NULL when it was challenged instead. */
static const struct account *identify(pjsip_rx_data *rdata)
{
    const struct account *who;
    enum verdict verdict = digest_check(rdata, &who);
    pjsip_hdr headers;

    if (verdict == DIGEST_RIGHT)
        return who;
    pj_list_init(&headers);
    digest_challenge(rdata, verdict == DIGEST_STALE, rdata->tp_info.pool, &headers);
    answer(rdata, 401, &headers);
    return NULL;
}

/* As pjsip has read it, without %XX: the text that arrived no longer holds it, because pjsip writes
 * what it unescapes over what was there. */
static void note_called(const pjsip_uri *target)
{
    const pjsip_sip_uri *uri = pjsip_uri_get_uri(target);

    if (!(PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) || uri->user.slen >= USER_LEN)
        return;
    memcpy(called, uri->user.ptr, (size_t)uri->user.slen);
    called[uri->user.slen] = 0;
    if (strlen(called) != (size_t)uri->user.slen || !plain_text(called, USER_LEN, ""))
        called[0] = 0;
}

static pj_bool_t on_invite(pjsip_rx_data *rdata)
{
    const struct account *who = identify(rdata);

    if (!who)
        return PJ_TRUE;
    strcpy(authenticated, who->user);
    note_called(rdata->msg_info.msg->line.req.uri);
    return PJ_FALSE;
}

static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    const pjsip_method *method = &rdata->msg_info.msg->line.req.method;
    const struct account *who;

    authenticated[0] = called[0] = 0;
    switch (method->id) {
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
        answer_with(rdata, pj_stricmp2(&method->name, "SUBSCRIBE") ? 405 : 489, NULL, NULL);
        return PJ_TRUE;
    }
}

const char *offer_caller(void)
{
    return authenticated;
}

PyObject *py_authenticated(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    if (!authenticated[0])
        Py_RETURN_NONE;
    return PyUnicode_FromString(authenticated);
}

PyObject *py_called(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    if (!called[0])
        Py_RETURN_NONE;
    return PyUnicode_FromString(called);
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
    schedule();
}

static pj_status_t on_unload(void)
{
    started = false;
    return PJ_SUCCESS;
}

bool requests_start(void)
{
    pj_status_t status;

    if (started) {
        PyErr_SetString(PyExc_RuntimeError, "the registrar is running");
        return false;
    }
    module.id = -1;
    status = pjsip_endpt_register_module(pjsua_var.endpt, &module);
    if (status != PJ_SUCCESS) {
        pj_error("start", status);
        return false;
    }
    if (!hosts_start()) {
        pjsip_endpt_unregister_module(pjsua_var.endpt, &module);
        return false;
    }
    started = true;
    schedule();
    return true;
}

void requests_stop(void)
{
    if (!started)
        return;
    pjsip_endpt_cancel_timer(pjsua_var.endpt, &second);
    pjsip_endpt_unregister_module(pjsua_var.endpt, &module);
    hosts_stop();
    started = false;
    authenticated[0] = called[0] = 0;
}
