/* The INVITE that onIncomingCall is being told of: who calls, whom, from where, in whose place.
 *
 * All of it is noted before pjsua sees the request, and forgotten with the next one; Python asks in the
 * same call stack.  What a trunk asserts about its caller counts before what From says (RFC 3325);
 * nobody else's assertion is read at all.
 */
#include "native.h"
#include "parse.h"

enum { DIVERSIONS_MAX = 4 };

static struct {
    char account[USER_LEN], trunk[USER_LEN], called[USER_LEN];   /* "": none */
    char number[NUMBER_LEN], name[NAME_LEN];
    bool withheld;
    struct {
        char number[NUMBER_LEN], reason[REASON_LEN];
    } diversion[DIVERSIONS_MAX];             /* newest first */
    int diversions;
    int replaced;
} offer = { .replaced = PJSUA_INVALID_ID };

void offer_forget(void)
{
    memset(&offer, 0, sizeof offer);
    offer.replaced = PJSUA_INVALID_ID;
}

/* -- whom ------------------------------------------------------------------------------------- */

/* As pjsip has read it, without %XX: the text that arrived no longer holds it, because pjsip writes
 * what it unescapes over what was there. */
static void note_called(const pjsip_uri *target)
{
    const pjsip_sip_uri *uri = pjsip_uri_get_uri(target);

    if (!(PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)) || uri->user.slen <= 0 ||
        uri->user.slen >= USER_LEN)
        return;
    memcpy(offer.called, uri->user.ptr, (size_t)uri->user.slen);
    offer.called[uri->user.slen] = 0;
    if (strlen(offer.called) != (size_t)uri->user.slen || !plain_text(offer.called, USER_LEN, ""))
        offer.called[0] = 0;
}

/* -- who -------------------------------------------------------------------------------------- */

/* The next header of that name, after `last`; pjsip keeps those it does not know as text. */
static const pjsip_generic_string_hdr *header(const pjsip_msg *msg, const char *name,
                                              const pjsip_generic_string_hdr *last)
{
    pj_str_t wanted = pj_str((char *)name);

    return pjsip_msg_find_hdr_by_name(msg, &wanted, last ? last->next : NULL);
}

static size_t entry(const pj_str_t *value, size_t *at, struct party *party)
{
    size_t used = 0;

    if (*at < (size_t)value->slen)
        used = parse_party(value->ptr + *at, (size_t)value->slen - *at, party);
    *at += used;
    return used;
}

/* The name in From is the caller's own invention: it stays only beside a number that is asserted. */
static void note_caller(const struct party *party)
{
    if (party->name[0] || strcmp(offer.number, party->number))
        strcpy(offer.name, party->anonymous ? "" : party->name);
    strcpy(offer.number, party->anonymous ? "" : party->number);
    offer.withheld = offer.withheld || party->anonymous;
}

/* A chain of carriers may assert a SIP and a tel address; the first that has a number counts. */
static bool note_asserted(const pjsip_msg *msg)
{
    const pjsip_generic_string_hdr *each = NULL;
    struct party party;

    while ((each = header(msg, "P-Asserted-Identity", each)))
        for (size_t at = 0; entry(&each->hvalue, &at, &party);)
            if (party.number[0]) {
                note_caller(&party);
                return true;
            }
    return false;
}

static void note_remote_party(const pjsip_msg *msg)
{
    const pjsip_generic_string_hdr *each = NULL;
    struct party party;
    char value[16];

    while ((each = header(msg, "Remote-Party-ID", each)))
        for (size_t at = 0; entry(&each->hvalue, &at, &party);) {
            if (parse_param(party.params, party.params_length, "party", value, sizeof value) &&
                strcasecmp(value, "calling"))
                continue;
            note_caller(&party);
            if (parse_param(party.params, party.params_length, "privacy", value, sizeof value))
                offer.withheld = offer.withheld || strcasecmp(value, "off");
            return;
        }
}

static void note_from(const pjsip_rx_data *rdata)
{
    char text[PJSIP_MAX_URL_SIZE];
    struct party party;
    int length = pjsip_uri_print(PJSIP_URI_IN_FROMTO_HDR, rdata->msg_info.from->uri, text, sizeof text);

    if (length > 0 && parse_party(text, (size_t)length, &party))
        note_caller(&party);
}

