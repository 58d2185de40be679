/* What can be fuzzed: one row each in targets.c. */
#ifndef HOOKSWITCH_FUZZ_TARGETS_H
#define HOOKSWITCH_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target {
    const char *name;
    bool (*start)(void);                     /* once; NULL: nothing to do */
    void (*feed)(const unsigned char *data, size_t size);
    const char *const *words;                /* that it understands */
    size_t word_count;
};
const struct target *target_find(const char *name);

/* stack.c: whole messages through pjsip and all of our modules */
bool stack_start(void);
void stack_feed(const unsigned char *data, size_t size);

#endif
