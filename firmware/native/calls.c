/* What pjsua does for every call, with our hand on it: which account takes it, what its SDP offers, and
 * which callbacks Python is spared.
 *
 * Codecs and keys are chosen per far end, while pjsua knows one order for all: the SDP is cut to the far
 * end's own list, in its order, when pjsua has made it and nobody has seen it.  pjsua2 hands every change of
 * a transaction or a stream to Python, as text; for what nobody listens to that is most of a call's cost.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

enum { CODECS_MAX = 8, CODEC_LEN = 16, PROFILES_MAX = 256, ANY_MODE = 0 };

struct speech {
    char name[FAR_END_LEN];                  /* account or trunk */
    char codec[CODECS_MAX][CODEC_LEN];       /* "": no more */
    bool events;                             /* keys as telephone-event (RFC 4733) */
    int srtp;                                /* of calls that it makes: index into the caller's modes */
};
struct profile {
    const void *listener;                    /* transport, or factory of connections */
    int srtp, account;
};

static struct speech *speeches;              /* sorted by name */
static size_t speech_count;
static struct profile profiles[PROFILES_MAX];
static size_t profile_count;
static struct speech outgoing;               /* of the call that Python is about to make */
static struct speech of_call[PJSUA_MAX_CALLS];
static bool known[PJSUA_MAX_CALLS];
static void (*next_on_call_state)(pjsua_call_id call, pjsip_event *event);
static const struct speech plain = { .codec = { "PCMA", "PCMU", "G722", "opus", "GSM" }, .events = true };

static int by_name(const void *one, const void *other)
{
    return strcmp(((const struct speech *)one)->name, ((const struct speech *)other)->name);
}

static const struct speech *speech_of(const char *name)
{
    struct speech key;
    const struct speech *found;

    if (!name[0] || strlen(name) >= sizeof key.name)
        return &plain;
    strcpy(key.name, name);
    found = bsearch(&key, speeches, speech_count, sizeof key, by_name);
    return found ? found : &plain;
}

/* -- which account ------------------------------------------------------------------------------ */

/* By where the call arrived, never by what its headers say. */
static void on_find_account(const pjsip_rx_data *rdata, pjsua_acc_id *account)
{
    const pjsip_transport *transport = rdata->tp_info.transport;
    const void *listener = transport->factory ? (const void *)transport->factory : transport;
    int srtp = speech_of(offer_caller())->srtp;

    for (size_t i = 0; i < profile_count; i++)
        if (profiles[i].listener == listener && (profiles[i].srtp == srtp || profiles[i].srtp == ANY_MODE)) {
            *account = profiles[i].account;
            if (profiles[i].srtp == srtp)
                return;
        }
}

PyObject *py_set_profiles(PyObject *self, PyObject *args)
{
    PyObject *sequence, *fast;
    Py_ssize_t count;

    (void)self;
    if (!PyArg_ParseTuple(args, "O", &sequence) || !engine_ready())
        return NULL;
    fast = PySequence_Fast(sequence, "profiles is a sequence");
    if (!fast)
        return NULL;
    count = PySequence_Fast_GET_SIZE(fast);
    profile_count = 0;
    for (Py_ssize_t i = 0; i < count && profile_count < PROFILES_MAX; i++) {
        struct profile *made = &profiles[profile_count];
        int id;

        if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(fast, i), "iii", &id, &made->srtp, &made->account))
            break;
        if (id < 0 || id >= (int)PJ_ARRAY_SIZE(pjsua_var.tpdata) || !pjsua_var.tpdata[id].data.ptr) {
            PyErr_Format(PyExc_ValueError, "there is no transport %d", id);
            break;
        }
        made->listener = pjsua_var.tpdata[id].data.ptr;
        profile_count++;
    }
    Py_DECREF(fast);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* -- what it offers ------------------------------------------------------------------------------ */

static bool fill(struct speech *speech, PyObject *item)
{
    const char *name, *codecs;
    int events, n = 0;
    char copy[CODECS_MAX * CODEC_LEN], *rest = copy, *word;

    if (!PyArg_ParseTuple(item, "sspi", &name, &codecs, &events, &speech->srtp))
        return false;
    if (strlen(name) >= sizeof speech->name || strlen(codecs) >= sizeof copy) {
        PyErr_SetString(PyExc_ValueError, "a name or a list of codecs is too long");
        return false;
    }
    strcpy(speech->name, name);
    strcpy(copy, codecs);
    while ((word = strsep(&rest, " ")) && n < CODECS_MAX)
        if (word[0] && strlen(word) < CODEC_LEN)
            strcpy(speech->codec[n++], word);
    speech->events = events;
    return true;
}

