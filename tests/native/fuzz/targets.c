/* The targets: readers of parse.c one by one, and whole messages (stack.c).
 *
 * A new reader of hostile bytes gets a row here: detectors and the line's socket have theirs beside these.
 */
#include "targets.h"

#include "../../../firmware/native/parse.h"

#include <string.h>

static void feed_replaces(const unsigned char *data, size_t size)
{
    struct replaces found;

    if (parse_replaces((const char *)data, size, &found) &&
        (!found.call_id[0] || !found.to_tag[0] || !found.from_tag[0]))
        __builtin_trap();
}

static void feed_key(const unsigned char *data, size_t size)
{
    static const char *const types[] = { "application/dtmf-relay", "application/dtmf",
                                         "application/broadsoft", "application/hook-flash" };
    struct key key;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (parse_key(types[i], (const char *)data, size, &key) && !strchr("0123456789*#ABCDF", key.key))
            __builtin_trap();
}

static void feed_party(const unsigned char *data, size_t size)
{
    const char *text = (const char *)data;
    struct party party;
    char value[24];

    for (size_t used; size && (used = parse_party(text, size, &party)); text += used, size -= used) {
        if (used > size || strlen(party.number) >= NUMBER_LEN || strlen(party.name) >= NAME_LEN)
            __builtin_trap();
        parse_param(party.params, party.params_length, "reason", value, sizeof value);
        parse_cause(party.uri, party.uri_length);
    }
    parse_word((const char *)data, size, "id");
}

static const char *const replaces_words[] = { ";", "to-tag=", "from-tag=", "early-only", "\"", "\\", "=" };
static const char *const key_words[] = { "Signal=", "Duration=", "\r\n", "hf", "16", "event flashhook", "=" };
static const char *const party_words[] = {
    "<", ">", "\"", "\\", ",", ";", "sip:", "tel:", "sips:", "@", "%", "%3D", "cause=302", "reason=",
    "anonymous", "anonymous.invalid", "\xc3\xa9", "\xe2\x80\xae", "\xf0\x9f\x98\x80", "\xff",
};
static const char *const message_words[] = {
    "\r\n", "\r\n\r\n", "Contact: ", "Contact: *\r\n", "Expires: ", "Expires: 0\r\n", "Event: dialog\r\n",
    "Event: presence\r\n", "Event: message-summary\r\n", "Accept: application/dialog-info+xml\r\n",
    "Authorization: Digest ", "username=\"101\"", "realm=\"hookswitch\"", "nonce=\"", "response=\"",
    "algorithm=SHA-256", "qop=auth", "nc=00000001", "cnonce=\"a\"", "REGISTER ", "SUBSCRIBE ", "INVITE ",
    "OPTIONS ", "sip:101@127.0.0.1", "<sip:", ">", ";tag=", ";expires=", "Record-Route: <sip:127.0.0.1;lr>\r\n",
    "+sip.instance=\"<urn:uuid:1>\"", ";reg-id=1", "Content-Type: application/sdp\r\n", "c=IN IP4 127.0.0.1\r\n",
    "m=audio 4000 RTP/AVP 0\r\n", "a=rtcp:4001 IN IP4 ", "Replaces: a;to-tag=b;from-tag=c\r\n", "%00", "[::1]",
    "P-Asserted-Identity: ", "Diversion: ", "History-Info: ", "Remote-Party-ID: ", "Require: ", "CSeq: ",
    "Content-Length: ", ";maddr=", ";rport", ";transport=tcp",
};

#define WORDS(list) list, sizeof list / sizeof list[0]

static const struct target targets[] = {
    { "replaces", NULL, feed_replaces, WORDS(replaces_words) },
    { "key", NULL, feed_key, WORDS(key_words) },
    { "party", NULL, feed_party, WORDS(party_words) },
    { "message", stack_start, stack_feed, WORDS(message_words) },
};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(targets[i].name, name) == 0)
            return &targets[i];
    return NULL;
}
