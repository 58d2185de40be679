/* DTMF heard in a line's audio: one event per press.
 *
 * spandsp does the listening.  Its dial-tone filter is on, because our own dial tone comes back through
 * every hybrid while the user dials the first digit.  Runs in CLOCK, on frames as they arrive, whether
 * or not anybody in the bridge listens to the line.
 */
#include "native.h"

#include <spandsp.h>

struct detector {
    dtmf_rx_state_t *dtmf;
    int tag;
};

static void on_digits(void *user, const char *digits, int count)
{
    const struct detector *detector = user;

    for (int i = 0; i < count; i++)
        event_digit(detector->tag, digits[i]);
}

struct detector *detector_open(int tag)
{
    struct detector *detector = malloc(sizeof *detector);

    if (!detector)
        return NULL;
    detector->tag = tag;
    detector->dtmf = dtmf_rx_init(NULL, on_digits, detector);
    if (!detector->dtmf) {
        free(detector);
        return NULL;
    }
    dtmf_rx_parms(detector->dtmf, TRUE, -1, -1, -99);
    return detector;
}

void detector_hear(struct detector *detector, const int16_t *samples, unsigned count)
{
    dtmf_rx(detector->dtmf, samples, (int)count);
}

void detector_close(struct detector *detector)
{
    if (!detector)
        return;
    dtmf_rx_free(detector->dtmf);
    free(detector);
}
