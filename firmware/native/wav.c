/* Reading WAV files that anybody may have uploaded, and the header of those that we write.
 *
 * What is taken: 8 kHz, mono, 16-bit PCM, A-law or mu-law.  A chunk's length is believed only as far as
 * the file goes; that of the samples may be missing (0 or all ones), as in a recording whose writer
 * died: then they go to the end.
 */
#include "sounds.h"

#include <fcntl.h>
#include <pjmedia/alaw_ulaw.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, PCM = 1, ALAW = 6, ULAW = 7, RIFF_HEADER = 12, CHUNK_HEADER = 8, FMT = 16 };

struct format {
    unsigned encoding, bytes;                /* of one sample; 0: not one of ours */
};

static uint32_t u32(const uint8_t *at)
{
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint16_t u16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static struct format format_of(const uint8_t *fmt)
{
    struct format format = { u16(fmt), u16(fmt + 14) / 8u };
    bool known = (format.encoding == PCM && format.bytes == 2) ||
                 ((format.encoding == ALAW || format.encoding == ULAW) && format.bytes == 1);

    if (!known || u16(fmt + 2) != 1 || u32(fmt + 4) != SAMPLE_RATE)
        format.bytes = 0;
    return format;
}

/* Where the samples are; 0: nowhere. */
static size_t samples_in(const uint8_t *file, size_t size, struct format *format, size_t *length)
{
    *format = (struct format){ 0, 0 };
    if (size < RIFF_HEADER || memcmp(file, "RIFF", 4) || memcmp(file + 8, "WAVE", 4))
        return 0;
    for (size_t at = RIFF_HEADER; at + CHUNK_HEADER <= size;) {
        size_t left = size - at - CHUNK_HEADER, chunk = u32(file + at + 4);

        if (memcmp(file + at, "data", 4) == 0) {
            *length = chunk == 0 || chunk > left ? left : chunk;
            return format->bytes ? at + CHUNK_HEADER : 0;
        }
        if (chunk > left)
            return 0;
        if (memcmp(file + at, "fmt ", 4) == 0 && chunk >= FMT)
            *format = format_of(file + at + CHUNK_HEADER);
        at += CHUNK_HEADER + chunk + chunk % 2;
    }
    return 0;
}

static void decode(int16_t *out, const uint8_t *in, unsigned count, unsigned encoding)
{
    for (unsigned i = 0; i < count; i++)
        out[i] = encoding == PCM    ? (int16_t)u16(in + 2 * i)
                 : encoding == ALAW ? (int16_t)pjmedia_alaw2linear(in[i])
                                    : (int16_t)pjmedia_ulaw2linear(in[i]);
}

static uint8_t *slurp(const char *path, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    uint8_t *file = fd >= 0 ? malloc(size) : NULL;
    size_t have = 0;
    ssize_t got = 1;

    while (file && have < size && (got = read(fd, file + have, size - have)) > 0)
        have += (size_t)got;
    if (fd >= 0)
        close(fd);
    if (have == size)
        return file;
    free(file);
    return NULL;
}

struct sound *sound_read(const char *path, const struct stat *now)
{
    size_t size = (size_t)now->st_size, length = 0, at;
    uint8_t *file = size > 0 && size <= FILE_MAX ? slurp(path, size) : NULL;
    struct sound *sound = NULL;
    struct format format;
    unsigned count;

    if (!file)
        return NULL;
    at = samples_in(file, size, &format, &length);
    count = at ? (unsigned)(length / format.bytes) : 0;
    if (count)
        sound = malloc(sizeof *sound + count * sizeof sound->samples[0]);
    if (sound) {
        *sound = (struct sound){ .path = strdup(path), .inode = now->st_ino, .bytes = now->st_size,
                                 .changed = now->st_mtim, .count = count };
        decode(sound->samples, file + at, count, format.encoding);
    }
    free(file);
    if (sound && !sound->path) {
        free(sound);
        sound = NULL;
    }
    return sound;
}

static void put_u32(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void wav_header(uint8_t header[WAV_HEADER], unsigned channels, uint64_t frames)
{
    static const char fixed[] = "RIFF....WAVEfmt \x10\0\0\0\x01\0..............data....";
    unsigned width = channels * sizeof(int16_t);

    memcpy(header, fixed, WAV_HEADER);
    put_u32(header + 4, frames * width + WAV_HEADER - CHUNK_HEADER);
    put_u32(header + 22, channels);          /* 16 bits, and the lower half of the rate, set next */
    put_u32(header + 24, SAMPLE_RATE);
    put_u32(header + 28, SAMPLE_RATE * width);
    put_u32(header + 32, width | 8 * sizeof(int16_t) << 16);
    put_u32(header + 40, frames * width);
}
