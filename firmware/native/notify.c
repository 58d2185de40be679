/* NOTIFY: what a number shows, told to everybody who watches it in one go.
 *
 * The document is written once and gets its first lines, which differ (version and address), per watcher.  To
 * one watcher at most one NOTIFY is on its way: news that comes meanwhile waits for its answer and goes out as
 * what is true by then.  A watcher that refuses or does not answer is over; only watches_second() takes it
 * away, because an answer may come inside our own call.
 */
#include "watches.h"

#include <pjsua-lib/pjsua_internal.h>

enum { BODY_MAX = 2048, HEAD_MAX = 512, ESCAPED_MAX = 6 * NAME_LEN };

static const char *const types[] = {
    "application/dialog-info+xml", "application/pidf+xml", "application/simple-message-summary",
};

const char *package_type(enum package package)
{
    return types[package];
}

/* -- documents ----------------------------------------------------------------------------------- */

static void escape(const char *text, char out[ESCAPED_MAX])
{
    static const struct {
        char letter;
        const char *as;
    } table[] = { { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" }, { '"', "&quot;" }, { '\'', "&apos;" } };
    char *at = out;

    for (; *text; text++) {
        size_t row = 0;

        while (row < PJ_ARRAY_SIZE(table) && table[row].letter != *text)
            row++;
        if (row == PJ_ARRAY_SIZE(table))
            *at++ = *text;
        else
            at = stpcpy(at, table[row].as);
    }
    *at = 0;
}

/* One dialog element, even where there is no dialog: some phones leave the lamp as it was without it. */
static void write_dialog(const struct shown *shown, const char *host, char body[BODY_MAX])
{
    static const char *const states[] = { "terminated", "early", "confirmed", "confirmed" };
    const char *party = shown->party[0] ? shown->party : "anonymous";
    char name[ESCAPED_MAX], remote[BODY_MAX / 2] = "", held[BODY_MAX / 4] = "";

    escape(shown->name, name);
    if (shown->state != IDLE && (shown->party[0] || name[0]))
        snprintf(remote, sizeof remote, "<remote><identity display=\"%s\">sip:%s@%s</identity>"
                 "<target uri=\"sip:%s@%s\"/></remote>", name[0] ? name : party, party, host, party, host);
    if (shown->state == HELD)
        snprintf(held, sizeof held, "<local><target uri=\"sip:%s@%s\">"
                 "<param pname=\"+sip.rendering\" pvalue=\"no\"/></target></local>", shown->number, host);
    snprintf(body, BODY_MAX, "<dialog id=\"%s\"%s><state>%s</state>%s%s</dialog>\r\n</dialog-info>\r\n",
             shown->number, shown->state == RINGING ? " direction=\"recipient\"" : "",
             states[shown->state], held, remote);
}

static bool reachable(const char *number)
{
    const struct binding *unused[CONTACTS_MAX];

    return !account_find(number, strlen(number)) || bindings_of(number, unused) > 0;
}

static void write_presence(const struct shown *shown, const char *host, char body[BODY_MAX])
{
    bool open = reachable(shown->number), busy = shown->state != IDLE;

    (void)host;
    snprintf(body, BODY_MAX, "<tuple id=\"t\"><status><basic>%s</basic></status></tuple>\r\n"
             "<dm:person id=\"p\"><rpid:activities>%s</rpid:activities>%s</dm:person>\r\n</presence>\r\n",
             open ? "open" : "closed", open && busy ? "<rpid:on-the-phone/>" : "",
             !open ? "" : busy ? "<dm:note>On the phone</dm:note>" : "<dm:note>Ready</dm:note>");
}

static void write_messages(const struct shown *shown, const char *host, char body[BODY_MAX])
{
    (void)host;
    snprintf(body, BODY_MAX, "Voice-Message: %d/%d (0/0)\r\n", shown->fresh, shown->old);
}

static void write_body(const struct watch *watch, char body[BODY_MAX])
{
    static void (*const writers[])(const struct shown *, const char *, char *) = {
        write_dialog, write_presence, write_messages,
    };

    writers[watch->package](watch->shown, watch->host, body);
}

static void write_head(const struct watch *watch, char head[HEAD_MAX])
{
    const char *number = watch->shown->number;

    switch (watch->package) {
    case DIALOG:
        snprintf(head, HEAD_MAX, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                 "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"%u\" state=\"full\" "
                 "entity=\"sip:%s@%s\">\r\n", watch->version, number, watch->host);
        break;
    case PRESENCE:
        snprintf(head, HEAD_MAX, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                 "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
                 "xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
                 "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"sip:%s@%s\">\r\n", number,
                 watch->host);
        break;
    default:
        snprintf(head, HEAD_MAX, "Messages-Waiting: %s\r\nMessage-Account: sip:%s@%s\r\n",
                 watch->shown->fresh ? "yes" : "no", number, watch->host);
    }
}

/* -- one NOTIFY ---------------------------------------------------------------------------------- */

