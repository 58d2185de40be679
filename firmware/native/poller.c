/* The one thread that reads RTP and RTCP, and its fast path between plain legs.
 *
 * It takes the place of pjmedia's worker: a second reader of the same sockets would race with us.  A leg
 * in relay whose packets have come for a while from one place, plain and as negotiated, gets a seat:
 * its socket is watched here instead of by pjlib; a packet that fits goes out with
 * one receive and one send.  Whatever is unusual takes the slow way: a key goes up to the stream like
 * any packet, and a packet from another place costs the leg its seat, so that the stream decides
 * whom to believe.  While a socket has a seat it is not in pjlib's epoll set (patches.py tells which place
 * there is its own): it would wake us twice.
 */
#include "rtp.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { SEATS = PJSUA_MAX_CALLS, BATCH = 64, MEDIA_QUEUE = -1, STOP = -2 };

static pthread_t thread;
static bool running;
static atomic_bool stop;
static int epoll = -1, wake = -1;
static pj_ioqueue_t *queue;

static struct { struct rtp *rtp; uint32_t generation; } seats[SEATS];  /* adapters_lock */

/* -- seats ----------------------------------------------------------------------------------------- */

static uint64_t ticket(int seat)
{
    return (uint64_t)seats[seat].generation << 32 | (uint32_t)seat;
}

/* As pjlib has it in its set while a read is ordered, which one always is. */
static void leave_to_pjlib(const struct rtp *rtp, bool leave)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLERR | EPOLLEXCLUSIVE, .data.ptr = rtp->place };

    if (rtp->place)
        epoll_ctl(*(const int *)pj_ioqueue_get_os_handle(queue), leave ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  rtp->fd, &event);
}

void poller_add(struct rtp *rtp)
{
    struct epoll_event event = { .events = EPOLLIN };

    if (!running || rtp->seat >= 0 || !rtp->peer)
        return;
    for (int seat = 0; seat < SEATS; seat++) {
        if (seats[seat].rtp)
            continue;
        seats[seat].rtp = rtp;
        event.data.u64 = ticket(seat);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, rtp->fd, &event) != 0) {
            seats[seat].rtp = NULL;
            return;
        }
        rtp->seat = seat;
        leave_to_pjlib(rtp, false);
        return;
    }
}

void poller_remove(struct rtp *rtp)
{
    if (rtp->seat < 0)
        return;
    epoll_ctl(epoll, EPOLL_CTL_DEL, rtp->fd, NULL);
    leave_to_pjlib(rtp, true);
    seats[rtp->seat].rtp = NULL;
    seats[rtp->seat].generation++;           /* an event already fetched finds nobody */
    rtp->seat = -1;
}

/* -- the fast path --------------------------------------------------------------------------------- */

static bool from_the_known_place(const struct rtp *rtp, const pj_sockaddr *from)
{
    return pj_sockaddr_cmp(&rtp->destination, from) == 0;
}

static void account(struct rtp *rtp, const pjmedia_rtp_hdr *header, ssize_t size)
{
    rtp->received++;
    rtp->fast++;
    pjmedia_rtcp_rx_rtp2(&rtp->stream->rtcp, pj_ntohs(header->seq), pj_ntohl(header->ts),
                         (unsigned)(size - RTP_HEADER), PJ_FALSE);
}

/* True: the packet is dealt with. */
static bool pass(struct rtp *rtp, uint8_t *packet, ssize_t size, const pj_sockaddr *from)
{
    if (size < RTP_HEADER || packet[0] >> 6 != 2 || (packet[1] & 0x7f) != rtp->rx_pt)
        return false;
    if (!from_the_known_place(rtp, from)) {
        rtp->foreign++;
        rtp->proven = 0;
        poller_remove(rtp);                  /* this one is lost; the stream judges the next ones */
        return true;
    }
    if (rtp->inband)
        keys_listen(rtp, packet, (size_t)size);
    account(rtp, (const pjmedia_rtp_hdr *)packet, size);
    relay_packet(rtp, packet, (size_t)size);
    return true;
}

