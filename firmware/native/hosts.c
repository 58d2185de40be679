/* Host names must never make the box wait.
 *
 * pjmedia looks a host name in SDP up with getaddrinfo, which blocks the one thread of SIP for as long as
 * a dead resolver likes; pjsip would do the same with the maddr of a Via, which any stranger may send.
 * So nothing that arrives, in a dialog or outside, request or response, reaches pjsip with such a name in
 * it: only addresses pass.  A request is answered 488; a response loses its SDP, and the call ends as with
 * any phone that answers without one.  Names in Contact and Route remain: pjsip resolves those by itself
 * without blocking, once it has a nameserver (engine.py sees to that).  The same door puts right the Contact
 * of phones behind NAT.
 */
#include "native.h"

#include <arpa/inet.h>
#include <pjsua-lib/pjsua_internal.h>

static pj_bool_t on_rx_request(pjsip_rx_data *rdata);
static pj_bool_t on_rx_response(pjsip_rx_data *rdata);

static pjsip_module module = {
    .name = { "mod-hookswitch-hosts", 20 },
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 1,    /* before anything keeps or follows it */
    .on_rx_request = on_rx_request,
    .on_rx_response = on_rx_response,
};

/* -- addresses --------------------------------------------------------------------------------- */

static bool is_address(const pj_str_t *host)
{
    struct in6_addr unused;

    return host->slen > 0 && (pj_inet_pton(PJ_AF_INET, host, &unused) == PJ_SUCCESS ||
                              pj_inet_pton(PJ_AF_INET6, host, &unused) == PJ_SUCCESS);
}

bool host_callable(const pj_str_t *host)
{
    struct in6_addr v6;
    struct in_addr v4;

    if (host->slen <= 0)
        return false;
    if (pj_inet_pton(PJ_AF_INET, host, &v4) == PJ_SUCCESS) {
        unsigned first = ntohl(v4.s_addr) >> 24;

        return first > 0 && first < 224;     /* 224 and up: multicast, reserved, broadcast */
    }
    return pj_inet_pton(PJ_AF_INET6, host, &v6) == PJ_SUCCESS && !IN6_IS_ADDR_UNSPECIFIED(&v6) &&
           !IN6_IS_ADDR_MULTICAST(&v6) && !IN6_IS_ADDR_V4MAPPED(&v6);
}

/* -- SDP --------------------------------------------------------------------------------------- */

static bool connection_ok(const pjmedia_sdp_conn *connection)
{
    return !connection || is_address(&connection->addr);
}

static bool media_ok(const pjmedia_sdp_media *media)
{
    const pjmedia_sdp_attr *attribute = pjmedia_sdp_media_find_attr2(media, "rtcp", NULL);
    pjmedia_sdp_rtcp_attr rtcp;

    return connection_ok(media->conn) &&
           (!attribute || pjmedia_sdp_attr_get_rtcp(attribute, &rtcp) != PJ_SUCCESS ||
            rtcp.addr.slen == 0 || is_address(&rtcp.addr));
}

/* Parsed by the function that pjsip's own call layer uses, which keeps the result: both read the same.
 * Silently, since it would log each bad one and strangers come this far. */
static const pjmedia_sdp_session *sdp_of(pjsip_rx_data *rdata)
{
    int level = pj_log_get_level();
    const pjmedia_sdp_session *sdp;

    pj_log_set_level(0);
    sdp = pjsip_rdata_get_sdp_info(rdata)->sdp;
    pj_log_set_level(level);
    return sdp;
}

static bool sdp_ok(pjsip_rx_data *rdata)
{
    const pjmedia_sdp_session *sdp = rdata->msg_info.msg->body ? sdp_of(rdata) : NULL;

    if (!sdp)
        return true;
    for (unsigned i = 0; i < sdp->media_count; i++)
        if (!media_ok(sdp->media[i]))
            return false;
    return connection_ok(sdp->conn);
}

/* A phone that is registered from here is reached here, whatever its Contact says: the dialog layer takes
 * from Contact where to send what follows. */
static void latch(pjsip_rx_data *rdata)
{
    struct peer peer;

    if (!pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_CONTACT, NULL) ||
        rdata->msg_info.cseq->method.id == PJSIP_REGISTER_METHOD)
        return;
    peer_of(rdata, &peer);
    if (bindings_from(peer.source))
        peer_latch_contact(rdata);
}

/* -- the door ---------------------------------------------------------------------------------- */

static pj_bool_t on_rx_request(pjsip_rx_data *rdata)
{
    rdata->msg_info.via->maddr_param.slen = 0;       /* answers go where the request came from */
    if (!sanity_ok(rdata))
        return PJ_TRUE;
    latch(rdata);
    if (sdp_ok(rdata))
        return PJ_FALSE;
    if (rdata->msg_info.msg->line.req.method.id != PJSIP_ACK_METHOD)
        answer(rdata, PJSIP_SC_NOT_ACCEPTABLE_HERE, NULL);
    return PJ_TRUE;
}

static pj_bool_t on_rx_response(pjsip_rx_data *rdata)
{
    latch(rdata);
    if (!sdp_ok(rdata)) {
        rdata->msg_info.msg->body = NULL;
        pj_bzero(pjsip_rdata_get_sdp_info(rdata), sizeof(pjsip_sdp_info));
    }
    return PJ_FALSE;
}

bool hosts_start(void)
{
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module) == PJ_SUCCESS;
}

void hosts_stop(void)
{
    if (module.id >= 0)
        pjsip_endpt_unregister_module(pjsua_var.endpt, &module);
}
