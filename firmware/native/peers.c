/* Where a request really came from, and sending one of ours back to there.
 *
 * A phone behind NAT is reached at the address its packets come from, over the connection it opened, and
 * from the address of ours that it knows: never at what it believes its own address to be.  Nothing is
 * looked up and no pointer to a transport is kept, so that transports may come and go.
 */
#include "native.h"

#include <pjsua-lib/pjsua_internal.h>

void peer_of(const pjsip_rx_data *rdata, struct peer *peer)
{
    const pjsip_transport *transport = rdata->tp_info.transport;
    bool v6 = transport->key.type & PJSIP_TRANSPORT_IPV6;
    const char *type = pjsip_transport_get_type_name(transport->key.type & ~PJSIP_TRANSPORT_IPV6);
    char name[8];

    memset(peer, 0, sizeof *peer);
    snprintf(name, sizeof name, "%s", type);
    for (char *at = name; *at; at++)
        *at = (char)pj_tolower(*at);
    snprintf(peer->source, SOURCE_LEN, v6 ? "[%s]:%d;%s" : "%s:%d;%s", rdata->pkt_info.src_name,
             rdata->pkt_info.src_port, name);
    pj_sockaddr_print(&transport->local_addr, peer->local, SOURCE_LEN, 3);
}

static bool address_of(const char *source, pjsip_server_address_record *address)
{
    const char *sign = strrchr(source, ';');
    pj_str_t host = { (char *)source, sign ? sign - source : 0 }, name;

    if (!sign || pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &host, &address->addr) != PJ_SUCCESS)
        return false;
    name = pj_str((char *)sign + 1);
    address->type = pjsip_transport_get_type_from_name(&name);
    if (address->type == PJSIP_TRANSPORT_UNSPECIFIED)
        return false;
    if (address->addr.addr.sa_family == pj_AF_INET6())
        address->type |= PJSIP_TRANSPORT_IPV6;
    address->addr_len = pj_sockaddr_get_len(&address->addr);
    return true;
}

/* The UDP socket that the phone knows us by; NULL: it is closed, or there are only connections. */
static pjsip_transport *socket_of(const char *local, pjsip_transport_type_e type)
{
    char text[SOURCE_LEN];

    for (size_t i = 0; i < PJ_ARRAY_SIZE(pjsua_var.tpdata); i++) {
        pjsip_transport *transport = pjsua_var.tpdata[i].data.tp;

        if (!transport || pjsua_var.tpdata[i].type != type || !(transport->flag & PJSIP_TRANSPORT_DATAGRAM) ||
            transport->is_shutdown)
            continue;
        if (strcmp(pj_sockaddr_print(&transport->local_addr, text, sizeof text, 3), local) == 0)
            return transport;
    }
    return NULL;
}

bool peer_send(pjsip_tx_data *tdata, const struct peer *peer, intptr_t token, pjsip_endpt_send_callback answered)
{
    pjsip_server_addresses *to = &tdata->dest_info.addr;
    pjsip_tpselector from = { .type = PJSIP_TPSELECTOR_NONE };
    char name[PJ_INET6_ADDRSTRLEN];

    if (!address_of(peer->source, &to->entry[0])) {
        pjsip_tx_data_dec_ref(tdata);
        return false;
    }
    to->count = 1;
    /* pjsip takes a TLS connection only for a destination of the same name */
    pj_sockaddr_print(&to->entry[0].addr, name, sizeof name, 0);
    pj_strdup2(tdata->pool, &tdata->dest_info.name, name);
    from.u.transport = socket_of(peer->local, to->entry[0].type);
    if (from.u.transport) {
        from.type = PJSIP_TPSELECTOR_TRANSPORT;
        pjsip_tx_data_set_transport(tdata, &from);
    }
    return pjsip_endpt_send_request(pjsua_var.endpt, tdata, -1, (void *)token, answered) == PJ_SUCCESS;
}

/* -- NAT ---------------------------------------------------------------------------------------- */

static bool same_host(const pj_str_t *host, const pj_sockaddr *address)
{
    pj_sockaddr parsed;

    return pj_sockaddr_init(address->addr.sa_family, &parsed, host, 0) == PJ_SUCCESS &&
           memcmp(pj_sockaddr_get_addr(&parsed), pj_sockaddr_get_addr(address),
                  pj_sockaddr_get_addr_len(address)) == 0;
}

/* "tcp", "tls", or NULL. */
static const char *stream_of(const pjsip_rx_data *rdata)
{
    int type = (int)rdata->tp_info.transport->key.type & ~PJSIP_TRANSPORT_IPV6;

    return type == PJSIP_TRANSPORT_TCP ? "tcp" : type == PJSIP_TRANSPORT_TLS ? "tls" : NULL;
}

/* Whether to answer to the source instead of to `uri`.  One that sends from another port than it listens
 * on, and says so by sending no rport, is believed as long as its address is right; what came by a proxy
 * goes back by it. */
static bool is_elsewhere(const pjsip_rx_data *rdata, const pjsip_sip_uri *uri)
{
    const pjsip_via_hdr *via = rdata->msg_info.via;
    const char *stream = stream_of(rdata);
    int port = uri->port ? uri->port : stream && strcmp(stream, "tls") == 0 ? 5061 : 5060;

    if (rdata->msg_info.msg->type == PJSIP_REQUEST_MSG &&
        pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_VIA, via->next))
        return false;
    if (rdata->msg_info.record_route)
        return false;
    if (!same_host(&uri->host, &rdata->pkt_info.src_addr) ||
        (stream && pj_stricmp2(&uri->transport_param, stream)))
        return true;
    return port != rdata->pkt_info.src_port &&
           (stream || via->rport_param >= 0 || rdata->msg_info.msg->type == PJSIP_RESPONSE_MSG);
}

/* Writes the source over the address in `uri`; false: it is right as it is. */
bool peer_latch(const pjsip_rx_data *rdata, pjsip_sip_uri *uri)
{
    const char *stream = stream_of(rdata);

    if (!is_elsewhere(rdata, uri))
        return false;
    pj_strdup2(rdata->tp_info.pool, &uri->host, rdata->pkt_info.src_name);
    uri->port = rdata->pkt_info.src_port;
    uri->transport_param = pj_str((char *)(stream ? stream : ""));
    return true;
}

/* The Contact of a message in or about a call. */
void peer_latch_contact(pjsip_rx_data *rdata)
{
    pjsip_contact_hdr *contact = pjsip_msg_find_hdr(rdata->msg_info.msg, PJSIP_H_CONTACT, NULL);
    pjsip_uri *uri = contact && !contact->star && contact->uri ? pjsip_uri_get_uri(contact->uri) : NULL;

    if (uri && (PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri)))
        peer_latch(rdata, (pjsip_sip_uri *)uri);
}
