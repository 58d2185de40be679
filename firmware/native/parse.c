/* Readers of hostile text: who calls, which call is to be replaced, which key was pressed.
 *
 * pjsip reads the headers that it knows; these are the ones that it hands over as text, and what stands
 * inside them.  Every reader takes a length and never looks past it; what does not fit is refused, not cut,
 * except a name, which is cut between two characters.  No pointer into anything but the text is kept.
 */
#include "parse.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* -- small steps: a text that is being read from its front ------------------------------------------ */

struct rest {
    const char *at, *end;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_spaces(struct rest *rest)
{
    while (rest->at < rest->end && is_space(*rest->at))
        rest->at++;
}

/* Until one of `stops` that is in no quotes; what was passed, without the spaces around it. */
static struct rest take_until(struct rest *rest, const char *stops)
{
    struct rest taken;
    bool quoted = false;

    skip_spaces(rest);
    taken = *rest;
    for (; rest->at < rest->end && (quoted || !*rest->at || !strchr(stops, *rest->at)); rest->at++) {
        if (*rest->at == '"')
            quoted = !quoted;
        else if (quoted && *rest->at == '\\' && rest->at + 1 < rest->end)
            rest->at++;
    }
    taken.end = rest->at;
    while (taken.end > taken.at && is_space(taken.end[-1]))
        taken.end--;
    return taken;
}

static bool is_word(struct rest text, const char *word)
{
    size_t length = (size_t)(text.end - text.at);

    return strlen(word) == length && strncasecmp(text.at, word, length) == 0;
}

static bool starts(struct rest text, const char *word)
{
    size_t length = strlen(word);

    return (size_t)(text.end - text.at) >= length && strncasecmp(text.at, word, length) == 0;
}

static bool copy(struct rest text, char *to, size_t size)
{
    size_t length = (size_t)(text.end - text.at);

    if (length == 0 || length >= size || memchr(text.at, 0, length))
        return false;
    memcpy(to, text.at, length);
    to[length] = 0;
    return true;
}

static int hex(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* -- names and numbers ----------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character that stands here; 0: none does. */
static size_t utf8(const unsigned char *at, size_t left)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc2 ? 2 : 0;
    uint32_t value;

    if (length < 2)
        return length;
    if (length > left)
        return 0;
    value = at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3f);
    }
    return value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ? 0 : length;
}

/* C1 controls, and the marks that turn the direction of what follows: a name must not rearrange a page. */
static bool is_harmful(const unsigned char *at, size_t length)
{
    if (length == 2)
        return at[0] == 0xc2 && at[1] < 0xa0;
    return length == 3 && at[0] == 0xe2 &&
           ((at[1] == 0x80 && ((at[2] >= 0x8b && at[2] <= 0x8f) || (at[2] >= 0xa8 && at[2] <= 0xae))) ||
            (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

void clean_name(const char *text, size_t length, char name[NAME_LEN])
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    size_t used = 0, size;

    for (; at < end; at += size ? size : 1) {
        size = utf8(at, (size_t)(end - at));
        if (used + (size ? size : 1) >= NAME_LEN)
            break;
        if (size == 0) {
            name[used++] = '?';
        } else if ((size == 1 && (*at < ' ' || *at == 0x7f)) || is_harmful(at, size)) {
            if (used && name[used - 1] != ' ')
                name[used++] = ' ';
        } else {
            memcpy(name + used, at, size);
            used += size;
        }
    }
    while (used && name[used - 1] == ' ')
        used--;
    name[used] = 0;
}

/* People write numbers with marks that nobody dials; a number with anything else in it is none. */
void clean_number(const char *text, size_t length, char number[NUMBER_LEN])
{
    bool dialed = length && (is_digit(text[0]) || text[0] == '+' || text[0] == '(');
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '%' && i + 2 < length && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
        }
        if (dialed && c && strchr("-.() ", c))
            continue;
        if (!(is_alnum(c) || (c && strchr("+*#_.-", c))) || used == NUMBER_LEN - 1) {
            used = 0;
            break;
        }
        number[used++] = c;
    }
    number[used] = 0;
}

/* -- who calls ---------------------------------------------------------------------------------- */

/* A quoted name without its backslashes, which clean_name would show. */
static void quoted_name(struct rest text, char name[NAME_LEN])
{
    char plain[4 * NAME_LEN];
    size_t used = 0;

    for (text.at++; text.at < text.end && *text.at != '"' && used < sizeof plain; text.at++) {
        if (*text.at == '\\' && text.at + 1 < text.end)
            text.at++;
        plain[used++] = *text.at;
    }
    clean_name(plain, used, name);
}

static bool is_nobody(struct rest user, struct rest host)
{
    static const char *const words[] = { "anonymous", "restricted", "unavailable", "unknown" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_word(user, words[i]))
            return true;
    return is_word(host, "anonymous.invalid");
}

/* sip:user;par:password@host:port;params  or  tel:number;params */
static bool read_uri(struct rest uri, struct party *found)
{
    struct rest user = uri, host;
    bool tel = starts(uri, "tel:");
    const char *at;

    if (!tel && !starts(uri, "sip:") && !starts(uri, "sips:"))
        return false;
    user.at = (const char *)memchr(uri.at, ':', (size_t)(uri.end - uri.at)) + 1;
    host = user;
    at = tel ? NULL : memchr(user.at, '@', (size_t)(user.end - user.at));
    if (at) {
        user.end = at;
        host.at = at + 1;
    } else if (!tel) {
        user.end = user.at;
    }
    user = take_until(&user, ";:");
    host = take_until(&host, ":;?");
    clean_number(user.at, (size_t)(user.end - user.at), found->number);
    found->anonymous = is_nobody(user, tel ? (struct rest){ user.at, user.at } : host);
    return true;
}

