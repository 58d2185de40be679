/* REGISTER (RFC 3261 section 10.3) for an asker already authenticated.
 *
 * First every contact is judged, then the table is changed: a refused request changes nothing.  Python
 * hears ("registered", account, n) when the set of contacts changes, not when one is refreshed.  With
 * each contact goes the address the request really came from; a phone behind NAT is reached there and
 * not where it believes to be.  q values, Path and GRUU are not used: forking is routing's business.
 */
#include "native.h"

enum { EXPIRES_MIN = 60, EXPIRES_MAX = 3600, RETRY_AFTER_S = 60 };

/* What one Contact asks for; `expires` 0 removes. */
struct wish {
    char contact[CONTACT_LEN];
    unsigned expires;
};

struct request {
    pjsip_rx_data *rdata;
    const struct account *who;
    unsigned char call_id[32];
    struct wish wish[CONTACTS_MAX];
    int wishes;
    bool all_away;                           /* Contact: * */
};

static unsigned expires_of(const pjsip_contact_hdr *contact, const pjsip_msg *msg)
{
    const pjsip_expires_hdr *header = pjsip_msg_find_hdr(msg, PJSIP_H_EXPIRES, NULL);

    if (contact && contact->expires != PJSIP_EXPIRES_NOT_SPECIFIED)
        return PJ_MIN(contact->expires, EXPIRES_MAX);
    return header ? PJ_MIN((unsigned)header->ivalue, EXPIRES_MAX) : EXPIRES_MAX;
}

/* -- judging: each gives 0 or the status code to refuse with ------------------------------------- */

/* A name would have to be looked up at every call, and whoever owns it could send our calls anywhere;
 * maddr is another host by which the URI is reached. */
static bool callable(const pjsip_uri *uri)
{
    const pjsip_sip_uri *sip = (const pjsip_sip_uri *)uri;

    return (PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) &&
           host_callable(&sip->host) && sip->maddr_param.slen == 0;
}

static int judge_contact(struct request *request, const pjsip_contact_hdr *contact)
{
    struct wish *wish = &request->wish[request->wishes];
    const pjsip_uri *uri = contact->uri ? pjsip_uri_get_uri(contact->uri) : NULL;
    int length;

    if (!uri || !callable(uri) || request->wishes == CONTACTS_MAX)
        return 400;
    length = pjsip_uri_print(PJSIP_URI_IN_CONTACT_HDR, uri, wish->contact, CONTACT_LEN - 1);
    if (length <= 0)
        return 400;                          /* too long: never cut a URI */
    wish->contact[length] = 0;
    if (!plain_text(wish->contact, CONTACT_LEN, "<>\""))
        return 400;
    wish->expires = expires_of(contact, request->rdata->msg_info.msg);
    request->wishes++;
    return wish->expires > 0 && wish->expires < EXPIRES_MIN ? 423 : 0;
}

static int judge_contacts(struct request *request)
{
    const pjsip_msg *msg = request->rdata->msg_info.msg;
    const pjsip_contact_hdr *contact = pjsip_msg_find_hdr(msg, PJSIP_H_CONTACT, NULL);
    int count = 0, code = 0;

    for (; contact && !code; count++) {
        request->all_away = request->all_away || contact->star;
        if (!contact->star)
            code = judge_contact(request, contact);
        contact = pjsip_msg_find_hdr(msg, PJSIP_H_CONTACT, contact->next);
    }
    if (code || !request->all_away)
        return code;
    return count == 1 && expires_of(NULL, msg) == 0 ? 0 : 400;
}

/* An older request of the same phone, overtaken by a newer one, must not undo it. */
static bool outdated(const struct request *request)
{
    const struct binding *list[CONTACTS_MAX];
    int count = bindings_of(request->who->user, list);
    uint32_t cseq = (uint32_t)request->rdata->msg_info.cseq->cseq;

    for (int i = 0; i < count; i++)
        if (memcmp(list[i]->call_id, request->call_id, sizeof request->call_id) == 0 &&
            cseq <= list[i]->cseq)
            return true;
    return false;
}

static int judge(struct request *request)
{
    const pjsip_rx_data *rdata = request->rdata;
    const pjsip_uri *to = pjsip_uri_get_uri(rdata->msg_info.to->uri);
    int code;

    if (!PJSIP_URI_SCHEME_IS_SIP(to) && !PJSIP_URI_SCHEME_IS_SIPS(to))
        return 400;
    if (pj_strcmp2(&((const pjsip_sip_uri *)to)->user, request->who->user))
        return 403;                          /* own password, somebody else's address */
    code = judge_contacts(request);
    if (code)
        return code;
    return (request->wishes || request->all_away) && outdated(request) ? 500 : 0;
}

/* -- doing ------------------------------------------------------------------------------------- */

