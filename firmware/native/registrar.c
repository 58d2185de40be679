/* REGISTER (RFC 3261 section 10.3) for an asker already authenticated.
 *
 * First every contact is judged, then the table is changed: a refused request changes nothing.  Python
 * hears ("registered", account, n) when the set of contacts changes, not when one is refreshed.  With
 * each contact goes the address the request really came from; a phone behind NAT is reached there and
 * not where it believes to be.  A phone that names its instance (RFC 5626) replaces what it had.  q values,
 * Path and GRUU are not used: forking is routing's business.
 */
#include "native.h"

enum { RETRY_AFTER_S = 60, EXPIRY_MAX_S = 24 * 3600 };

static unsigned shortest_s = 60, longest_s = 3600;

/* What one Contact asks for; `expires` 0 removes. */
struct wish {
    char contact[CONTACT_LEN], uri[CONTACT_LEN];
    unsigned char instance[32];
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

static unsigned most(const struct account *who)
{
    return who->expires ? PJ_MIN(PJ_MAX(who->expires, shortest_s), longest_s) : longest_s;
}

static unsigned expires_of(const struct request *request, const pjsip_contact_hdr *contact)
{
    const pjsip_expires_hdr *header = pjsip_msg_find_hdr(request->rdata->msg_info.msg, PJSIP_H_EXPIRES, NULL);
    unsigned longest = most(request->who);

    if (contact && contact->expires != PJSIP_EXPIRES_NOT_SPECIFIED)
        return PJ_MIN(contact->expires, longest);
    return header ? PJ_MIN((unsigned)header->ivalue, longest) : longest;
}

PyObject *py_set_expiry(PyObject *self, PyObject *args)
{
    int shortest, longest;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &shortest, &longest))
        return NULL;
    if (shortest < 1 || longest < shortest || longest > EXPIRY_MAX_S)
        return PyErr_Format(PyExc_ValueError, "a registration lasts from 1 second to a day");
    shortest_s = (unsigned)shortest, longest_s = (unsigned)longest;
    Py_RETURN_NONE;
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

static bool print(const pjsip_uri *uri, char text[CONTACT_LEN])
{
    int length = pjsip_uri_print(PJSIP_URI_IN_CONTACT_HDR, uri, text, CONTACT_LEN - 1);

    if (length <= 0)
        return false;                        /* too long: never cut a URI */
    text[length] = 0;
    return plain_text(text, CONTACT_LEN, "<>\"");
}

/* One phone, and one of its connections where it keeps several. */
static void note_instance(const pjsip_contact_hdr *contact, unsigned char out[32])
{
    static const pj_str_t instance = { "+sip.instance", 13 }, reg_id = { "reg-id", 6 };
    const pjsip_param *which = pjsip_param_find(&contact->other_param, &instance);
    const pjsip_param *flow = pjsip_param_find(&contact->other_param, &reg_id);
    char text[300];
    int length;

    memset(out, 0, 32);
    if (!which || which->value.slen == 0 || which->value.slen > 200)
        return;
    length = snprintf(text, sizeof text, "%.*s;%.*s", (int)which->value.slen, which->value.ptr,
                      flow ? (int)PJ_MIN(flow->value.slen, 16) : 0, flow ? flow->value.ptr : "");
    sha256_of(text, (size_t)length, out);
}