static void serve(uint64_t of)
{
    static uint8_t packet[PJMEDIA_MAX_MTU];
    int seat = (int)(uint32_t)of;
    pjmedia_tp_cb_param param;
    pj_sockaddr from;
    socklen_t from_len = sizeof from;
    struct rtp *rtp;
    ssize_t size;
    bool done;

    pthread_mutex_lock(&adapters_lock);
    rtp = seats[seat].rtp;
    if (!rtp || ticket(seat) != of) {
        pthread_mutex_unlock(&adapters_lock);
        return;
    }
    size = recvfrom(rtp->fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
    pthread_mutex_lock(&rtp->rx);
    done = size < 0 || pass(rtp, packet, size, &from);
    pthread_mutex_unlock(&rtp->rx);
    if (!done)
        pj_grp_lock_add_ref(rtp->base.grp_lock);
    pthread_mutex_unlock(&adapters_lock);
    if (done)
        return;
    if (pj_sockaddr_cmp(&rtp->destination, &from) == 0) {
        param = (pjmedia_tp_cb_param){ .user_data = rtp, .pkt = packet, .size = size, .src_addr = &from };
        rtp_received(&param);
    }
    pj_grp_lock_dec_ref(rtp->base.grp_lock);
}

/* -- the thread ------------------------------------------------------------------------------------ */

static void serve_queue(void)
{
    pj_time_val now = { 0, 0 };

    for (int i = 0; i < BATCH && pj_ioqueue_poll(queue, &now) > 0; i++)
        ;
}

static void *run(void *unused)
{
    static pj_thread_desc desc;
    struct epoll_event events[BATCH];
    pj_thread_t *known;

    pj_bzero(desc, sizeof desc);
    pj_thread_register("rtp", desc, &known);
    while (!stop) {
        int count = epoll_wait(epoll, events, BATCH, -1);
        bool others = false;

        for (int i = 0; i < count; i++) {
            int seat = (int)(uint32_t)events[i].data.u64;

            others = others || seat == MEDIA_QUEUE;
            if (seat >= 0)
                serve(events[i].data.u64);
        }
        if (others)
            serve_queue();
    }
    return unused;
}

static bool watch(int fd, int what)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = (uint32_t)what };

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_all(void)
{
    const int *queue_fd;

    queue = pjmedia_endpt_get_ioqueue(pjsua_var.med_endpt);
    queue_fd = pj_ioqueue_get_os_handle(queue);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    wake = eventfd(0, EFD_CLOEXEC);
    if (queue_fd && epoll >= 0 && wake >= 0 && watch(*queue_fd, MEDIA_QUEUE) && watch(wake, STOP))
        return true;
    PyErr_SetFromErrno(PyExc_OSError);
    close(epoll);
    close(wake);
    return false;
}

bool poller_start(void)
{
    int error;

    if (running)
        return true;
    if (!open_all())
        return false;
    Py_BEGIN_ALLOW_THREADS
    pjmedia_endpt_stop_threads(pjsua_var.med_endpt);
    Py_END_ALLOW_THREADS
    stop = false;
    error = pthread_create(&thread, NULL, run, NULL);
    running = error == 0;
    errno = error;
    if (!running)
        PyErr_SetFromErrno(PyExc_OSError);
    return running;
}

void poller_stop(void)
{
    uint64_t one = 1;

    if (!running)
        return;
    stop = true;
    Py_BEGIN_ALLOW_THREADS
    if (write(wake, &one, sizeof one) == sizeof one)
        pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    running = false;
    pthread_mutex_lock(&adapters_lock);
    for (int seat = 0; seat < SEATS; seat++)
        if (seats[seat].rtp)
            poller_remove(seats[seat].rtp);
    pthread_mutex_unlock(&adapters_lock);
    close(epoll);
    close(wake);
}
