"""The part of pjsua2 (pjproject 2.17) that a PBX edge uses, with types.

Not the whole of it: what is not here exists, but was not needed yet; add it when it is.  pjsua2.py
itself is generated at build time.  Methods raise Error.  Objects handed to an on...() method live
only while it runs, and lists taken from a temporary die with it: keep `info = call.getInfo()` in a
variable.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

class Vector(Generic[T]):
    """Stands for StringVector, SipHeaderVector and the other generated lists."""

    def append(self, value: T) -> None: ...
    def clear(self) -> None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> T: ...
    def __iter__(self) -> Iterator[T]: ...

class StringVector(Vector[str]): ...

class Error(Exception):
    status: int
    title: str
    reason: str
    def info(self, multi_line: bool = False) -> str: ...

class TimeVal:
    sec: int
    msec: int

class Version:
    full: str
    numeric: int

# -- configuration -------------------------------------------------------------------------------

class UaConfig:
    maxCalls: int
    threadCnt: int  # 0: our loop is the only one
    mainThreadOnly: bool
    nameserver: StringVector  # never empty, or every host name blocks the process
    userAgent: str

class MediaConfig:
    clockRate: int
    sndClockRate: int
    audioFramePtime: int
    maxMediaPorts: int
    hasIoqueue: bool
    threadCnt: int
    ptime: int
    noVad: bool
    ecTailLen: int
    jbInit: int
    jbMax: int

class LogConfig:
    msgLogging: int
    level: int
    consoleLevel: int
    filename: str

class EpConfig:
    uaConfig: UaConfig
    medConfig: MediaConfig
    logConfig: LogConfig

class TlsConfig:
    CaListFile: str
    certFile: str
    privKeyFile: str
    verifyServer: bool
    verifyClient: bool
    requireClientCert: bool
    method: int
    proto: int

class TransportConfig:
    port: int
    portRange: int
    randomizePort: bool
    publicAddress: str
    boundAddress: str
    tlsConfig: TlsConfig
    qosType: int

class TransportInfo:
    id: int
    type: int
    localAddress: str
    localName: str

class AuthCredInfo:
    scheme: str
    realm: str
    username: str
    dataType: int
    data: str
    def __init__(
        self, scheme: str = ..., realm: str = ..., username: str = ..., dataType: int = ...,
        data: str = ...,
    ) -> None: ...  # fmt: skip

class SipHeader:
    hName: str
    hValue: str

class AccountRegConfig:
    registrarUri: str
    registerOnAdd: bool
    headers: Vector[SipHeader]
    timeoutSec: int
    retryIntervalSec: int

class AccountSipConfig:
    authCreds: Vector[AuthCredInfo]
    proxies: StringVector
    contactForced: str
    transportId: int
    ipv6Use: int

class AccountCallConfig:
    prackUse: int
    timerUse: int
    timerMinSESec: int
    timerSessExpiresSec: int

class AccountNatConfig:
    contactRewriteUse: int
    viaRewriteUse: int
    sdpNatRewriteUse: int
    udpKaIntervalSec: int

class SrtpOpt:
    keyings: Vector[int]

class AccountMediaConfig:
    transportConfig: TransportConfig
    srtpUse: int
    srtpOpt: SrtpOpt
    srtpSecureSignaling: int
    ipv6Use: int

class AccountConfig:
    priority: int
    idUri: str
    regConfig: AccountRegConfig
    sipConfig: AccountSipConfig
    callConfig: AccountCallConfig
    natConfig: AccountNatConfig
    mediaConfig: AccountMediaConfig

# -- the endpoint --------------------------------------------------------------------------------

class CodecInfo:
    codecId: str
    priority: int
    desc: str

class Endpoint:
    @staticmethod
    def instance() -> Endpoint: ...
    def libVersion(self) -> Version: ...
    def libCreate(self) -> None: ...
    def libInit(self, prmEpConfig: EpConfig) -> None: ...
    def libStart(self) -> None: ...
    def libHandleEvents(self, msec_timeout: int) -> int: ...
    def libDestroy(self, prmFlags: int = 0) -> None: ...
    def hangupAllCalls(self) -> None: ...
    def transportCreate(self, type: int, cfg: TransportConfig) -> int: ...
    def transportGetInfo(self, id: int) -> TransportInfo: ...
    def transportClose(self, id: int) -> None: ...
    def codecEnum2(self) -> Vector[CodecInfo]: ...
    def codecSetPriority(self, codec_id: str, priority: int) -> None: ...

# -- what callbacks are told ---------------------------------------------------------------------

class SipRxData:
    info: str
    wholeMsg: str
    srcAddress: str

class OnIncomingCallParam:
    callId: int
    rdata: SipRxData

class OnRegStateParam:
    code: int
    reason: str
    rdata: SipRxData
    expiration: int

class TsxStateEventSrc:
    rdata: SipRxData

class SipTransaction:
    method: str
    role: int
    state: int
    statusCode: int
    statusText: str

class TsxStateEvent:
    src: TsxStateEventSrc
    tsx: SipTransaction
    type: int

class SipEventBody:
    tsxState: TsxStateEvent

class SipEvent:
    type: int
    body: SipEventBody

class OnCallStateParam:
    e: SipEvent

class OnCallTsxStateParam:
    e: SipEvent

class OnCallMediaStateParam: ...

class OnDtmfDigitParam:
    method: int
    digit: str
    duration: int

class SendRequestParam:
    method: str
    txOption: SipTxOption

class OnSendRequestParam:
    e: SipEvent

class OnCallRedirectedParam:
    targetUri: str

class CallSendDtmfParam:
    method: int
    duration: int
    digits: str

class SdpSession:
    wholeSdp: str

class OnCallSdpCreatedParam:
    sdp: SdpSession
    remSdp: SdpSession

# -- accounts and calls --------------------------------------------------------------------------

class AccountInfo:
    id: int
    uri: str
    regIsActive: bool
    regExpiresSec: int
    regStatus: int
    regStatusText: str
    regLastErr: int

class Account:
    def create(self, cfg: AccountConfig, make_default: bool = False) -> None: ...
    def modify(self, cfg: AccountConfig) -> None: ...
    def shutdown(self) -> None: ...
    def isValid(self) -> bool: ...
    def getId(self) -> int: ...
    def getInfo(self) -> AccountInfo: ...
    def setRegistration(self, renew: bool) -> None: ...
    def sendRequest(self, prm: SendRequestParam) -> None: ...
    def onSendRequest(self, prm: OnSendRequestParam) -> None: ...
    def onIncomingCall(self, prm: OnIncomingCallParam) -> None: ...
    def onRegState(self, prm: OnRegStateParam) -> None: ...

class CallSetting:
    flag: int
    audioCount: int
    videoCount: int
    mediaDir: Vector[int]  # counts only with the flag PJSUA_CALL_SET_MEDIA_DIR
    textCount: int  # 1 by default: set 0, or a text m-line is offered
    customCallId: str
    def __init__(self, useDefaultValues: bool = False) -> None: ...

class SipTxOption:
    targetUri: str
    localUri: str
    contactUri: str
    headers: Vector[SipHeader]
    contentType: str
    msgBody: str

class CallOpParam:
    opt: CallSetting
    statusCode: int
    reason: str
    options: int
    txOption: SipTxOption
    sdp: SdpSession
    def __init__(self, useDefaultCallSetting: bool = False) -> None: ...

class CallMediaInfo:
    index: int
    type: int
    dir: int
    status: int
    audioConfSlot: int

class CallInfo:
    id: int
    role: int
    localUri: str
    localContact: str
    remoteUri: str
    remoteContact: str
    callIdString: str
    setting: CallSetting
    state: int
    stateText: str
    lastStatusCode: int
    lastReason: str
    media: Vector[CallMediaInfo]
    connectDuration: TimeVal
    totalDuration: TimeVal

class MathStat:
    max: int
    last: int
    mean: int

class RtcpStreamStat:
    pkt: int
    bytes: int
    discard: int
    loss: int
    jitterUsec: MathStat

class RtcpStat:
    start: TimeVal
    txStat: RtcpStreamStat
    rxStat: RtcpStreamStat
    rttUsec: MathStat

class JbufState:
    size: int
    avgDelayMsec: int
    lost: int
    discard: int
    empty: int

class StreamStat:
    rtcp: RtcpStat
    jbuf: JbufState

class StreamInfo:
    type: int
    remoteRtpAddress: str
    codecName: str
    codecClockRate: int

class AudioMedia:
    def getPortId(self) -> int: ...

class Call:
    def __init__(self, acc: Account, call_id: int = ...) -> None: ...
    def getInfo(self) -> CallInfo: ...
    def isActive(self) -> bool: ...
    def getId(self) -> int: ...
    def hasMedia(self) -> bool: ...
    def getAudioMedia(self, med_idx: int) -> AudioMedia: ...
    def makeCall(self, dst_uri: str, prm: CallOpParam) -> None: ...
    def answer(self, prm: CallOpParam) -> None: ...
    def hangup(self, prm: CallOpParam) -> None: ...
    def setHold(self, prm: CallOpParam) -> None: ...
    def reinvite(self, prm: CallOpParam) -> None: ...
    def update(self, prm: CallOpParam) -> None: ...
    def xfer(self, dest: str, prm: CallOpParam) -> None: ...
    def xferReplaces(self, dest: Call, prm: CallOpParam) -> None: ...
    def dialDtmf(self, digits: str) -> None: ...
    def sendDtmf(self, param: CallSendDtmfParam) -> None: ...
    def getStreamInfo(self, med_idx: int) -> StreamInfo: ...
    def getStreamStat(self, med_idx: int) -> StreamStat: ...
    def onCallState(self, prm: OnCallStateParam) -> None: ...
    def onCallTsxState(self, prm: OnCallTsxStateParam) -> None: ...
    def onCallMediaState(self, prm: OnCallMediaStateParam) -> None: ...
    def onCallSdpCreated(self, prm: OnCallSdpCreatedParam) -> None: ...
    def onDtmfDigit(self, prm: OnDtmfDigitParam) -> None: ...
    def onCallRedirected(self, prm: OnCallRedirectedParam) -> int: ...

# -- constants -----------------------------------------------------------------------------------

PJSIP_TRANSPORT_UDP: int
PJSIP_TRANSPORT_TCP: int
PJSIP_TRANSPORT_TLS: int
PJSIP_TRANSPORT_UDP6: int
PJSIP_TRANSPORT_TCP6: int
PJSIP_TRANSPORT_TLS6: int
PJSIP_CRED_DATA_PLAIN_PASSWD: int
PJSIP_CRED_DATA_DIGEST: int
PJSIP_INV_STATE_CALLING: int
PJSIP_INV_STATE_INCOMING: int
PJSIP_INV_STATE_EARLY: int
PJSIP_INV_STATE_CONNECTING: int
PJSIP_INV_STATE_CONFIRMED: int
PJSIP_REDIRECT_STOP: int
PJSIP_EVENT_RX_MSG: int
PJSIP_INV_STATE_DISCONNECTED: int
PJSUA_INVALID_ID: int
PJSIP_ROLE_UAC: int
PJSUA_CALL_MEDIA_NONE: int
PJSUA_CALL_MEDIA_ACTIVE: int
PJSUA_CALL_MEDIA_LOCAL_HOLD: int
PJSUA_CALL_MEDIA_REMOTE_HOLD: int
PJSUA_CALL_UNHOLD: int
PJSUA_IPV6_DISABLED: int
PJSUA_IPV6_ENABLED_NO_PREFERENCE: int
PJSUA_IPV6_ENABLED_USE_IPV6_ONLY: int
PJSUA_DTMF_METHOD_RFC2833: int
PJSUA_DTMF_METHOD_SIP_INFO: int
PJSUA_DESTROY_NO_NETWORK: int
PJSUA_SIP_TIMER_OPTIONAL: int
PJSUA_SIP_TIMER_ALWAYS: int
PJSUA_100REL_OPTIONAL: int
PJSUA_100REL_MANDATORY: int
PJSUA_CALL_SET_MEDIA_DIR: int
PJMEDIA_DIR_ENCODING: int
PJMEDIA_SRTP_KEYING_SDES: int
PJMEDIA_TYPE_AUDIO: int
PJMEDIA_SRTP_DISABLED: int
PJMEDIA_SRTP_OPTIONAL: int
PJMEDIA_SRTP_MANDATORY: int
PJMEDIA_DIR_ENCODING_DECODING: int