void watch_contact(const struct watch *watch, char text[CONTACT_LEN])
{
    const char *type = strchr(watch->peer.source, ';') + 1;
    bool udp = strcmp(type, "udp") == 0;

    snprintf(text, CONTACT_LEN, "<sip:%s@%s%s%s>", watch->shown->number, watch->peer.local,
             udp ? "" : ";transport=", udp ? "" : type);
}

static void add(pjsip_tx_data *tdata, const char *name, const char *value)
{
    pj_str_t n = pj_str((char *)name), v = pj_str((char *)value);

    pjsip_msg_add_hdr(tdata->msg, (pjsip_hdr *)pjsip_generic_string_hdr_create(tdata->pool, &n, &v));
}

/* A route set turns around at the callee's side, and here we are the callee: it stays as it came. */
static void add_routes(pjsip_tx_data *tdata, const char *routes)
{
    for (const char *end; (end = strchr(routes, ',')); routes = end + 1) {
        pj_str_t text = { (char *)routes, end - routes }, copy;
        pj_str_t name = pj_str("Route");

        pj_strdup_with_null(tdata->pool, &copy, &text);
        pjsip_msg_add_hdr(tdata->msg, pjsip_parse_hdr(tdata->pool, &name, copy.ptr, (pj_size_t)copy.slen, NULL));
    }
}

static void add_state(pjsip_tx_data *tdata, const struct watch *watch)
{
    int left = (int)PJ_MAX(0, (watch->ends_ms - boottime_ms()) / 1000);
    char text[48];

    if (watch->ended)
        strcpy(text, "terminated;reason=timeout");
    else
        snprintf(text, sizeof text, "active;expires=%d", left);
    add(tdata, "Subscription-State", text);
}

static void add_body(pjsip_tx_data *tdata, const struct watch *watch, const char *tail)
{
    char body[HEAD_MAX + BODY_MAX];
    const char *subtype = strchr(types[watch->package], '/') + 1;
    pj_str_t type = pj_str("application"), sub = pj_str((char *)subtype), text;

    write_head(watch, body);
    strcat(body, tail);
    text = pj_str(body);
    tdata->msg->body = pjsip_msg_body_create(tdata->pool, &type, &sub, &text);
}

static pjsip_tx_data *request(struct watch *watch)
{
    static const pjsip_method method = { PJSIP_OTHER_METHOD, { "NOTIFY", 6 } };
    pj_str_t target = pj_str((char *)watch->contact), us = pj_str((char *)watch->us), contact;
    pj_str_t them = pj_str((char *)watch->them), call_id = pj_str((char *)watch->call_id);
    char text[CONTACT_LEN];
    pjsip_tx_data *tdata;

    watch_contact(watch, text);
    contact = pj_str(text);
    if (pjsip_endpt_create_request(pjsua_var.endpt, &method, &target, &us, &them, &contact, &call_id,
                                   (int)++watch->our_cseq, NULL, &tdata) != PJ_SUCCESS)
        return NULL;
    pj_strdup2(tdata->pool, &PJSIP_MSG_FROM_HDR(tdata->msg)->tag, watch->our_tag);
    pj_strdup2(tdata->pool, &PJSIP_MSG_TO_HDR(tdata->msg)->tag, watch->their_tag);
    return tdata;
}

/* RFC 6665 lets a watcher's stumble pass; but one that is out of memory or gone must not be told for ever. */
static void on_answer(void *token, pjsip_event *event)
{
    struct watch *watch = watch_find((unsigned)(intptr_t)token);
    int code = event->body.tsx_state.tsx->status_code;

    if (!watch)
        return;
    watch->busy = false;
    if (code / 100 != 2 || watch->ended)
        watch->gone = true;
    else if (watch->again)
        notify_watch(watch);
}

static void tell(struct watch *watch, const char *tail)
{
    pjsip_tx_data *tdata;

    watch->again = watch->busy;
    if (watch->busy)
        return;
    tdata = request(watch);
    if (!tdata) {
        watch->gone = true;
        return;
    }
    add_routes(tdata, watch->routes);
    add(tdata, "Event", package_name(watch->package));
    add_state(tdata, watch);
    add_body(tdata, watch, tail);
    watch->version++;
    watch->busy = true;
    if (!peer_send(tdata, &watch->peer, (intptr_t)watch->number, on_answer))
        watch->gone = true;
}

void notify_watch(struct watch *watch)
{
    char tail[BODY_MAX];

    write_body(watch, tail);
    tell(watch, tail);
}

int notify_all(struct shown *shown, unsigned packages)
{
    char tails[PACKAGES][BODY_MAX];
    const char *hosts[PACKAGES] = { "", "", "" };    /* that each tail was written for */
    int told = 0;

    for (struct watch *each = shown->first; each; each = each->next) {
        if (!(packages & 1u << each->package) || each->ended || each->gone)
            continue;
        if (strcmp(hosts[each->package], each->host)) {
            hosts[each->package] = each->host;
            write_body(each, tails[each->package]);
        }
        tell(each, tails[each->package]);
        told++;
    }
    return told;
}