static void source_of(const pjsip_rx_data *rdata, char source[SOURCE_LEN])
{
    pjsip_transport_type_e type = rdata->tp_info.transport->key.type;
    bool v6 = type & PJSIP_TRANSPORT_IPV6;
    char name[8];

    snprintf(name, sizeof name, "%s", pjsip_transport_get_type_name(type & ~PJSIP_TRANSPORT_IPV6));
    for (char *at = name; *at; at++)
        *at = (char)pj_tolower(*at);
    snprintf(source, SOURCE_LEN, v6 ? "[%s]:%d;%s" : "%s:%d;%s", rdata->pkt_info.src_name,
             rdata->pkt_info.src_port, name);
}

static bool add(const struct request *request, const struct wish *wish)
{
    struct binding binding;

    memset(&binding, 0, sizeof binding);
    binding.cseq = (uint32_t)request->rdata->msg_info.cseq->cseq;
    binding.expires_ms = boottime_ms() + wish->expires * 1000LL;
    binding.mark = request->who->mark;
    memcpy(binding.call_id, request->call_id, sizeof binding.call_id);
    memcpy(binding.account, request->who->user, sizeof binding.account);
    memcpy(binding.contact, wish->contact, strlen(wish->contact));
    source_of(request->rdata, binding.source);
    return bindings_put(&binding);
}

static void remove_all(const char *user)
{
    const struct binding *list[CONTACTS_MAX];
    int count = bindings_of(user, list);

    while (count--)
        bindings_remove(user, list[count]->contact);
}

static bool apply(const struct request *request)
{
    if (request->all_away)
        remove_all(request->who->user);
    for (int i = 0; i < request->wishes; i++) {
        const struct wish *wish = &request->wish[i];

        if (wish->expires == 0)
            bindings_remove(request->who->user, wish->contact);
        else if (!add(request, wish))
            return false;
    }
    return true;
}

/* A sum that any other set of contacts does not have: of what identifies each, in any order. */
static uint64_t set_of(const char *user)
{
    const struct binding *list[CONTACTS_MAX];
    int count = bindings_of(user, list);
    unsigned char digest[32];
    uint64_t sum = 0, part;

    for (int i = 0; i < count; i++) {
        sha256_of(list[i]->contact, strlen(list[i]->contact), digest);
        memcpy(&part, digest, sizeof part);
        sum += part;
    }
    return sum;
}

static int change(const struct request *request)
{
    const struct binding *list[CONTACTS_MAX];
    uint64_t before = set_of(request->who->user);
    bool applied = apply(request);

    if (set_of(request->who->user) != before)
        event_registered(request->who->user, bindings_of(request->who->user, list));
    return applied ? 200 : 503;
}

/* -- answering --------------------------------------------------------------------------------- */

static void add_contacts(const char *user, pj_pool_t *pool, pjsip_hdr *headers)
{
    const struct binding *list[CONTACTS_MAX];
    int count = bindings_of(user, list);
    int64_t now = boottime_ms();

    for (int i = 0; i < count; i++) {
        pj_str_t name = pj_str("Contact"), value;
        char text[CONTACT_LEN + 32];

        snprintf(text, sizeof text, "<%s>;expires=%d", list[i]->contact,
                 (int)PJ_MAX(0, (list[i]->expires_ms - now + 999) / 1000));
        pj_strdup2(pool, &value, text);
        pj_list_push_back(headers, pjsip_generic_string_hdr_create(pool, &name, &value));
    }
}

void registrar_serve(pjsip_rx_data *rdata, const struct account *who)
{
    struct request request = { .rdata = rdata, .who = who };
    const pj_str_t *call_id = &rdata->msg_info.cid->id;
    pj_pool_t *pool = rdata->tp_info.pool;
    pjsip_hdr headers;
    int code;

    pj_list_init(&headers);
    sha256_of(call_id->ptr, (size_t)call_id->slen, request.call_id);
    code = judge(&request);
    if (code == 0)
        code = change(&request);
    if (code == 200)
        add_contacts(who->user, pool, &headers);
    else if (code == 423)
        pj_list_push_back(&headers, pjsip_min_expires_hdr_create(pool, EXPIRES_MIN));
    else if (code == 503)
        pj_list_push_back(&headers, pjsip_retry_after_hdr_create(pool, RETRY_AFTER_S));
    answer_stateful(rdata, code, &headers);
}

PyObject *py_contacts(PyObject *self, PyObject *args)
{
    const struct binding *list[CONTACTS_MAX];
    const char *account;
    PyObject *result;
    int count;
    int64_t now = boottime_ms();

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &account))
        return NULL;
    count = bindings_of(account, list);
    result = PyList_New(count);
    for (int i = 0; result && i < count; i++) {
        int left = (int)PJ_MAX(0, (list[i]->expires_ms - now + 999) / 1000);
        PyObject *item = Py_BuildValue("(ssi)", list[i]->contact, list[i]->source, left);

        if (!item)
            Py_CLEAR(result);
        else
            PyList_SET_ITEM(result, i, item);
    }
    return result;
}