PyObject *py_set_speech(PyObject *self, PyObject *args)
{
    PyObject *sequence, *fast;
    struct speech *made;
    Py_ssize_t count;

    (void)self;
    if (!PyArg_ParseTuple(args, "O", &sequence))
        return NULL;
    fast = PySequence_Fast(sequence, "speech is a sequence");
    if (!fast)
        return NULL;
    count = PySequence_Fast_GET_SIZE(fast);
    made = calloc((size_t)count + 1, sizeof *made);
    for (Py_ssize_t i = 0; made && i < count; i++)
        if (!fill(&made[i], PySequence_Fast_GET_ITEM(fast, i))) {
            free(made);
            Py_DECREF(fast);
            return NULL;
        }
    Py_DECREF(fast);
    if (!made)
        return PyErr_NoMemory();
    qsort(made, (size_t)count, sizeof *made, by_name);
    free(speeches);
    speeches = made;
    speech_count = (size_t)count;
    Py_RETURN_NONE;
}

/* The next makeCall is to this far end. */
PyObject *py_speak_to(PyObject *self, PyObject *args)
{
    const char *name;

    (void)self;
    if (!PyArg_ParseTuple(args, "s", &name))
        return NULL;
    outgoing = *speech_of(name);
    Py_RETURN_NONE;
}

/* The call that is being told of is with this far end; one that came in without SDP gets ours later. */
PyObject *py_speak_in(PyObject *self, PyObject *args)
{
    const char *name;
    int call;

    (void)self;
    if (!PyArg_ParseTuple(args, "is", &call, &name))
        return NULL;
    if (call < 0 || call >= PJSUA_MAX_CALLS)
        return PyErr_Format(PyExc_ValueError, "there is no call %d", call);
    of_call[call] = *speech_of(name);
    known[call] = true;
    Py_RETURN_NONE;
}

static const struct speech *speech_of_call(pjsua_call_id call)
{
    if (!known[call]) {
        of_call[call] = pjsua_var.calls[call].incoming_data ? *speech_of(offer_caller()) : outgoing;
        known[call] = true;
    }
    return &of_call[call];
}

/* The codec's name of a payload type: "PCMA", "telephone-event"; empty when the SDP does not say. */
static pj_str_t encoding(const pjmedia_sdp_media *media, const pj_str_t *format)
{
    static const pj_str_t none = { "", 0 };
    const pjmedia_sdp_attr *attr = pjmedia_sdp_media_find_attr2(media, "rtpmap", format);
    pjmedia_sdp_rtpmap map;

    return attr && pjmedia_sdp_attr_get_rtpmap(attr, &map) == PJ_SUCCESS ? map.enc_name : none;
}

static int rank(const struct speech *speech, pj_str_t name)
{
    if (pj_stricmp2(&name, "telephone-event") == 0)
        return speech->events ? CODECS_MAX : -1;
    for (int i = 0; i < CODECS_MAX && speech->codec[i][0]; i++)
        if (pj_stricmp2(&name, speech->codec[i]) == 0)
            return i;
    return -1;
}

static void drop_format(pjmedia_sdp_media *media, const pj_str_t *format)
{
    pjmedia_sdp_attr *attr;

    while ((attr = pjmedia_sdp_media_find_attr2(media, "rtpmap", format)) ||
           (attr = pjmedia_sdp_media_find_attr2(media, "fmtp", format)))
        pjmedia_sdp_media_remove_attr(media, attr);
}

static void cut(const struct speech *speech, pjmedia_sdp_media *media)
{
    pj_str_t kept[PJMEDIA_MAX_SDP_FMT], dropped[PJMEDIA_MAX_SDP_FMT];
    unsigned count = 0, codecs = 0, lost = 0;

    for (int wanted = 0; wanted <= CODECS_MAX; wanted++)
        for (unsigned i = 0; i < media->desc.fmt_count; i++)
            if (rank(speech, encoding(media, &media->desc.fmt[i])) == wanted) {
                kept[count++] = media->desc.fmt[i];
                codecs += wanted < CODECS_MAX;
            }
    if (codecs == 0)
        return;                              /* nothing of the list was built in: better any than none */
    for (unsigned i = 0; i < media->desc.fmt_count; i++)
        if (rank(speech, encoding(media, &media->desc.fmt[i])) < 0)
            dropped[lost++] = media->desc.fmt[i];
    for (unsigned i = 0; i < lost; i++)
        drop_format(media, &dropped[i]);
    memcpy(media->desc.fmt, kept, count * sizeof *kept);
    media->desc.fmt_count = count;
}

