/* rtpload: the voices of many phones, and what becomes of them.
 *
 *   rtpload STREAMS [ADDRESS]
 *
 * Opens that many pairs of UDP sockets and prints "PORT ..." on one line.  Then reads orders, a line each:
 *
 *   to STREAM HOST PORT       where this stream sends
 *   run SECONDS [WARM]        20 ms PCMU both ways; figures of the time after WARM seconds, as JSON
 *
 * Each packet's payload is ten blocks of 16 bytes: a mark, the time of sending (us) in hexadecimal, the
 * block's number.  They come through mu-law, linear and back unharmed, through a relay and a mixer alike; the
 * number tells how far the audio was shifted within its frame on the way, as loss concealment does.  Streams
 * start spread over the 20 ms, as telephones do.  Loss is holes in the sequence; "speech" is what the
 * longest silence between two packets with readable digits was, "gap" between any two.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX = 2000, HEADER = 12, FRAME = 160, BLOCK = 16, MARK = 'T', SAMPLE_US = 125 };
enum { BINS = 100000, BIN_US = 10 };

struct stream {
    int fd, rtcp;
    uint16_t port, seq, last_seq;
    uint32_t ts;
    struct sockaddr_in to;
    bool heard;
    uint64_t due, last_packet, last_speech;
    uint64_t longest_gap, longest_speech_gap;
};

static struct stream streams[MAX];
static int count, epoll;
static uint32_t bins[BINS];
static uint64_t sent, received, lost, disordered, readable, longest_delay;

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

static int bound(const char *address, uint16_t port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    inet_pton(AF_INET, address, &at.sin_addr);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

static void open_stream(struct stream *stream, const char *address)
{
    static uint16_t next = 20000;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = stream };

    for (; next < 60000; next += 2) {
        stream->fd = bound(address, next);
        stream->rtcp = stream->fd >= 0 ? bound(address, next + 1) : -1;
        if (stream->rtcp >= 0)
            break;
        close(stream->fd);
    }
    if (next >= 60000) {
        fprintf(stderr, "rtpload: no ports left\n");
        exit(1);
    }
    stream->port = next;
    next += 2;
    epoll_ctl(epoll, EPOLL_CTL_ADD, stream->fd, &event);
}

static void talk(struct stream *stream)
{
    uint8_t packet[HEADER + FRAME];
    uint32_t ssrc = htonl(0x10000u + (uint32_t)(stream - streams)), ts = htonl(stream->ts);
    uint16_t seq = htons(stream->seq);
    char blocks[FRAME + 1];

    for (int i = 0; i < FRAME; i += BLOCK)
        snprintf(blocks + i, BLOCK + 1, "%c%014llx%x", MARK, (unsigned long long)now_us(), i / BLOCK);
    packet[0] = 0x80, packet[1] = 0;
    memcpy(packet + 2, &seq, 2);
    memcpy(packet + 4, &ts, 4);
    memcpy(packet + 8, &ssrc, 4);
    memcpy(packet + HEADER, blocks, FRAME);
    if (sendto(stream->fd, packet, sizeof packet, 0, (struct sockaddr *)&stream->to,
               sizeof stream->to) == (ssize_t)sizeof packet)
        sent++;
    stream->seq++;
    stream->ts += FRAME;
}

static void longest(uint64_t *most, uint64_t *last, uint64_t now)
{
    if (*last && now - *last > *most)
        *most = now - *last;
    *last = now;
}

/* When the first whole block would have been sent, had its packet been cut where this one is. */
static bool sent_at(const uint8_t *payload, size_t length, uint64_t *at)
{
    const uint8_t *mark = memchr(payload, MARK, length);
    char block[BLOCK + 1];
    unsigned long long when;
    unsigned number;
    int read;

    if (!mark || length - (size_t)(mark - payload) < BLOCK)
        return false;
    memcpy(block, mark, BLOCK);
    block[BLOCK] = 0;
    if (sscanf(block + 1, "%14llx%1x%n", &when, &number, &read) != 2 || read != BLOCK - 1)
        return false;
    *at = when + (uint64_t)(number * BLOCK * SAMPLE_US) - (uint64_t)(mark - payload) * SAMPLE_US;
    return true;
}

