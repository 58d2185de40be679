/* The challenge's one-time word, and which answers to it have been used.
 *
 * A nonce is a time and a MAC over it and the asker's address, under a key made at start: a challenge
 * stores nothing, so a flood of strangers costs no memory, and what was overheard is of no use from
 * elsewhere or after five minutes.  Only an answer with the right password leaves a trace: which counts
 * (nc) of this nonce have been seen.  That table is small and may overflow; then everything as old as
 * what was pushed out counts as used, and such a phone is merely asked again.
 */
#include "native.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <sys/random.h>
#include <time.h>

enum { KEY_LEN = 32, MAC_HEX = 32, TIME_HEX = 16, LIFE_US = 300 * 1000 * 1000, SETS = 1024, WAYS = 8, WINDOW = 64 };

struct used {
    uint64_t mac, made_us, seen;             /* bit n of seen: the count newest - n */
    uint32_t newest;
};

static unsigned char key[KEY_LEN];
static struct used table[SETS][WAYS];
static uint64_t forgotten_us[SETS];          /* made no later than this, and not in the set: used */
static uint64_t last_us;

bool nonces_start(void)
{
    memset(table, 0, sizeof table);
    memset(forgotten_us, 0, sizeof forgotten_us);
    return getrandom(key, sizeof key, 0) == sizeof key;
}

static void write_nonce(uint64_t made_us, const char *asker, char nonce[NONCE_LEN + 1])
{
    unsigned char mac[32], input[sizeof made_us + PJ_INET6_ADDRSTRLEN] = { 0 };

    memcpy(input, &made_us, sizeof made_us);
    strncpy((char *)input + sizeof made_us, asker, PJ_INET6_ADDRSTRLEN - 1);
    HMAC(EVP_sha256(), key, sizeof key, input, sizeof input, mac, NULL);
    sprintf(nonce, "%016llx", (unsigned long long)made_us);
    for (int i = 0; i < MAC_HEX / 2; i++)
        sprintf(nonce + TIME_HEX + 2 * i, "%02x", mac[i]);
}

static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/* No two are alike: phones behind one NAT share an address, and must not share their counts. */
void nonce_make(const char *asker, char nonce[NONCE_LEN + 1])
{
    last_us = PJ_MAX(last_us + 1, now_us());
    write_nonce(last_us, asker, nonce);
}

static uint64_t number(const char *hex)
{
    char text[17];

    memcpy(text, hex, 16);
    text[16] = 0;
    return strtoull(text, NULL, 16);
}

bool nonce_fresh(const pj_str_t *nonce, const char *asker)
{
    char ours[NONCE_LEN + 1];
    uint64_t now = now_us() + 1000, made;

    if (nonce->slen != NONCE_LEN)
        return false;
    made = number(nonce->ptr);
    write_nonce(made, asker, ours);
    return CRYPTO_memcmp(ours, nonce->ptr, NONCE_LEN) == 0 && made <= now && now - made <= LIFE_US;
}

/* -- what was used ------------------------------------------------------------------------------- */

static bool count_is_new(struct used *used, uint32_t count)
{
    uint32_t ahead = count - used->newest;

    if (count > used->newest) {
        used->seen = ahead < WINDOW ? used->seen << ahead | 1 : 1;
        used->newest = count;
        return true;
    }
    ahead = used->newest - count;
    if (ahead >= WINDOW || used->seen & 1ull << ahead)
        return false;
    used->seen |= 1ull << ahead;
    return true;
}

static struct used *place_in(int set, uint64_t now)
{
    struct used *oldest = &table[set][0];

    for (int i = 0; i < WAYS; i++) {
        struct used *each = &table[set][i];

        if (each->made_us == 0 || now > each->made_us + LIFE_US)
            return each;
        if (each->made_us < oldest->made_us)
            oldest = each;
    }
    forgotten_us[set] = PJ_MAX(forgotten_us[set], oldest->made_us);
    return oldest;
}

/* For a fresh nonce whose answer had the right password; `count` is its nc, eight digits. */
bool nonce_use(const pj_str_t *nonce, const pj_str_t *count_hex)
{
    uint64_t mac = number(nonce->ptr + TIME_HEX), made = number(nonce->ptr);
    int set = (int)(mac % SETS);
    char text[9];
    uint32_t count;
    struct used *used;

    memcpy(text, count_hex->ptr, 8);
    text[8] = 0;
    count = (uint32_t)strtoul(text, NULL, 16);
    for (int i = 0; i < WAYS; i++)
        if (table[set][i].mac == mac && table[set][i].made_us == made)
            return count_is_new(&table[set][i], count);
    if (count == 0 || made <= forgotten_us[set])
        return false;
    used = place_in(set, now_us());
    *used = (struct used){ mac, made, 1, count };
    return true;
}
