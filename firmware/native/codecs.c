/* One codec on both sides of a call, so that it can be relayed and HD stays HD.
 *
 * The called phone has chosen by the time the caller is answered: its codec goes to the front of what we
 * answer, if the caller has offered it.  The others stay behind it, so the answer can only become better.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

/* What a payload type is called and how fast its clock runs; false: the SDP does not say. */
static bool meaning(const pjmedia_sdp_media *media, const pj_str_t *format, pjmedia_sdp_rtpmap *map)
{
    const pjmedia_sdp_attr *attr = pjmedia_sdp_media_find_attr2(media, "rtpmap", format);

    return attr && pjmedia_sdp_attr_get_rtpmap(attr, map) == PJ_SUCCESS;
}

static unsigned place_of(const pjmedia_sdp_media *media, const pjmedia_stream_info *chosen)
{
    pjmedia_sdp_rtpmap map;
    bool half = pj_stricmp2(&chosen->fmt.encoding_name, "G722") == 0;  /* 16 kHz, called 8000 */

    for (unsigned i = 0; i < media->desc.fmt_count; i++)
        if (meaning(media, &media->desc.fmt[i], &map) &&
            pj_stricmp(&map.enc_name, &chosen->fmt.encoding_name) == 0 &&
            (half || map.clock_rate == chosen->fmt.clock_rate))
            return i;
    return 0;
}

static void put_first(pjmedia_sdp_session *ours, const pjmedia_stream_info *chosen)
{
    for (unsigned i = 0; i < ours->media_count; i++) {
        pjmedia_sdp_media *media = ours->media[i];
        unsigned at = pj_stricmp2(&media->desc.media, "audio") ? 0 : place_of(media, chosen);
        pj_str_t wanted = media->desc.fmt[at];

        memmove(&media->desc.fmt[1], &media->desc.fmt[0], at * sizeof wanted);
        media->desc.fmt[0] = wanted;
    }
}

static void answer_like(int caller, int called)
{
    const pjmedia_sdp_session *ours;
    pjmedia_stream_info chosen;
    const pjsua_call_media *media;
    pjmedia_sdp_neg *neg = pjsua_var.calls[caller].inv ? pjsua_var.calls[caller].inv->neg : NULL;

    if (!neg || pjmedia_sdp_neg_get_state(neg) != PJMEDIA_SDP_NEG_STATE_WAIT_NEGO ||
        pjmedia_sdp_neg_get_neg_local(neg, &ours) != PJ_SUCCESS || pjsua_var.calls[called].audio_idx < 0)
        return;                              /* agreed already, for early audio */
    media = &pjsua_var.calls[called].media[pjsua_var.calls[called].audio_idx];
    if (!media->strm.a.stream || pjmedia_stream_get_info(media->strm.a.stream, &chosen) != PJ_SUCCESS)
        return;
    pjmedia_sdp_neg_set_prefer_remote_codec_order(neg, PJ_FALSE);
    put_first((pjmedia_sdp_session *)ours, &chosen);  /* the negotiator's own copy */
}

PyObject *py_answer_like(PyObject *self, PyObject *args)
{
    int caller, called, most;

    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &caller, &called) || !engine_ready())
        return NULL;
    most = (int)pjsua_var.ua_cfg.max_calls;
    if (caller < 0 || called < 0 || caller >= most || called >= most)
        return PyErr_Format(PyExc_ValueError, "no such calls: %d, %d", caller, called);
    Py_BEGIN_ALLOW_THREADS
    PJSUA_LOCK();
    answer_like(caller, called);
    PJSUA_UNLOCK();
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}