static void note_privacy(const pjsip_msg *msg)
{
    const pjsip_generic_string_hdr *each = NULL;

    while ((each = header(msg, "Privacy", each)))
        offer.withheld = offer.withheld ||
                         parse_word(each->hvalue.ptr, (size_t)each->hvalue.slen, "id") ||
                         parse_word(each->hvalue.ptr, (size_t)each->hvalue.slen, "user") ||
                         parse_word(each->hvalue.ptr, (size_t)each->hvalue.slen, "header");
}

/* -- who sent it on ---------------------------------------------------------------------------- */

static void note_diversion(const char *number, const char *reason)
{
    if (offer.diversions == DIVERSIONS_MAX || !number[0])
        return;
    strcpy(offer.diversion[offer.diversions].number, number);
    snprintf(offer.diversion[offer.diversions++].reason, REASON_LEN, "%s", reason);
}

static void note_diversions(const pjsip_msg *msg)
{
    const pjsip_generic_string_hdr *each = NULL;
    char reason[REASON_LEN];
    struct party party;

    while ((each = header(msg, "Diversion", each)))
        for (size_t at = 0; entry(&each->hvalue, &at, &party);) {
            if (!parse_param(party.params, party.params_length, "reason", reason, sizeof reason) ||
                !plain_text(reason, sizeof reason, "\""))
                reason[0] = 0;
            note_diversion(party.number, reason);
        }
}

/* Each entry says where the call went next (RFC 7044): all but the last sent it on, oldest first. */
static void note_history(const pjsip_msg *msg)
{
    const pjsip_generic_string_hdr *each = NULL;
    struct party went[8];
    int count = 0;

    while ((each = header(msg, "History-Info", each)))
        for (size_t at = 0; count < (int)PJ_ARRAY_SIZE(went) && entry(&each->hvalue, &at, &went[count]);)
            count++;
    for (int i = count - 2; i >= 0; i--) {
        const char *reason = parse_cause(went[i].uri, went[i].uri_length);

        note_diversion(went[i].number, reason[0] ? reason : parse_cause(went[i + 1].uri,
                                                                        went[i + 1].uri_length));
    }
}

void offer_note(const pjsip_rx_data *rdata, const char *account, const char *trunk, int replaced)
{
    const pjsip_msg *msg = rdata->msg_info.msg;

    offer_forget();
    strcpy(offer.account, account);
    strcpy(offer.trunk, trunk);
    offer.replaced = replaced;
    note_called(msg->line.req.uri);
    note_privacy(msg);
    note_from(rdata);
    if (!trunk[0])
        return;
    if (!note_asserted(msg))
        note_remote_party(msg);
    note_diversions(msg);
    if (offer.diversions == 0)
        note_history(msg);
}

const char *offer_caller(void)
{
    static char trunk[FAR_END_LEN];          /* by a name that no extension can have */

    if (offer.account[0] || !offer.trunk[0])
        return offer.account;
    snprintf(trunk, sizeof trunk, "trunk %s", offer.trunk);
    return trunk;
}

const char *offer_called(void)
{
    return offer.called;
}

/* -- Python asks ------------------------------------------------------------------------------- */

static PyObject *text_or_none(const char *text)
{
    if (!text[0])
        Py_RETURN_NONE;
    return PyUnicode_FromString(text);
}

PyObject *py_authenticated(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return text_or_none(offer.account);
}

PyObject *py_trunk(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return text_or_none(offer.trunk);
}

PyObject *py_called(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return text_or_none(offer.called);
}

PyObject *py_replaced(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return PyLong_FromLong(offer.replaced);
}

PyObject *py_identity(PyObject *self, PyObject *none)
{
    PyObject *diversions = PyTuple_New(offer.diversions);

    (void)self, (void)none;
    for (int i = 0; diversions && i < offer.diversions; i++) {
        PyObject *item = Py_BuildValue("(ss)", offer.diversion[i].number, offer.diversion[i].reason);

        if (item)
            PyTuple_SET_ITEM(diversions, i, item);
        else
            Py_CLEAR(diversions);
    }
    return diversions ? Py_BuildValue("(ssNN)", offer.number, offer.name,
                                      PyBool_FromLong(offer.withheld), diversions)
                      : NULL;
}
