/* Requests inside a call that pjsua would answer wrongly, or not at all: REFER, INFO, OPTIONS.
 *
 * The dialog layer takes every request with a To tag, so the only place to see one is a usage of its
 * dialog.  Ours joins each INVITE dialog when pjsua first speaks of the call, and stands before pjsua's own
 * usage.  A request is answered the moment its transaction begins: pjsua finds it completed and keeps its
 * hands off.  That matters for REFER, which it would follow by dialing whatever the phone says.  Here it
 * becomes an event, and the transfer, which may outlive the call that asked for it, gets a number of its own.
 */
#include "native.h"
#include "parse.h"

#include <pjsip_ua.h>
#include <pjsua-lib/pjsua_internal.h>

enum { TRANSFERS_MAX = PJSUA_MAX_CALLS, TYPE_LEN = 64 };

struct transfer {
    int number;                              /* 0: free */
    pjsip_dialog *dialog;
    pjsip_evsub *subscription;
};

static void on_tsx_state(pjsip_transaction *tsx, pjsip_event *event);

static pjsip_module usage = {
    .name = { "mod-hookswitch-calls", 20 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_DIALOG_USAGE - 2,
    .on_tsx_state = on_tsx_state,
};
static struct transfer transfers[TRANSFERS_MAX];
static int last_number;
static void (*pjsua2_on_call_state)(pjsua_call_id call, pjsip_event *event);

static int call_of(const pjsip_dialog *dialog)
{
    const pjsua_call *call = dialog ? dialog->mod_data[pjsua_var.mod.id] : NULL;

    return call && call->inv && !call->hanging_up ? (int)call->index : -1;
}

/* -- which call is meant ----------------------------------------------------------------------- */

static pjsip_dialog *find(pj_str_t call_id, pj_str_t ours, pj_str_t theirs)
{
    return pjsip_ua_find_dialog(&call_id, &ours, &theirs, PJ_FALSE);
}

/* The tags are named as the one who gets the INVITE sees them, which in a REFER is us; some phones name
 * them as they see them themselves. */
static int call_meant(const struct replaces *replaces)
{
    pj_str_t call_id = pj_str((char *)replaces->call_id), to = pj_str((char *)replaces->to_tag);
    pj_str_t from = pj_str((char *)replaces->from_tag);
    int call = call_of(find(call_id, to, from));

    return call >= 0 ? call : call_of(find(call_id, from, to));
}

/* INVITE with Replaces: 0 and the call, -1 without; else the code to refuse with (RFC 3891 section 3).
 * The header goes: pjsua would accept such a call by itself and end the other one. */
int dialogs_replaced(pjsip_rx_data *rdata, int *call)
{
    static const pj_str_t name = { "Replaces", 8 };
    pjsip_replaces_hdr *header = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, NULL);
    pjsip_inv_session *session;

    *call = PJSUA_INVALID_ID;
    if (!header)
        return 0;
    if (pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, header->next))
        return 400;
    *call = call_of(find(header->call_id, header->to_tag, header->from_tag));
    if (*call < 0)
        return 481;
    session = pjsua_var.calls[*call].inv;
    if (session->state < PJSIP_INV_STATE_CONNECTING && session->role != PJSIP_ROLE_UAC)
        return 481;
    if (header->early_only && session->state >= PJSIP_INV_STATE_CONNECTING)
        return 486;
    pj_list_erase(header);
    return 0;
}

/* -- transfers --------------------------------------------------------------------------------- */

static struct transfer *transfer_find(int number)
{
    for (int i = 0; number > 0 && i < TRANSFERS_MAX; i++)
        if (transfers[i].number == number)
            return &transfers[i];
    return NULL;
}

static struct transfer *transfer_free(void)
{
    for (int i = 0; i < TRANSFERS_MAX; i++)
        if (transfers[i].number == 0)
            return &transfers[i];
    return NULL;
}

static bool transfer_pending(const pjsip_dialog *dialog)
{
    for (int i = 0; i < TRANSFERS_MAX; i++)
        if (transfers[i].number && transfers[i].dialog == dialog)
            return true;
    return false;
}

static void on_subscription(pjsip_evsub *subscription, pjsip_event *event)
{
    (void)event;
    if (pjsip_evsub_get_state(subscription) != PJSIP_EVSUB_STATE_TERMINATED)
        return;
    for (int i = 0; i < TRANSFERS_MAX; i++)
        if (transfers[i].subscription == subscription)
            transfers[i] = (struct transfer){ 0, NULL, NULL };
}

