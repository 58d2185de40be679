/* SUBSCRIBE (RFC 6665) to the packages dialog, presence and message-summary.
 *
 * The asker has been proved by digest, for a refresh as well as for the first one.  A refused request changes
 * nothing.  What is watched need not exist: keys watch parking places, groups and lines, and nobody learns
 * which numbers there are.
 */
#include "watches.h"

enum { SHORTEST_S = 60, LONGEST_S = 3600 };

/* -- reading a SUBSCRIBE ------------------------------------------------------------------------- */

static bool package_of(const pjsip_msg *msg, enum package *package)
{
    static const pj_str_t names[] = { { "Event", 5 }, { "o", 1 } };
    const pjsip_event_hdr *event = pjsip_msg_find_hdr_by_names(msg, &names[0], &names[1], NULL);

    for (int i = 0; event && i < PACKAGES; i++)
        if (pj_stricmp2(&event->event_type, package_name((enum package)i)) == 0) {
            *package = (enum package)i;
            return true;
        }
    return false;
}

/* The address in the request line names what is watched, or, where that is only the box, To does. */
static bool watched(const pjsip_rx_data *rdata, char number[USER_LEN])
{
    const pjsip_uri *uris[] = { rdata->msg_info.msg->line.req.uri, rdata->msg_info.to->uri };

    for (int i = 0; i < 2; i++) {
        const pjsip_sip_uri *uri = pjsip_uri_get_uri(uris[i]);

        if (!(PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) || uri->user.slen == 0)
            continue;
        if (uri->user.slen >= USER_LEN)
            return false;
        memcpy(number, uri->user.ptr, (size_t)uri->user.slen);
        number[uri->user.slen] = 0;
        return strlen(number) == (size_t)uri->user.slen && plain_text(number, USER_LEN, "<>\"&'@");
    }
    return false;
}

static int expires_of(const pjsip_msg *msg)
{
    const pjsip_expires_hdr *header = pjsip_msg_find_hdr(msg, PJSIP_H_EXPIRES, NULL);

    return header && header->ivalue < LONGEST_S ? (int)header->ivalue : LONGEST_S;
}

static bool print(pjsip_uri_context_e context, const void *uri, char *text, size_t size)
{
    int length = pjsip_uri_print(context, uri, text, size - 1);

    if (length <= 0)
        return false;
    text[length] = 0;
    return strlen(text) == (size_t)length;
}

static bool copy(const pj_str_t *from, char *to, size_t size)
{
    if (from->slen <= 0 || (size_t)from->slen >= size || memchr(from->ptr, 0, (size_t)from->slen))
        return false;
    memcpy(to, from->ptr, (size_t)from->slen);
    to[from->slen] = 0;
    return true;
}

/* Accept, where it is there, names the one form that we have. */
static bool understands(const pjsip_msg *msg, enum package package)
{
    const pjsip_accept_hdr *header = pjsip_msg_find_hdr(msg, PJSIP_H_ACCEPT, NULL);

    for (unsigned i = 0; header && i < header->count; i++) {
        const pj_str_t *value = &header->values[i];
        const char *end = pj_strchr(value, ';');
        pj_str_t type = { value->ptr, end ? end - value->ptr : value->slen };

        pj_strrtrim(&type);
        if (pj_stricmp2(&type, package_type(package)) == 0 || pj_stricmp2(&type, "*/*") == 0 ||
            pj_stricmp2(&type, "application/*") == 0)
            return true;
    }
    return !header || header->count == 0;
}

/* Where NOTIFY goes: the Contact, or behind NAT where the request came from. */
static bool contact_of(pjsip_rx_data *rdata, char *text, size_t size)
{
    const pjsip_contact_hdr *contact = pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_CONTACT, NULL);
    const pjsip_uri *uri = contact && !contact->star && contact->uri ? pjsip_uri_get_uri(contact->uri) : NULL;

    return uri && (PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) &&
           print(PJSIP_URI_IN_REQ_URI, uri, text, size) && plain_text(text, size, "<>\"");
}

static bool routes_of(const pjsip_rx_data *rdata, char *text, size_t size)
{
    const pjsip_rr_hdr *each = rdata->msg_info.record_route;
    size_t length = 0;

    text[0] = 0;
    while (each) {
        int more = pjsip_uri_print(PJSIP_URI_IN_ROUTING_HDR, &each->name_addr, text + length,
                                   size - length - 2);

        if (more <= 0)
            return false;
        length += (size_t)more;
        text[length++] = ',';
        text[length] = 0;
        each = pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_RECORD_ROUTE, each->next);
    }
    return strlen(text) == length;
}

/* -- serving ------------------------------------------------------------------------------------- */

