"""The hardware as its owners see it: ports by callproc, everything around them by sysd."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from firmware.api.notices import Notice
from firmware.wire.frames import Ask

Kind = Literal["fxs", "fxo"]


class PortView(msgspec.Struct, frozen=True):
    """A port of the card; `found`: the hardware has it, though its line may be down."""

    line: int
    kind: Kind
    found: bool
    up: bool


class ShowPorts(Ask[tuple[PortView, ...]], frozen=True, tag="ports"):
    """To callproc.  Answering at all is the proof of life that the watchdog wants."""

    answer: ClassVar[Any] = tuple[PortView, ...]


class DiskView(msgspec.Struct, frozen=True, tag="disk"):
    """A disk that is plugged in; also published at every change, at last as "gone"."""

    name: str
    state: Literal["found", "mounted", "unusable", "gone"]
    path: str
    label: str
    filesystem: str
    size: int
    free: int
    read_only: bool
    why: str


class ButtonNews(msgspec.Struct, frozen=True, tag="button"):
    """A button was let go after `ms`."""

    name: str
    ms: int


class PortDifference(msgspec.Struct, frozen=True):
    """What is stored of a port, and what was found instead; empty: nothing."""

    line: int
    stored: str
    found: str


class HardwareView(msgspec.Struct, frozen=True):
    ports: tuple[PortView, ...]
    disks: tuple[DiskView, ...]
    differences: tuple[PortDifference, ...]
    notices: tuple[Notice, ...]


class ShowHardware(Ask[HardwareView], frozen=True, tag="hardware"):
    """To sysd."""

    answer: ClassVar[Any] = HardwareView


class TakeOverPorts(Ask[tuple[PortDifference, ...]], frozen=True, tag="take-over-ports"):
    """The ports that were found are right: what is stored and configured follows them."""

    who: Annotated[str, msgspec.Meta(max_length=60)]
    answer: ClassVar[Any] = tuple[PortDifference, ...]


class EjectDisk(Ask[None], frozen=True, tag="eject-disk"):
    name: Annotated[str, msgspec.Meta(max_length=16)]


HardwareNews = DiskView | ButtonNews | Notice