static bool notify(const struct transfer *transfer, int code)
{
    pjsip_evsub_state state = code < 200 ? PJSIP_EVSUB_STATE_ACTIVE : PJSIP_EVSUB_STATE_TERMINATED;
    pjsip_evsub *subscription = transfer->subscription;
    pjsip_tx_data *tdata;

    return subscription &&
           pjsip_xfer_notify(subscription, state, code, NULL, &tdata) == PJ_SUCCESS &&
           pjsip_xfer_send_request(subscription, tdata) == PJ_SUCCESS;
}

/* Refer-Sub: false (RFC 4488): accepted, and no report wanted. */
static bool wants_reports(const pjsip_msg *msg)
{
    static const pj_str_t name = { "Refer-Sub", 9 };
    const pjsip_generic_string_hdr *header = pjsip_msg_find_hdr_by_name(msg, &name, NULL);

    return !header || pj_strnicmp2(&header->hvalue, "false", 5);
}

static struct transfer *accept_refer(pjsip_dialog *dialog, pjsip_rx_data *rdata)
{
    struct transfer *transfer = transfer_free();
    pjsip_evsub_user user = { .on_evsub_state = on_subscription };

    if (!transfer)
        return NULL;
    if (!wants_reports(rdata->msg_info.msg)) {
        pj_str_t name = pj_str("Refer-Sub"), value = pj_str("false");
        pjsip_hdr headers;

        pj_list_init(&headers);
        pj_list_push_back(&headers, pjsip_generic_string_hdr_create(rdata->tp_info.pool, &name, &value));
        pjsip_dlg_respond(dialog, rdata, 202, NULL, &headers, NULL);
        transfer->number = ++last_number;    /* freed by the caller: nobody will ask */
        return transfer;
    }
    if (pjsip_xfer_create_uas(dialog, &user, rdata, &transfer->subscription) != PJ_SUCCESS)
        return NULL;
    transfer->dialog = dialog;
    transfer->number = ++last_number;
    pjsip_xfer_accept(transfer->subscription, rdata, 202, NULL);
    return transfer;
}

struct wish {
    char target[USER_LEN];
    struct replaces replaces;
    bool consult;
};

/* Refer-To: an address of ours, with the other call in its header part where it is an attended one. */
static bool read_refer_to(pjsip_rx_data *rdata, struct wish *wish)
{
    static const pj_str_t name = { "Refer-To", 8 };
    pjsip_generic_string_hdr *header = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, NULL);
    const pjsip_sip_uri *uri;
    pj_str_t text;

    if (!header || pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, header->next))
        return false;
    pj_strdup_with_null(rdata->tp_info.pool, &text, &header->hvalue);   /* the parser writes into it */
    uri = (const pjsip_sip_uri *)pjsip_parse_uri(rdata->tp_info.pool, text.ptr, (pj_size_t)text.slen, 0);
    uri = uri ? pjsip_uri_get_uri(uri) : NULL;
    if (!uri || !(PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) ||
        uri->user.slen >= USER_LEN)
        return false;
    memset(wish, 0, sizeof *wish);
    if (uri->user.slen)
        memcpy(wish->target, uri->user.ptr, (size_t)uri->user.slen);
    if (uri->user.slen && (strlen(wish->target) != (size_t)uri->user.slen ||
                           !plain_text(wish->target, USER_LEN, "")))
        return false;
    for (const pjsip_param *each = uri->header_param.next; each != &uri->header_param; each = each->next)
        if (pj_stricmp2(&each->name, "Replaces") == 0) {
            if (wish->consult || !parse_replaces(each->value.ptr, (size_t)each->value.slen, &wish->replaces))
                return false;
            wish->consult = true;
        }
    return wish->consult || wish->target[0];
}