/* 0, or the code to refuse with. */
static int fill(pjsip_rx_data *rdata, struct watch *watch)
{
    char call_id[512], tag[256], from[PJSIP_MAX_URL_SIZE], to[PJSIP_MAX_URL_SIZE], contact[512], routes[1024];
    const pjsip_sip_uri *uri = pjsip_uri_get_uri(rdata->msg_info.to->uri);
    char host[SOURCE_LEN];
    struct {
        const char **to, *from;
    } parts[] = {
        { &watch->call_id, call_id }, { &watch->their_tag, tag }, { &watch->them, from },  { &watch->us, to },
        { &watch->contact, contact }, { &watch->routes, routes }, { &watch->host, host },
    };
    char *at;
    size_t size = 0;

    if (!PJSIP_URI_SCHEME_IS_SIP(uri) && !PJSIP_URI_SCHEME_IS_SIPS(uri))
        return 400;
    if (!copy(&rdata->msg_info.cid->id, call_id, sizeof call_id) ||
        !copy(&rdata->msg_info.from->tag, tag, sizeof tag) || !contact_of(rdata, contact, sizeof contact) ||
        !routes_of(rdata, routes, sizeof routes) || !copy(&uri->host, host, sizeof host) ||
        !plain_text(host, sizeof host, "<>\"&'") ||
        !print(PJSIP_URI_IN_FROMTO_HDR, rdata->msg_info.from->uri, from, sizeof from) ||
        !print(PJSIP_URI_IN_FROMTO_HDR, rdata->msg_info.to->uri, to, sizeof to))
        return 400;
    for (size_t i = 0; i < PJ_ARRAY_SIZE(parts); i++)
        size += strlen(parts[i].from) + 1;
    if (!(watch->text = at = malloc(size)))
        return 503;
    for (size_t i = 0; i < PJ_ARRAY_SIZE(parts); i++) {
        *parts[i].to = strcpy(at, parts[i].from);
        at += strlen(at) + 1;
    }
    watch->their_cseq = (uint32_t)rdata->msg_info.cseq->cseq;
    return 0;
}

static void refuse(pjsip_rx_data *rdata, int code)
{
    pj_pool_t *pool = rdata->tp_info.pool;
    pj_str_t name = pj_str("Allow-Events"), value = pj_str("dialog, presence, message-summary");
    pjsip_hdr headers;

    pj_list_init(&headers);
    if (code == 489)
        pj_list_push_back(&headers, pjsip_generic_string_hdr_create(pool, &name, &value));
    if (code == 423)
        pj_list_push_back(&headers, pjsip_min_expires_hdr_create(pool, SHORTEST_S));
    if (code == 503)
        pj_list_push_back(&headers, pjsip_retry_after_hdr_create(pool, SHORTEST_S));
    answer_stateful(rdata, code, &headers);
}

static void accept_watch(pjsip_rx_data *rdata, struct watch *watch, int expires)
{
    pj_pool_t *pool = rdata->tp_info.pool;
    char contact[CONTACT_LEN];
    pj_str_t name = pj_str("Contact"), value;
    pjsip_hdr headers;

    pj_list_init(&headers);
    watch_contact(watch, contact);
    pj_strdup2(pool, &value, contact);
    pj_list_push_back(&headers, pjsip_generic_string_hdr_create(pool, &name, &value));
    pj_list_push_back(&headers, pjsip_expires_hdr_create(pool, (pj_uint32_t)expires));
    pj_strdup2(pool, &rdata->msg_info.to->tag, watch->our_tag);
    answer_stateful(rdata, 200, &headers);
    watch->ends_ms = boottime_ms() + (expires ? expires : LINGER_S) * 1000LL;
    watch->ended = expires == 0;
    notify_watch(watch);
}

static int judge_new(pjsip_rx_data *rdata, const struct account *who, struct watch *watch, char number[USER_LEN])
{
    if (!package_of(rdata->msg_info.msg, &watch->package))
        return 489;
    if (!understands(rdata->msg_info.msg, watch->package))
        return 406;
    if (!watched(rdata, number))
        return 404;
    if (!watch_room(who->user))
        return 503;
    peer_of(rdata, &watch->peer);
    peer_latch_contact(rdata);
    strcpy(watch->account, who->user);
    watch->mark = who->mark;
    return fill(rdata, watch);
}

static bool too_short(int expires)
{
    return expires > 0 && expires < SHORTEST_S;
}

static void serve_new(pjsip_rx_data *rdata, const struct account *who)
{
    int expires = expires_of(rdata->msg_info.msg), code = too_short(expires) ? 423 : 0;
    struct watch *watch = calloc(1, sizeof *watch);
    char number[USER_LEN];

    if (!code)
        code = watch ? judge_new(rdata, who, watch, number) : 503;
    if (!code && !watch_add(watch, number))
        code = 503;
    if (!code) {
        accept_watch(rdata, watch, expires);
        return;
    }
    if (watch)
        free(watch->text);
    free(watch);
    refuse(rdata, code);
}

static void serve_refresh(pjsip_rx_data *rdata, struct watch *watch, const struct account *who)
{
    int expires = expires_of(rdata->msg_info.msg);

    if (strcmp(watch->account, who->user))
        refuse(rdata, 403);
    else if ((uint32_t)rdata->msg_info.cseq->cseq <= watch->their_cseq)
        refuse(rdata, 500);
    else if (too_short(expires))
        refuse(rdata, 423);
    else {
        watch->their_cseq = (uint32_t)rdata->msg_info.cseq->cseq;
        peer_of(rdata, &watch->peer);
        accept_watch(rdata, watch, expires);
    }
}

void subscribe_serve(pjsip_rx_data *rdata, const struct account *who)
{
    struct watch *watch = rdata->msg_info.to->tag.slen ? watch_of(rdata) : NULL;

    if (watch)
        serve_refresh(rdata, watch, who);
    else if (rdata->msg_info.to->tag.slen)
        refuse(rdata, 481);
    else
        serve_new(rdata, who);
}