size_t parse_party(const char *text, size_t length, struct party *found)
{
    struct rest rest = { text, text + length }, before, uri;

    memset(found, 0, sizeof *found);
    before = take_until(&rest, "<,");
    if (rest.at < rest.end && *rest.at == '<') {
        rest.at++;
        uri.at = rest.at;
        uri.end = memchr(rest.at, '>', (size_t)(rest.end - rest.at));
        if (!uri.end)
            return 0;
        rest.at = uri.end + 1;
        if (before.at < before.end && *before.at == '"')
            quoted_name(before, found->name);
        else
            clean_name(before.at, (size_t)(before.end - before.at), found->name);
        before = take_until(&rest, ",");
    } else {
        uri = take_until(&before, ";");
    }
    found->uri = uri.at, found->uri_length = (size_t)(uri.end - uri.at);
    found->params = before.at, found->params_length = (size_t)(before.end - before.at);
    if (!read_uri(uri, found))
        return 0;
    return (size_t)(rest.at - text) + (rest.at < rest.end);
}

bool parse_param(const char *params, size_t length, const char *name, char *value, size_t size)
{
    struct rest rest = { params, params + length }, each, key;

    while (rest.at < rest.end) {
        each = take_until(&rest, ";");
        rest.at += rest.at < rest.end;
        key = take_until(&each, "=");
        if (each.at == each.end || !is_word(key, name))
            continue;
        each.at++;
        skip_spaces(&each);
        if (each.end - each.at >= 2 && *each.at == '"' && each.end[-1] == '"')
            each.at++, each.end--;
        return copy(each, value, size);
    }
    return false;
}

const char *parse_cause(const char *uri, size_t length)
{
    static const struct {
        const char *code, *reason;
    } table[] = {
        { "302", "unconditional" }, { "486", "user-busy" }, { "408", "no-answer" },
        { "480", "deflection" },    { "487", "deflection" }, { "503", "unavailable" },
    };

    for (size_t i = 0; i + 9 <= length; i++) {
        size_t sign = strncasecmp(uri + i, "cause=", 6) == 0 ? 6 : 8;

        if ((sign == 8 && strncasecmp(uri + i, "cause%3D", 8)) || i + sign + 3 > length)
            continue;
        for (size_t row = 0; row < sizeof table / sizeof table[0]; row++)
            if (memcmp(uri + i + sign, table[row].code, 3) == 0)
                return table[row].reason;
    }
    return "";
}

bool parse_word(const char *text, size_t length, const char *word)
{
    struct rest rest = { text, text + length };

    while (rest.at < rest.end) {
        if (is_word(take_until(&rest, ";,"), word))
            return true;
        rest.at += rest.at < rest.end;
    }
    return false;
}

/* -- which call -------------------------------------------------------------------------------- */

bool parse_replaces(const char *text, size_t length, struct replaces *found)
{
    struct rest rest = { text, text + length }, each, key;
    bool to = false, from = false;

    memset(found, 0, sizeof *found);
    if (!copy(take_until(&rest, ";"), found->call_id, sizeof found->call_id))
        return false;
    while (rest.at < rest.end) {
        rest.at++;
        each = take_until(&rest, ";");
        key = take_until(&each, "=");
        if (is_word(key, "early-only"))
            found->early_only = true;
        if (each.at == each.end)
            continue;
        each.at++;
        if (is_word(key, "to-tag") && (to || !(to = copy(each, found->to_tag, DIALOG_ID_LEN))))
            return false;
        if (is_word(key, "from-tag") && (from || !(from = copy(each, found->from_tag, DIALOG_ID_LEN))))
            return false;
    }
    return to && from;
}

/* -- which key --------------------------------------------------------------------------------- */

static char key_of(struct rest text)
{
    static const char keys[] = "0123456789*#ABCDF";
    size_t length = (size_t)(text.end - text.at);
    int number;

    if (length == 1) {
        char c = *text.at >= 'a' && *text.at <= 'd' ? (char)(*text.at - 32) : *text.at;

        return c && c != 'F' && strchr(keys, c) ? c : c == '!' ? 'F' : 0;
    }
    if (is_word(text, "hf") || is_word(text, "flash"))
        return 'F';
    if (length != 2 || !is_digit(text.at[0]) || !is_digit(text.at[1]))
        return 0;
    number = (text.at[0] - '0') * 10 + text.at[1] - '0';
    return number <= 16 ? keys[number] : 0;
}

/* "Signal=5", "Duration=160", a line each; spaces anywhere. */
static bool relay(struct rest rest, struct key *found)
{
    while (rest.at < rest.end) {
        struct rest line = take_until(&rest, "\r\n"), name = take_until(&line, "=");

        skip_spaces(&rest);
        if (line.at == line.end)
            continue;
        line.at++;
        line = take_until(&line, "");
        if (is_word(name, "Signal"))
            found->key = key_of(line);
        for (; is_word(name, "Duration") && line.at < line.end && is_digit(*line.at); line.at++)
            found->ms = found->ms < 10000 ? found->ms * 10 + *line.at - '0' : found->ms;
    }
    return found->key;
}

bool parse_key(const char *type, const char *body, size_t length, struct key *found)
{
    struct rest rest = { body, body + length };

    *found = (struct key){ 0, 0 };
    if (strcmp(type, "application/dtmf-relay") == 0)
        return relay(rest, found);
    if (strcmp(type, "application/dtmf") == 0)
        found->key = key_of(take_until(&rest, ""));
    else if (strcmp(type, "application/hook-flash") == 0)
        found->key = 'F';
    else if (strcmp(type, "application/broadsoft") == 0 && is_word(take_until(&rest, ""), "event flashhook"))
        found->key = 'F';
    return found->key;
}
