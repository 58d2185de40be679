"""Our changes to pjproject's source: fewer system calls per packet, and room for local addresses.

Promises to change what each entry describes, exactly once each, or to say that this pjproject looks
different there and is built as it is: that costs processor time and addresses, not correctness.
`old` is no more text than it takes to find the place.

As it comes, pjlib's epoll queue takes a socket out of the set and puts it back around every packet,
because a read is a single order that is gone once it is served, and the RTP transport first tries
whether another packet waits.  That is seven system calls where two do the work.  Left in the set, a
socket may become readable while nobody wants to read it; then, and only then, it is taken out.
This is safe as long as one thread polls a queue: the loop polls SIP's, our poller polls media's.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Change(NamedTuple):
    what: str
    path: str
    old: str
    new: str
    times: int = 1


CHANGES = [
    Change(
        "a socket stays in the set while its reader works",
        "pjlib/src/pj/ioqueue_common_abs.c",
        "        if (pj_list_empty(&h->read_list))\n"
        "            ioqueue_remove_from_set(ioqueue, h, READABLE_EVENT);\n",
        "",
    ),
    Change(
        "an event that finds no reader takes the socket out",
        "pjlib/src/pj/ioqueue_common_abs.c",
        "        ioqueue_dispatch_read_event_no_lock(h, 0);\n#endif\n\n    } else {\n",
        "        ioqueue_dispatch_read_event_no_lock(h, 0);\n#endif\n\n    } else {\n"
        "        ioqueue_remove_from_set(ioqueue, h, READABLE_EVENT);\n",
    ),
    Change(
        "such an event is dispatched at all",
        "pjlib/src/pj/ioqueue_epoll.c",
        "        if ((events[i].events & EPOLLIN) && \n"
        "            (key_has_pending_read(h) || key_has_pending_accept(h)) && !IS_CLOSING(h) ) {",
        "        if ((events[i].events & EPOLLIN) && !IS_CLOSING(h)) {",
    ),
    Change(
        "RTP and RTCP wait for their next packet instead of trying",
        "pjmedia/src/pjmedia/transport_udp.c",
        "&bytes_read, 0,\n",
        "&bytes_read, PJ_IOQUEUE_ALWAYS_ASYNC,\n",
        times=2,
    ),
    Change(
        "more than eight transports: three on each local address",
        "pjsip/include/pjsua-lib/pjsua_internal.h",
        "tpdata[8];",
        "tpdata[64];",
    ),
    Change(
        "the RTP transport tells its place in the set, which poller.c takes it from for a while",
        "pjmedia/src/pjmedia/transport_udp.c",
        "        tsi->type = PJMEDIA_TRANSPORT_TYPE_UDP;\n        tsi->cbsize = 0;\n",
        "        tsi->type = PJMEDIA_TRANSPORT_TYPE_UDP;\n"
        "        tsi->cbsize = sizeof(udp->rtp_key);\n"
        "        pj_memcpy(tsi->buffer, &udp->rtp_key, sizeof(udp->rtp_key));\n",
    ),
]


def apply(tree: Path) -> list[str]:
    """Makes all changes or none, and returns what could not be done."""
    texts = {change.path: (tree / change.path).read_text() for change in CHANGES}
    strange = [c.what for c in CHANGES if texts[c.path].count(c.old) != c.times]
    if not strange:
        for change in CHANGES:
            texts[change.path] = texts[change.path].replace(change.old, change.new)
        for path, text in texts.items():
            (tree / path).write_text(text)
    return strange