static int judge_contact(struct request *request, const pjsip_contact_hdr *contact)
{
    struct wish *wish = &request->wish[request->wishes];
    pjsip_uri *uri = contact->uri ? pjsip_uri_get_uri(contact->uri) : NULL;

    if (!uri || !callable(uri) || request->wishes == request->who->contacts || !print(uri, wish->contact))
        return 400;
    peer_latch(request->rdata, (pjsip_sip_uri *)uri);
    if (!print(uri, wish->uri))
        return 400;
    note_instance(contact, wish->instance);
    wish->expires = expires_of(request, contact);
    request->wishes++;
    return wish->expires > 0 && wish->expires < shortest_s ? 423 : 0;
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
    return count == 1 && expires_of(request, NULL) == 0 ? 0 : 400;
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

/* Printable, or nothing: it is shown on pages. */
static void note_agent(const pjsip_msg *msg, char agent[AGENT_LEN])
{
    static const pj_str_t name = { "User-Agent", 10 };
    const pjsip_generic_string_hdr *header = pjsip_msg_find_hdr_by_name(msg, &name, NULL);
    int length = header ? (int)PJ_MIN(header->hvalue.slen, AGENT_LEN - 1) : 0;

    for (int i = 0; i < length; i++)
        agent[i] = header->hvalue.ptr[i] >= ' ' && header->hvalue.ptr[i] <= '~' ? header->hvalue.ptr[i] : '?';
    agent[length] = 0;
}

static bool add(const struct request *request, const struct wish *wish)
{
    struct binding binding;

    memset(&binding, 0, sizeof binding);
    binding.cseq = (uint32_t)request->rdata->msg_info.cseq->cseq;
    binding.expires_ms = boottime_ms() + wish->expires * 1000LL;
    binding.mark = request->who->mark;
    memcpy(binding.call_id, request->call_id, sizeof binding.call_id);
    memcpy(binding.instance, wish->instance, sizeof binding.instance);
    memcpy(binding.account, request->who->user, sizeof binding.account);
    memcpy(binding.contact, wish->contact, strlen(wish->contact));
    memcpy(binding.uri, wish->uri, strlen(wish->uri));
    note_agent(request->rdata->msg_info.msg, binding.agent);
    peer_of(request->rdata, &binding.peer);
    probe_connection(request->rdata);
    return bindings_put(&binding, request->who->contacts);
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
    int count = bindings_live(user, list);
    unsigned char digest[32];
    uint64_t sum = 0, part;

    for (int i = 0; i < count; i++) {
        sha256_of(list[i]->uri, strlen(list[i]->uri), digest);
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

    if (set_of(request->who->user) != before) {
        event_registered(request->who->user, bindings_live(request->who->user, list));
        watches_reachable(request->who->user);
    }
    return applied ? 200 : 503;
}

/* -- answering --------------------------------------------------------------------------------- */

static int left_s(const struct binding *binding)
{
    return (int)PJ_MAX(0, (binding->expires_ms - boottime_ms() + 999) / 1000);
}

static void add_contacts(const char *user, pj_pool_t *pool, pjsip_hdr *headers)
{
    const struct binding *list[CONTACTS_MAX];
    int count = bindings_of(user, list);

    for (int i = 0; i < count; i++) {
        pj_str_t name = pj_str("Contact"), value;
        char text[CONTACT_LEN + 32];

        snprintf(text, sizeof text, "<%s>;expires=%d", list[i]->contact, left_s(list[i]));
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
        pj_list_push_back(&headers, pjsip_min_expires_hdr_create(pool, shortest_s));
    else if (code == 503)
        pj_list_push_back(&headers, pjsip_retry_after_hdr_create(pool, RETRY_AFTER_S));
    answer_stateful(rdata, code, &headers);
}

/* -- Python ------------------------------------------------------------------------------------- */

static PyObject *as_contact(const struct binding *binding)
{
    return Py_BuildValue("(ssi)", binding->uri, binding->peer.source, left_s(binding));
}

static PyObject *as_registration(const struct binding *binding)
{
    return Py_BuildValue("(ssissN)", binding->uri, binding->peer.source, left_s(binding), binding->contact,
                         binding->agent, PyBool_FromLong(!binding_silent(binding)));
}

static PyObject *list_of(const struct binding *list[], int count, PyObject *(*as)(const struct binding *))
{
    PyObject *result = PyList_New(count);

    for (int i = 0; result && i < count; i++) {
        PyObject *item = as(list[i]);

        if (!item)
            Py_CLEAR(result);
        else
            PyList_SET_ITEM(result, i, item);
    }
    return result;
}

PyObject *py_contacts(PyObject *self, PyObject *args)
{
    const struct binding *list[CONTACTS_MAX];
    const char *account;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &account))
        return NULL;
    return list_of(list, bindings_live(account, list), as_contact);
}

PyObject *py_registrations(PyObject *self, PyObject *args)
{
    const struct binding *list[CONTACTS_MAX];
    const char *account;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &account))
        return NULL;
    return list_of(list, bindings_of(account, list), as_registration);
}

PyObject *py_unregister(PyObject *self, PyObject *args)
{
    const struct binding *list[CONTACTS_MAX];
    const char *account;
    int count;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &account))
        return NULL;
    count = bindings_of(account, list);
    if (count) {
        remove_all(account);
        event_registered(account, 0);
        watches_reachable(account);
    }
    return PyLong_FromLong(count);
}