static void on_refer(pjsip_dialog *dialog, pjsip_rx_data *rdata)
{
    int call = call_of(dialog), other = PJSUA_INVALID_ID, code = 0;
    struct transfer *transfer;
    struct wish wish;

    if (call < 0)
        code = 487;
    else if (!read_refer_to(rdata, &wish))
        code = 400;
    else if (transfer_pending(dialog))
        code = 491;
    if (code) {
        pjsip_dlg_respond(dialog, rdata, code, NULL, NULL, NULL);
        return;
    }
    transfer = accept_refer(dialog, rdata);
    if (!transfer) {
        pjsip_dlg_respond(dialog, rdata, 503, NULL, NULL, NULL);
        return;
    }
    if (wish.consult && (other = call_meant(&wish.replaces)) < 0) {
        notify(transfer, 481);               /* not one of our calls: nothing that we could join */
    } else {
        notify(transfer, 100);
        event_refer(call, transfer->number, wish.consult ? "" : wish.target, other);
    }
    if (!transfer->subscription)
        transfer->number = 0;
}

PyObject *py_refer_notify(PyObject *self, PyObject *args)
{
    const struct transfer *transfer;
    int number, code;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &number, &code) || !engine_ready())
        return NULL;
    if (code < 100 || code > 699)
        return PyErr_Format(PyExc_ValueError, "a status code is 100 to 699");
    transfer = transfer_find(number);
    return PyBool_FromLong(transfer && notify(transfer, code));
}

/* -- keys ---------------------------------------------------------------------------------------- */

static void on_info(pjsip_dialog *dialog, pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    const pjsip_msg_body *body = msg->body;
    char type[TYPE_LEN];
    struct key key;
    int call = call_of(dialog), code = 200;

    if (body && body->len && body->content_type.type.slen + body->content_type.subtype.slen + 2 < TYPE_LEN) {
        int length = snprintf(type, sizeof type, "%.*s/%.*s", (int)body->content_type.type.slen,
                              body->content_type.type.ptr, (int)body->content_type.subtype.slen,
                              body->content_type.subtype.ptr);

        for (int i = 0; i < length; i++)
            type[i] = (char)pj_tolower(type[i]);
        if (parse_key(type, body->data, body->len, &key)) {
            if (call >= 0)
                event_pressed(call, key.key, key.ms);
        } else if (strcmp(type, "application/media_control+xml")) {
            code = 415;                      /* a request for a whole picture is no mistake */
        }
    }
    pjsip_dlg_respond(dialog, rdata, code, NULL, NULL, NULL);
}

/* -- the usage ---------------------------------------------------------------------------------- */

static void on_tsx_state(pjsip_transaction *tsx, pjsip_event *event)
{
    pjsip_dialog *dialog = pjsip_tsx_get_dlg(tsx);
    pjsip_rx_data *rdata;

    if (usage.id < 0 || !dialog || tsx->role != PJSIP_ROLE_UAS || tsx->state != PJSIP_TSX_STATE_TRYING ||
        event->body.tsx_state.type != PJSIP_EVENT_RX_MSG)
        return;
    rdata = event->body.tsx_state.src.rdata;
    if (pj_strcmp2(&tsx->method.name, "REFER") == 0)
        on_refer(dialog, rdata);
    else if (pj_strcmp2(&tsx->method.name, "INFO") == 0)
        on_info(dialog, rdata);
    else if (tsx->method.id == PJSIP_OPTIONS_METHOD)
        pjsip_dlg_respond(dialog, rdata, 200, NULL, NULL, NULL);
    else if (pj_strcmp2(&tsx->method.name, "MESSAGE") == 0)
        pjsip_dlg_respond(dialog, rdata, 405, NULL, NULL, NULL);
}

static void on_call_state(pjsua_call_id call, pjsip_event *event)
{
    pjsip_inv_session *session = pjsua_var.calls[call].inv;

    if (session && session->dlg && session->state < PJSIP_INV_STATE_DISCONNECTED && usage.id >= 0 &&
        !session->dlg->mod_data[usage.id])
        pjsip_dlg_add_usage(session->dlg, &usage, session);
    if (pjsua2_on_call_state)
        pjsua2_on_call_state(call, event);
}

bool dialogs_start(void)
{
    usage.id = -1;
    if (pjsip_endpt_register_module(pjsua_var.endpt, &usage) != PJ_SUCCESS)
        return false;
    memset(transfers, 0, sizeof transfers);
    pjsua2_on_call_state = pjsua_var.ua_cfg.cb.on_call_state;
    pjsua_var.ua_cfg.cb.on_call_state = on_call_state;
    return true;
}

void dialogs_stop(void)
{
    if (usage.id < 0)
        return;
    pjsua_var.ua_cfg.cb.on_call_state = pjsua2_on_call_state;
    pjsip_endpt_unregister_module(pjsua_var.endpt, &usage);
    usage.id = -1;
}
