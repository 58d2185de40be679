"""One table from effect to the edge that performs it.

An effect that cannot be performed comes back to the core as `EffectFailed`; the core decides what
that means for the call.  Anything else an edge raises is a bug and ends the process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from hookswitch_engine import native

from firmware.api.callproc import EmergencyNews, LegNews, LineNews
from firmware.core import effects as e
from firmware.core.events import EffectFailed
from firmware.edges.inbox import Inbox
from firmware.edges.lines import Lines
from firmware.edges.media import Media
from firmware.edges.sip.agent import Agent
from firmware.edges.spool import Spool
from firmware.edges.state import UserState
from firmware.edges.timers import Timers
from firmware.wire.feed import Feed
from hal.api import LineError

log = logging.getLogger("perform")


Rows = dict[type, Callable[[Any], None]]


class Performer:
    def __init__(
        self,
        inbox: Inbox,
        timers: Timers,
        media: Media,
        sip: Agent,
        lines: Lines,
        spool: Spool,
        state: UserState,
        feed: Feed,
    ) -> None:
        self._inbox, self._media, self._legs, self._lines = inbox, media, sip.legs, lines
        self._spool, self._feed = spool, feed
        self._table: Rows = {
            e.OpenLine: lines.open,
            e.RingLine: lines.ring,
            e.StopRinging: lines.stop_ringing,
            e.SeizeLine: lines.seize,
            e.AnswerLine: lines.answer,
            e.Light: lines.light,
            **_sip_rows(sip),
            e.SendDigits: self._send_digits,
            e.Hangup: self._hang_up,
            **_media_rows(media),
            e.StartTimer: timers.start,
            e.StopTimer: timers.stop,
            e.WriteRecord: self._write_record,
            e.SaveState: state.save,
            e.Publish: self._publish,
            e.PublishLine: self._publish_line,
            e.PublishEmergency: self._publish_emergency,
        }

    def perform(self, effect: e.AnyEffect) -> None:
        try:
            self._table.get(type(effect), _not_fitted)(effect)
        except (LineError, OSError) as error:
            name = type(effect).__name__
            leg = getattr(effect, "leg", 0)
            log.warning("leg=%d %s failed: %s", leg, name, error)
            if leg:
                self._inbox.post(EffectFailed, leg, name, str(error))

    def _hang_up(self, effect: e.Hangup) -> None:
        if self._legs.has(effect.leg):
            self._legs.hang_up(effect)
        elif self._lines.has(effect.leg):
            self._lines.hang_up(effect)

    def _send_digits(self, effect: e.SendDigits) -> None:
        if self._legs.has(effect.leg):
            self._legs.send_digits(effect)
        elif self._lines.has(effect.leg):
            self._media.press(effect.leg, effect.digits)

    def _write_record(self, effect: e.WriteRecord) -> None:
        record = self._media.measured(effect.record)
        log.info("call=%s %s>%s %s", record.call, record.caller, record.called, record.cause)
        self._spool.write(record)

    def _publish(self, effect: e.Publish) -> None:
        self._feed.publish(
            LegNews(effect.leg, effect.call, effect.kind, effect.line, effect.party, effect.state)
        )

    def _publish_line(self, effect: e.PublishLine) -> None:
        self._feed.publish(LineNews(effect.line, effect.up))

    def _publish_emergency(self, effect: e.PublishEmergency) -> None:
        log.warning("call=%s %s calls %s", effect.call, effect.caller, effect.number)
        self._feed.publish(
            EmergencyNews(effect.call, effect.caller, effect.number, effect.line, effect.cut)
        )


def _media_rows(media: Media) -> Rows:
    return {
        e.PlayTone: media.play_tone,
        e.StopTone: media.be_still,
        e.PlayPrompt: media.play_prompt,
        e.StopPrompt: media.be_still,
        e.PlayMusic: media.play_music,
        e.StopMusic: media.be_still,
        e.Record: media.record,
        e.StopRecord: media.stop_record,
        e.DropRecording: media.drop_recording,
        e.Join: media.join,
        e.Echo: media.echo,
    }


def _sip_rows(sip: Agent) -> Rows:
    return {
        e.Invite: sip.invites.invite,
        e.InviteTrunk: sip.trunks.invite,
        e.AnswerRefer: sip.transfers.answer,
        e.Alert: sip.legs.alert,
        e.Progress: sip.legs.progress,
        e.Answer: sip.legs.answer,
        e.ShowExtension: _show_extension,
        e.ShowMessages: _show_messages,
    }


def _show_extension(effect: e.ShowExtension) -> None:
    native.show_extension(effect.number, effect.state)


def _show_messages(effect: e.ShowMessages) -> None:
    native.show_messages(effect.number, effect.new, effect.old)


def _not_fitted(_: e.AnyEffect) -> None:
    """No edge performs it yet; the core goes on without it."""
    raise OSError("not fitted")
