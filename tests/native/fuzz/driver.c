/* A small coverage-guided fuzzer, for the C of the engine under AddressSanitizer.
 *
 *     driver TARGET SECONDS SEED-FILE...
 *
 * The files under test are compiled with -fsanitize-coverage=trace-pc; each place they reach marks a bit,
 * and an input that reaches a new one is kept and mutated further.  What kills the process is left in
 * `crash-TARGET` in the working folder.  Nothing here is part of the box.
 */
#include "targets.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAP = 1 << 16, KEPT = 8192, LONGEST = 7000 };

struct input {
    unsigned char *data;
    size_t size;
};

static unsigned char ever[MAP];
static bool found;
static struct input kept[KEPT];
static int count;
static uint64_t state;
static unsigned char current[LONGEST + 1];
static size_t current_size;
static const char *target_name;

void __sanitizer_cov_trace_pc(void)
{
    uintptr_t place = (uintptr_t)__builtin_return_address(0);

    place = (place ^ place >> 16) % MAP;
    if (!ever[place])
        found = ever[place] = 1;
}

static unsigned chance(unsigned below)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (unsigned)(state % below);
}

static void keep(const unsigned char *data, size_t size)
{
    struct input *to = &kept[count < KEPT ? count++ : (int)chance(KEPT)];

    free(to->data);
    to->data = malloc(size + 1);
    memcpy(to->data, data, size);
    to->size = size;
}

/* -- mutations ---------------------------------------------------------------------------------- */

static void insert(size_t at, const void *data, size_t size)
{
    if (current_size + size > LONGEST)
        return;
    memmove(current + at + size, current + at, current_size - at);
    memcpy(current + at, data, size);
    current_size += size;
}

static void erase(size_t at, size_t size)
{
    if (at + size > current_size)
        size = current_size - at;
    memmove(current + at, current + at + size, current_size - at - size);
    current_size -= size;
}

static void mutate(const struct target *target)
{
    size_t at = chance((unsigned)current_size + 1);
    const struct input *other = &kept[chance((unsigned)count)];
    const char *word = target->words[chance((unsigned)target->word_count)];
    unsigned char letter = (unsigned char)chance(256);
    size_t from;

    switch (chance(7)) {
    case 0:
        if (at < current_size)
            current[at] ^= (unsigned char)(1u << chance(8));
        break;
    case 1:
        insert(at, &letter, 1);
        break;
    case 2:
        erase(at, 1 + chance(16));
        break;
    case 3:
    case 4:
        insert(at, word, strlen(word));
        break;
    case 5:
        from = chance((unsigned)other->size + 1);
        insert(at, other->data + from, (other->size - from) / (1 + chance(4)));
        break;
    default:
        for (unsigned times = 1u << chance(10); times && current_size < LONGEST; times--)
            insert(at, &letter, 1);
    }
}

static void choose(const struct target *target)
{
    const struct input *from = &kept[chance((unsigned)count)];

    current_size = from->size;
    memcpy(current, from->data, from->size);
    for (unsigned times = 1 + chance(5); times; times--)
        mutate(target);
}

/* -- running ------------------------------------------------------------------------------------ */

static void on_death(int signal_number)
{
    char name[64];
    int file;

    snprintf(name, sizeof name, "crash-%s", target_name);
    file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (file < 0 || write(file, current, current_size) < 0)
        _exit(99);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void run(const struct target *target)
{
    unsigned char *exact = malloc(current_size ? current_size : 1);   /* so that one byte too far is seen */

    memcpy(exact, current, current_size);
    found = false;
    target->feed(exact, current_size);
    free(exact);
    if (found)
        keep(current, current_size);
}

static void load(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        return;
    current_size = fread(current, 1, LONGEST, file);
    fclose(file);
    keep(current, current_size);
}

int main(int argc, char **argv)
{
    const struct target *target = argc > 3 ? target_find(argv[1]) : NULL;
    time_t end = time(NULL) + (target ? atoi(argv[2]) : 0);
    uint64_t runs = 0;
    int places = 0;

    if (!target)
        return 2;
    target_name = target->name;
    state = (uint64_t)time(NULL) * 2654435761u + (uint64_t)getpid();
    signal(SIGABRT, on_death);
    if (target->start && !target->start())
        return 3;
    for (int i = 3; i < argc; i++)
        load(argv[i]);
    keep((const unsigned char *)"", 0);
    for (int i = 0, seeds = count; i < seeds; i++) {
        current_size = kept[i].size;
        memcpy(current, kept[i].data, current_size);
        run(target);
    }
    for (; runs % 64 || time(NULL) < end; runs++) {
        choose(target);
        run(target);
    }
    for (int i = 0; i < MAP; i++)
        places += ever[i];
    printf("%s: %llu runs, %d places, %d inputs kept\n", target->name, (unsigned long long)runs, places, count);
    fflush(stdout);
    _exit(0);                                /* pjsip's own end is not what is tested here */
}
