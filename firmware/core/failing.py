"""What it means for a call that an effect could not be performed: a row for every effect there is.

`lost`: the leg is of no use without it, and ends.  `said`: whoever waits for the words goes on
without them.  `borne`: the call goes on, something is not heard, shown or written; the edge's log
says what.
Recordings and saved settings that fail have events of their own, which name them.
"""

from __future__ import annotations

from typing import Final, Literal

from firmware.core import effects as e

Outcome = Literal["lost", "said", "borne"]

OUTCOMES: Final[dict[type[e.Effect], Outcome]] = {
    e.OpenLine: "lost",
    e.RingLine: "lost",
    e.StopRinging: "borne",
    e.SeizeLine: "lost",
    e.AnswerLine: "lost",
    e.Light: "borne",
    e.Invite: "lost",
    e.InviteTrunk: "lost",
    e.AnswerRefer: "borne",
    e.Alert: "borne",
    e.Progress: "borne",
    e.Answer: "lost",
    e.Hangup: "borne",
    e.PlayTone: "borne",
    e.StopTone: "borne",
    e.PlayPrompt: "said",
    e.StopPrompt: "borne",
    e.PlayMusic: "borne",
    e.StopMusic: "borne",
    e.SendDigits: "borne",
    e.Record: "borne",
    e.StopRecord: "borne",
    e.DropRecording: "borne",
    e.Join: "lost",
    e.Echo: "lost",
    e.StartTimer: "borne",
    e.StopTimer: "borne",
    e.WriteRecord: "borne",
    e.Publish: "borne",
    e.PublishLine: "borne",
    e.PublishEmergency: "borne",
    e.ShowExtension: "borne",
    e.ShowMessages: "borne",
    e.SaveState: "borne",
}
_BY_NAME: Final = {kind.__name__: outcome for kind, outcome in OUTCOMES.items()}


def outcome_of(effect: str) -> Outcome:
    return _BY_NAME.get(effect, "lost")
