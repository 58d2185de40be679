/* A sound in memory: 8 kHz, 16 bit, mono, and which file it was. */
#ifndef HOOKSWITCH_SOUNDS_H
#define HOOKSWITCH_SOUNDS_H

#include "native.h"

#include <sys/stat.h>

struct sound {
    struct sound *next;
    char *path;
    ino_t inode;
    off_t bytes;
    struct timespec changed;
    unsigned users;                          /* players that may still read it */
    unsigned count;
    int16_t samples[];
};

/* wav.c */
enum { WAV_HEADER = 44 };
struct sound *sound_read(const char *path, const struct stat *now);  /* NULL: not there, not ours */
void wav_header(uint8_t header[WAV_HEADER], unsigned channels, uint64_t frames);

#endif
