/* Requests that pjsip reads more kindly than RFC 3261 allows: refused before anything acts on them.
 *
 * Two different values for what may stand once would let two readers of one message see two messages.  What
 * is wanted and not there (Require), and a body that no call of ours understands, is said at once, which is
 * the same for everybody and tells nothing about who exists.
 */
#include "native.h"

static const char *const known_options[] = { "replaces", "100rel", "timer", "norefersub", "outbound" };

static bool twice(const pjsip_msg *msg, pjsip_hdr_e type)
{
    const pjsip_hdr *first = pjsip_msg_find_hdr(msg, type, NULL);

    return first && pjsip_msg_find_hdr(msg, type, first->next);
}

/* A datagram holds the whole body, or somebody took a piece of it.  (One of many parts has been taken
 * apart already.) */
static bool cut_short(const pjsip_rx_data *rdata)
{
    const pjsip_clen_hdr *length = rdata->msg_info.clen;
    const pjsip_msg_body *body = rdata->msg_info.msg->body;

    if (body && pj_stricmp2(&body->content_type.type, "multipart") == 0)
        return false;
    return (rdata->tp_info.transport->flag & PJSIP_TRANSPORT_DATAGRAM) && length && length->len > 0 &&
           (unsigned)length->len > (body ? body->len : 0);
}

static bool malformed(const pjsip_rx_data *rdata)
{
    static const pjsip_hdr_e single[] = { PJSIP_H_FROM, PJSIP_H_TO, PJSIP_H_CALL_ID, PJSIP_H_CSEQ,
                                          PJSIP_H_CONTENT_LENGTH, PJSIP_H_MAX_FORWARDS };
    const pjsip_msg *msg = rdata->msg_info.msg;

    for (size_t i = 0; i < PJ_ARRAY_SIZE(single); i++)
        if (twice(msg, single[i]))
            return true;
    return pjsip_method_cmp(&msg->line.req.method, &rdata->msg_info.cseq->method) || cut_short(rdata);
}

static bool is_known(const pj_str_t *option)
{
    for (size_t i = 0; i < PJ_ARRAY_SIZE(known_options); i++)
        if (pj_stricmp2(option, known_options[i]) == 0)
            return true;
    return false;
}

/* pjsua does this for INVITE, in its own words. */
static const pj_str_t *unknown_option(const pjsip_msg *msg)
{
    const pjsip_require_hdr *header = NULL;

    if (msg->line.req.method.id == PJSIP_INVITE_METHOD || msg->line.req.method.id == PJSIP_ACK_METHOD ||
        msg->line.req.method.id == PJSIP_CANCEL_METHOD)
        return NULL;
    while ((header = pjsip_msg_find_hdr(msg, PJSIP_H_REQUIRE, header ? header->next : NULL)))
        for (unsigned i = 0; i < header->count; i++)
            if (!is_known(&header->values[i]))
                return &header->values[i];
    return NULL;
}

static bool strange_body(const pjsip_msg *msg)
{
    const pjsip_msg_body *body = msg->body;

    return msg->line.req.method.id == PJSIP_INVITE_METHOD && body && body->len &&
           pj_stricmp2(&body->content_type.type, "multipart") &&
           (pj_stricmp2(&body->content_type.type, "application") ||
            pj_stricmp2(&body->content_type.subtype, "sdp"));
}

static void push(pjsip_rx_data *rdata, pjsip_hdr *headers, const char *name, const pj_str_t *value)
{
    pj_str_t n = pj_str((char *)name);

    pj_list_push_back(headers, pjsip_generic_string_hdr_create(rdata->tp_info.pool, &n, value));
}

/* False: refused, and answered unless it is an ACK. */
bool sanity_ok(pjsip_rx_data *rdata)
{
    static const pj_str_t sdp = { "application/sdp", 15 };
    const pjsip_msg *msg = rdata->msg_info.msg;
    const pj_str_t *option = unknown_option(msg);
    int code = malformed(rdata) ? 400 : option ? 420 : strange_body(msg) ? 415 : 0;
    pjsip_hdr headers;

    if (code == 0)
        return true;
    pj_list_init(&headers);
    if (code == 420)
        push(rdata, &headers, "Unsupported", option);
    if (code == 415)
        push(rdata, &headers, "Accept", &sdp);
    if (msg->line.req.method.id != PJSIP_ACK_METHOD)
        answer(rdata, code, &headers);
    return false;
}