static void on_sdp(pjsua_call_id call, pjmedia_sdp_session *sdp, pj_pool_t *pool,
                   const pjmedia_sdp_session *theirs)
{
    const pjsip_inv_session *session = pjsua_var.calls[call].inv;

    (void)pool;
    if (theirs && session && session->neg)   /* the far end's own order, not that of whoever offers */
        pjmedia_sdp_neg_set_prefer_remote_codec_order(session->neg, PJ_FALSE);
    for (unsigned i = 0; i < sdp->media_count; i++)
        if (pj_stricmp2(&sdp->media[i]->desc.media, "audio") == 0 && sdp->media[i]->desc.port)
            cut(speech_of_call(call), sdp->media[i]);
}

/* -- how it goes ---------------------------------------------------------------------------------- */

/* Has anything come back at all, be it 100 Trying? */
PyObject *py_call_heard_of(PyObject *self, PyObject *args)
{
    const pjsip_inv_session *session;
    int call;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &call) || !engine_ready())
        return NULL;
    if (call < 0 || call >= PJSUA_MAX_CALLS)
        Py_RETURN_FALSE;
    session = pjsua_var.calls[call].inv;
    return PyBool_FromLong(session && (session->state > PJSIP_INV_STATE_CALLING ||
                                       (session->invite_tsx && session->invite_tsx->status_code >= 100 &&
                                        session->invite_tsx->status_code < 200)));
}

static void on_call_state(pjsua_call_id call, pjsip_event *event)
{
    const pjsip_inv_session *session = pjsua_var.calls[call].inv;

    if (!session || session->state == PJSIP_INV_STATE_DISCONNECTED)
        known[call] = false;
    else if (session->state != PJSIP_INV_STATE_CONFIRMED &&
             !(session->state == PJSIP_INV_STATE_EARLY && session->role == PJSIP_ROLE_UAC))
        return;                              /* half of all changes, and nobody's news */
    next_on_call_state(call, event);
}

/* Of a pjsua call: (state, last code, status of its audio, slot or -1). */
PyObject *py_call_now(PyObject *self, PyObject *args)
{
    const pjsua_call *call;
    const pjsua_call_media *audio = NULL;
    int id, slot = PJSUA_INVALID_ID;

    (void)self;
    if (!PyArg_ParseTuple(args, "i", &id) || !engine_ready())
        return NULL;
    if (id < 0 || id >= PJSUA_MAX_CALLS)
        return PyErr_Format(PyExc_ValueError, "there is no call %d", id);
    call = &pjsua_var.calls[id];
    for (unsigned i = 0; i < call->med_cnt && !audio; i++)
        if (call->media[i].type == PJMEDIA_TYPE_AUDIO)
            audio = &call->media[i];
    if (audio)
        slot = audio->strm.a.conf_slot;
    return Py_BuildValue("(iiii)", call->inv ? (int)call->inv->state : (int)PJSIP_INV_STATE_DISCONNECTED,
                         call->inv && call->inv->cause ? (int)call->inv->cause : (int)call->last_code,
                         audio ? (int)audio->state : (int)PJSUA_CALL_MEDIA_NONE, slot);
}

bool calls_start(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    callbacks->on_acc_find_for_incoming = on_find_account;
    callbacks->on_call_sdp_created = on_sdp;
    next_on_call_state = callbacks->on_call_state;
    callbacks->on_call_state = on_call_state;
    /* what nobody listens to */
    callbacks->on_call_tsx_state = NULL;
    callbacks->on_dtmf_event = NULL;         /* keys.c and dialogs.c hear them */
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created2 = NULL;
    callbacks->on_stream_destroyed = NULL;
    callbacks->on_call_rx_offer = NULL;
    callbacks->on_call_rx_reinvite = NULL;
    callbacks->on_call_tx_offer = NULL;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_call_media_event = NULL;
    callbacks->on_reg_started = NULL;
    callbacks->on_auth_challenge = NULL;     /* else every challenge waits for an answer from Python */
    callbacks->on_rejected_incoming_call = NULL;
    callbacks->on_transport_state = NULL;
    memset(known, 0, sizeof known);
    return true;
}

void calls_stop(void)
{
    profile_count = 0;
    if (next_on_call_state)
        pjsua_var.ua_cfg.cb.on_call_state = next_on_call_state;
    pjsua_var.ua_cfg.cb.on_acc_find_for_incoming = NULL;
    pjsua_var.ua_cfg.cb.on_call_sdp_created = NULL;
    next_on_call_state = NULL;
}
