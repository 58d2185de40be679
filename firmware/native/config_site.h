/* Compile-time settings of pjproject for Hookswitch.
 *
 * They fix the layout of pjproject's structures, so the libraries, the pjsua2 wrapper and our C
 * extension are always built with this same file; changing one line rebuilds all three (build.py
 * hashes it).  Limits are the box's own: 400 legs plus room for what is being set up or torn down.
 */
#define PJ_TODO(x)

/* -- limits ---------------------------------------------------------------------------------- */
#define PJSUA_MAX_CALLS              512    /* legs, not calls */
#define PJSUA_MAX_ACC                256    /* one per profile and trunk, never one per extension */
#define PJSUA_MAX_CONF_PORTS         1024   /* legs, lines, tones, players; 8 bytes of each in each */
#define PJSUA_MAX_PLAYERS            256
#define PJSUA_MAX_RECORDERS          64
#define PJ_IOQUEUE_MAX_HANDLES       4096   /* two media sockets per leg, plus SIP over TCP and TLS */
#define PJSIP_MAX_TRANSPORTS         2048
#define PJSIP_MAX_TSX_COUNT          (64*1024-1)
#define PJSIP_MAX_DIALOG_COUNT       (16*1024-1)
#define PJSIP_MAX_TIMED_OUT_ENTRIES  64
#define PJSIP_MAX_NET_EVENTS         16
#define PJSIP_MAX_URL_SIZE           512
#define PJSIP_MAX_PKT_LEN            8000   /* every transmit buffer is this long: keep it small */
#define PJ_LOG_MAX_SIZE              (PJSIP_MAX_PKT_LEN + 500)
#define PJSIP_UDP_SO_RCVBUF_SIZE     (4*1024*1024)
#define PJSIP_UDP_SO_SNDBUF_SIZE     (4*1024*1024)

/* -- behavior -------------------------------------------------------------------------------- */
#define PJ_HAS_IPV6                  1
#define PJ_LOG_MAX_LEVEL             5
#define PJ_ENABLE_EXTRA_CHECK        1      /* a bad argument is an error code, not an abort */
#define PJSIP_SAFE_MODULE            1
#define PJSIP_UNESCAPE_IN_PLACE      1
#define PJSIP_DONT_SWITCH_TO_TCP     1      /* what Python chose stays chosen */
#define PJSIP_TCP_KEEP_ALIVE_INTERVAL 90
#define PJSIP_TRANSPORT_SERVER_IDLE_TIME 4000     /* a phone keeps its connection while it is registered */
#define PJSIP_TRANSPORT_SERVER_IDLE_TIME_FIRST 30 /* who connects and says nothing does not */
#define PJSUA_ADD_ICE_TAGS           0

/* -- media ----------------------------------------------------------------------------------- */
#define PJMEDIA_HAS_VIDEO            0
#define PJMEDIA_HAS_SRTP             1
#define PJMEDIA_SRTP_HAS_SDES        1
#define PJMEDIA_SRTP_HAS_DTLS        1
#define PJMEDIA_HAS_RTCP_XR          1
#define PJMEDIA_HAS_DTMF_FLASH       1
#define PJMEDIA_CONF_USE_AGC         0      /* levels must not pump */
#define PJMEDIA_HAS_SPEEX_AEC        0
#define PJMEDIA_HAS_WEBRTC_AEC       0
#define PJMEDIA_RTP_PT_TELEPHONE_EVENTS 101
#define PJMEDIA_TELEPHONE_EVENT_ALL_CLOCKRATES 1
#define PJMEDIA_STREAM_ENABLE_KA     0
#define PJMEDIA_CODEC_L16_HAS_8KHZ_MONO  1
#define PJMEDIA_CODEC_L16_HAS_16KHZ_MONO 1
#define PJMEDIA_SDP_NEG_ANSWER_MULTIPLE_CODECS 0
