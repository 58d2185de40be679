/* Digest authentication (RFC 7616, RFC 8760): the challenge, and the judgment of an answer to it.
 *
 * MD5 is offered, and SHA-256 before it where offer_sha256() was called: phones built on libre up to
 * version 1 give up on a challenge that names an algorithm they do not know, wherever it stands, so
 * it cannot be the default.  qop=auth is required.  A nonce that is not ours, or too old (nonces.c), is
 * answered with stale=true before the password is even looked at: phones then ask again by themselves
 * after our restart, and nobody can test passwords with a nonce of his own.  An answer that was used
 * before is stale too.  An unknown name costs the same work and gets the same answer as a wrong password.
 */
#include "native.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

static char realm[128];
static struct account nobody;                /* what an unknown name is checked against */
static EVP_MD_CTX *context;
static bool sha256_offered;

static void to_hex(const unsigned char *bytes, size_t count, char *hex)
{
    for (size_t i = 0; i < count; i++)
        sprintf(hex + 2 * i, "%02x", bytes[i]);
}

void sha256_of(const void *data, size_t length, unsigned char out[32])
{
    EVP_Digest(data, length, out, NULL, EVP_sha256(), NULL);
}

bool digest_start(const char *name)
{
    unsigned char random[32];

    if (strlen(name) >= sizeof realm || strpbrk(name, "\"\\\r\n")) {
        PyErr_SetString(PyExc_ValueError, "a realm is short and needs no quoting");
        return false;
    }
    context = context ? context : EVP_MD_CTX_new();
    if (!context || !nonces_start() ||
        getrandom(random, sizeof random, 0) != sizeof random) {
        PyErr_SetString(PyExc_OSError, "no random numbers");
        return false;
    }
    strcpy(realm, name);
    to_hex(random, MD5_HEX / 2, nobody.md5);
    to_hex(random, SHA256_HEX / 2, nobody.sha256);
    return true;
}

PyObject *py_offer_sha256(PyObject *self, PyObject *args)
{
    int offered;

    (void)self;
    if (!PyArg_ParseTuple(args, "p", &offered))
        return NULL;
    sha256_offered = offered;
    Py_RETURN_NONE;
}

/* -- judging an answer --------------------------------------------------------------------------- */

static bool is(const pj_str_t *text, const char *word)
{
    return pj_stricmp2(text, word) == 0;
}

/* Joins parts with colons, as every digest formula does, and gives the hexadecimal digest. */
static void digest_of(const EVP_MD *md, const pj_str_t *const parts[], int count, char *hex)
{
    unsigned char out[EVP_MAX_MD_SIZE] = { 0 };
    unsigned length = 0;

    EVP_DigestInit_ex(context, md, NULL);
    for (int i = 0; i < count; i++) {
        if (i)
            EVP_DigestUpdate(context, ":", 1);
        EVP_DigestUpdate(context, parts[i]->ptr, (size_t)parts[i]->slen);
    }
    EVP_DigestFinal_ex(context, out, &length);
    to_hex(out, length, hex);
    hex[2 * length] = 0;
}

static bool response_right(const pjsip_digest_credential *given, const pj_str_t *method,
                           const struct account *account, bool sha256)
{
    const EVP_MD *md = sha256 ? EVP_sha256() : EVP_md5();
    size_t length = sha256 ? SHA256_HEX : MD5_HEX;
    char inner[2 * EVP_MAX_MD_SIZE + 1], wanted[2 * EVP_MAX_MD_SIZE + 1], lower[SHA256_HEX];
    pj_str_t ha1 = pj_str((char *)(sha256 ? account->sha256 : account->md5)), ha2;

    digest_of(md, (const pj_str_t *[]){ method, &given->uri }, 2, inner);
    ha2 = pj_str(inner);
    digest_of(md, (const pj_str_t *[]){ &ha1, &given->nonce, &given->nc, &given->cnonce, &given->qop,
                                        &ha2 }, 6, wanted);
    if ((size_t)given->response.slen != length)
        return false;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)given->response.ptr[i]);
    return CRYPTO_memcmp(wanted, lower, length) == 0;
}

/* The first answer meant for us; a phone may carry answers to other realms as well. */
static const pjsip_digest_credential *credential(const pjsip_rx_data *rdata)
{
    const pjsip_authorization_hdr *header = NULL;
    const pjsip_msg *msg = rdata->msg_info.msg;

    while ((header = pjsip_msg_find_hdr(msg, PJSIP_H_AUTHORIZATION, header ? header->next : NULL))) {
        const pjsip_digest_credential *given = &header->credential.digest;

        if (is(&header->scheme, "digest") && pj_strcmp2(&given->realm, realm) == 0)
            return given;
    }
    return NULL;
}

/* Whether it answers a challenge of ours, right or wrong: its address is no invention then. */
bool digest_echoes(const pjsip_rx_data *rdata)
{
    const pjsip_digest_credential *given = credential(rdata);

    return given && nonce_fresh(&given->nonce, rdata->pkt_info.src_name);
}

bool digest_brought(const pjsip_rx_data *rdata, char user[USER_LEN])
{
    const pjsip_digest_credential *given = credential(rdata);

    user[0] = 0;
    if (given && given->username.slen > 0 && given->username.slen < USER_LEN) {
        memcpy(user, given->username.ptr, (size_t)given->username.slen);
        user[given->username.slen] = 0;
        if (!plain_text(user, USER_LEN, ""))
            user[0] = 0;
    }
    return given;
}

enum verdict digest_check(const pjsip_rx_data *rdata, finder *find, const struct account **who)
{
    const pjsip_digest_credential *given = credential(rdata);
    const struct account *account;
    bool sha256, right;

    *who = NULL;
    if (!given)
        return DIGEST_ABSENT;
    if (!nonce_fresh(&given->nonce, rdata->pkt_info.src_name))
        return DIGEST_STALE;
    sha256 = is(&given->algorithm, "SHA-256");
    if (!is(&given->qop, "auth") || given->nc.slen != 8 || given->cnonce.slen == 0 ||
        !(sha256 || is(&given->algorithm, "MD5") || given->algorithm.slen == 0))
        return DIGEST_WRONG;
    account = find(given->username.ptr, (size_t)given->username.slen);
    right = response_right(given, &rdata->msg_info.msg->line.req.method.name,
                           account ? account : &nobody, sha256);
    if (!right || !account)
        return DIGEST_WRONG;
    if (!nonce_use(&given->nonce, &given->nc))
        return DIGEST_STALE;
    *who = account;
    return DIGEST_RIGHT;
}

/* -- asking -------------------------------------------------------------------------------------- */

static void offer(const char *algorithm, const char *nonce, bool stale, pj_pool_t *pool,
                  pjsip_hdr *list)
{
    pjsip_www_authenticate_hdr *header = pjsip_www_authenticate_hdr_create(pool);
    pjsip_digest_challenge *challenge = &header->challenge.digest;

    header->scheme = pj_str("Digest");
    challenge->realm = pj_str(realm);
    challenge->algorithm = pj_str((char *)algorithm);
    challenge->qop = pj_str("auth");
    challenge->stale = stale;
    pj_strdup2(pool, &challenge->nonce, nonce);
    pj_list_push_back(list, header);
}

void digest_challenge(const pjsip_rx_data *rdata, bool stale, pj_pool_t *pool, pjsip_hdr *list)
{
    char nonce[NONCE_LEN + 1];

    nonce_make(rdata->pkt_info.src_name, nonce);
    if (sha256_offered)
        offer("SHA-256", nonce, stale, pool, list);
    offer("MD5", nonce, stale, pool, list);
}
