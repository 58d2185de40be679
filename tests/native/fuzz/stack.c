/* Whole messages: parsed by pjsip, then through every module of ours, in one process and without a network.
 *
 * Half of them are taken as proved (the linker wraps digest_check), or nothing behind the password
 * would ever be reached.  Answers and NOTIFYs go to a loop transport that throws them away.
 */
#include "../../../firmware/native/native.h"
#include "targets.h"

#include <pjsip/sip_transport_loop.h>
#include <pjsua-lib/pjsua_internal.h>

enum verdict __real_digest_check(const pjsip_rx_data *rdata, finder *find, const struct account **who);
enum verdict __wrap_digest_check(const pjsip_rx_data *rdata, finder *find, const struct account **who);

unsigned __wrap_transport_bit(const pjsip_rx_data *request);

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
static bool proved;
static pjsip_transport *loop;
static pjsip_rx_data rdata;
static uint64_t turns;

enum verdict __wrap_digest_check(const pjsip_rx_data *request, finder *find, const struct account **who)
{
    enum verdict verdict = __real_digest_check(request, find, who);

    if (!proved)
        return verdict;
    *who = find("101", 3);
    return *who ? DIGEST_RIGHT : verdict;
}

/* The loop transport is none that an account could be allowed. */
unsigned __wrap_transport_bit(const pjsip_rx_data *request)
{
    (void)request;
    return TRANSPORT_UDP;
}

static bool call_python(PyCFunction function, const char *format, ...)
{
    PyObject *args, *result;
    va_list list;

    va_start(list, format);
    args = Py_VaBuildValue(format, list);
    va_end(list);
    result = args ? function(NULL, args) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(result);
    if (!result)
        PyErr_Print();
    return result;
}

static bool engine_start(void)
{
    pjsua_config config;
    pjsua_logging_config logging;
    pjsua_media_config media;

    pjsua_config_default(&config);
    pjsua_logging_config_default(&logging);
    pjsua_media_config_default(&media);
    config.thread_cnt = 0;
    logging.level = logging.console_level = 0;
    media.thread_cnt = 0;
    if (pjsua_create() != PJ_SUCCESS || pjsua_init(&config, &logging, &media) != PJ_SUCCESS)
        return false;
    pj_log_set_level(0);
    pjsip_cfg()->tsx.t1 = 10, pjsip_cfg()->tsx.t2 = 10, pjsip_cfg()->tsx.td = 10;
    return pjsip_loop_start(pjsua_var.endpt, &loop) == PJ_SUCCESS &&
           pjsip_loop_set_discard(loop, PJ_TRUE, NULL) == PJ_SUCCESS;
}

bool stack_start(void)
{
    char path[] = "/tmp/bindings-XXXXXX";
    int file = mkstemp(path);
    bool started;

    Py_Initialize();
    started = file >= 0 && events_open() && engine_start() && digest_start("hookswitch") && requests_start() &&
              bindings_open(path) == 0 &&
              call_python(py_set_accounts, "([(sss)])", "101", zeros + 32, zeros) &&
              call_python(py_set_trunks, "([(s[s]si)])", "carrier", "127.0.0.9", "udp", 0) &&
              call_python(py_set_bans, "(ii[s])", 0, 1, "127.0.0.0/8");
    close(file);
    unlink(path);
    return started;
}

static void take_time(void)
{
    pj_time_val none = { 0, 0 };

    for (int i = 0; i < 20; i++)
        pjsip_endpt_handle_events(pjsua_var.endpt, &none);
    Py_XDECREF(py_events(NULL, NULL));
}

/* Else it would be taken for a repetition of one before, and be answered from memory. */
static void make_branch_new(void)
{
    char *branch = memmem(rdata.pkt_info.packet, (size_t)rdata.pkt_info.len, "z9hG4bK", 7);
    char text[7];

    if (!branch || branch + 13 > rdata.pkt_info.packet + rdata.pkt_info.len)
        return;
    snprintf(text, sizeof text, "%06x", (unsigned)turns & 0xffffff);
    memcpy(branch + 7, text, 6);
}

static void inject(const unsigned char *data, size_t size, const char *from)
{
    pj_pool_t *pool = pjsip_endpt_create_pool(pjsua_var.endpt, "fuzz", 4000, 4000);
    pj_str_t host = pj_str((char *)from);

    pj_bzero(&rdata, sizeof rdata);
    rdata.tp_info.pool = pool;
    rdata.tp_info.transport = loop;
    memcpy(rdata.pkt_info.packet, data, size);
    rdata.pkt_info.len = (pj_ssize_t)size;
    make_branch_new();
    pj_sockaddr_init(pj_AF_INET(), &rdata.pkt_info.src_addr, &host, 5060);
    rdata.pkt_info.src_addr_len = sizeof(pj_sockaddr_in);
    snprintf(rdata.pkt_info.src_name, sizeof rdata.pkt_info.src_name, "%s", from);
    rdata.pkt_info.src_port = 5060;
    pjsip_tpmgr_receive_packet(pjsip_endpt_get_tpmgr(pjsua_var.endpt), &rdata);
    pjsip_endpt_release_pool(pjsua_var.endpt, pool);
}

void stack_feed(const unsigned char *data, size_t size)
{
    if (size == 0 || size >= PJSIP_MAX_PKT_LEN)
        return;
    turns++;
    proved = turns % 2;
    inject(data, size, turns % 8 ? "127.0.0.1" : "127.0.0.9");
    if (turns % 16 == 0)
        take_time();
}