static void hear(struct stream *stream, const uint8_t *packet, size_t size, uint64_t now)
{
    uint16_t seq;
    uint64_t at;
    int16_t step;

    if (size < HEADER || packet[0] >> 6 != 2 || (packet[1] & 0x7f) != 0)
        return;
    memcpy(&seq, packet + 2, 2);
    seq = ntohs(seq);
    received++;
    step = (int16_t)(seq - stream->last_seq);
    if (stream->heard && step > 1)
        lost += (uint64_t)step - 1;
    disordered += stream->heard && step < 1;
    stream->last_seq = seq;
    stream->heard = true;
    longest(&stream->longest_gap, &stream->last_packet, now);
    if (!sent_at(packet + HEADER, size - HEADER, &at) || at > now || now - at > 5000000)
        return;
    longest(&stream->longest_speech_gap, &stream->last_speech, now);
    readable++;
    if (now - at > longest_delay)
        longest_delay = now - at;
    bins[(now - at) / BIN_US < BINS ? (now - at) / BIN_US : BINS - 1]++;
}

static void listen_all(int wait_ms)
{
    struct epoll_event events[64];
    uint8_t packet[1500];
    int n = epoll_wait(epoll, events, 64, wait_ms);

    for (int i = 0; i < n; i++) {
        struct stream *stream = events[i].data.ptr;
        ssize_t size;

        while ((size = recv(stream->fd, packet, sizeof packet, 0)) >= 0)
            hear(stream, packet, (size_t)size, now_us());
    }
}

static void forget(void)
{
    memset(bins, 0, sizeof bins);
    sent = received = lost = disordered = readable = longest_delay = 0;
    for (int i = 0; i < count; i++)
        streams[i].longest_gap = streams[i].longest_speech_gap = 0;
}

static double percentile(double part)
{
    uint64_t wanted = (uint64_t)(part * readable), seen = 0;

    for (int i = 0; i < BINS; i++)
        if ((seen += bins[i]) > wanted)
            return (i + 1) * BIN_US / 1000.0;
    return 0;
}

static void report(double seconds)
{
    uint64_t gap = 0, speech = 0;

    for (int i = 0; i < count; i++) {
        gap = streams[i].longest_gap > gap ? streams[i].longest_gap : gap;
        speech = streams[i].longest_speech_gap > speech ? streams[i].longest_speech_gap : speech;
    }
    printf("{\"streams\": %d, \"seconds\": %.1f, \"sent\": %llu, \"received\": %llu, \"lost\": %llu, "
           "\"disordered\": %llu, \"readable\": %llu, \"delay_p50_ms\": %.2f, \"delay_p99_ms\": %.2f, "
           "\"delay_max_ms\": %.2f, \"gap_ms\": %.1f, \"speech_gap_ms\": %.1f}\n",
           count, seconds, (unsigned long long)sent, (unsigned long long)received,
           (unsigned long long)lost, (unsigned long long)disordered, (unsigned long long)readable,
           percentile(0.5), percentile(0.99), longest_delay / 1000.0, gap / 1000.0, speech / 1000.0);
    fflush(stdout);
}

static void run(double seconds, double warm)
{
    uint64_t begun = now_us(), next = begun, end = begun + (uint64_t)((seconds + warm) * 1e6);
    bool counting = warm <= 0;

    for (int i = 0; i < count; i++)
        streams[i].due = begun + (uint64_t)i * 20000 / (unsigned)count;
    for (uint64_t now = begun; now < end; now = now_us()) {
        next = now + 1000;
        for (int i = 0; i < count; i++) {
            struct stream *stream = &streams[i];

            if (stream->to.sin_port && now >= stream->due) {
                talk(stream);
                stream->due += 20000;
            }
        }
        listen_all(next > now_us() ? 1 : 0);
        if (!counting && now >= begun + (uint64_t)(warm * 1e6)) {
            counting = true;
            forget();
            printf("counting\n");            /* whoever measures the box begins here ... */
            fflush(stdout);
        }
    }
    report(seconds);                         /* ... and ends here */
}

static void obey(const char *line)
{
    char host[64];
    double seconds, warm = 0;
    int stream, port;

    if (sscanf(line, "to %d %63s %d", &stream, host, &port) == 3 && stream >= 0 && stream < count) {
        streams[stream].to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
        inet_pton(AF_INET, host, &streams[stream].to.sin_addr);
    } else if (sscanf(line, "run %lf %lf", &seconds, &warm) >= 1) {
        run(seconds, warm);
    } else {
        fprintf(stderr, "rtpload: what is %s", line);
    }
}

int main(int argc, char **argv)
{
    char line[256];

    count = argc > 1 ? atoi(argv[1]) : 0;
    if (count < 1 || count > MAX) {
        fprintf(stderr, "usage: rtpload STREAMS [ADDRESS]\n");
        return 2;
    }
    epoll = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        open_stream(&streams[i], argc > 2 ? argv[2] : "127.0.0.1");
        printf("%s%d", i ? " " : "", streams[i].port);
    }
    printf("\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin))
        obey(line);
    return 0;
}
