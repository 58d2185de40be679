"""Effects in the words of a scenario: `ring 101`, `join 101 102`, `say 101 not-allowed`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

from firmware.core import effects as fx

Who = Mapping[int, str]  # leg -> the name that scenarios give it


def tell(who: Who, effect: fx.AnyEffect) -> str:
    if say := SENTENCES.get(type(effect)):
        return say(who, effect)
    return f"{VERBS[type(effect)]} {name(who, effect)}"


def name(who: Who, effect: Any) -> str:
    return who.get(effect.leg, "?")


def _join(who: Who, effect: fx.Join) -> str:
    links = effect.links
    if not links:
        return "part"
    legs = dict.fromkeys(leg for link in links for leg in link)
    if set(links) == set(permutations(legs, 2)):
        return "join " + " ".join(who[leg] for leg in legs)
    return "join " + " ".join(f"{who[a]}>{who[b]}" for a, b in links)


def _seize(who: Who, effect: fx.SeizeLine) -> str:
    rest = f" after {effect.rest_ms} ms" if effect.rest_ms else ""
    return f"seize {name(who, effect)} {effect.digits}{rest}"


def _invite(_: Who, effect: fx.Invite) -> str:
    text = f"invite {effect.extension} for {effect.caller} {effect.name}".rstrip()
    text += f" from {effect.diverted_by}" if effect.diverted_by else ""
    text += " withheld" if effect.withheld else ""
    return text + (f" to {effect.auto_answer} at once" if effect.auto_answer else "")


def _emergency(_: Who, effect: fx.PublishEmergency) -> str:
    cut = " cutting a call" if effect.cut else ""
    return f"emergency {effect.caller} {effect.number}{cut}"


def _say(who: Who, effect: fx.PlayPrompt) -> str:
    language = "" if effect.language == "en" else f" in {effect.language}"
    return f"say {name(who, effect)}{language} {' '.join(effect.words)}"


VERBS: dict[type[fx.Effect], str] = {
    fx.OpenLine: "open",
    fx.RingLine: "ring",
    fx.StopRinging: "stop ringing",
    fx.AnswerLine: "answer",
    fx.Answer: "answer",
    fx.Alert: "alert",
    fx.Progress: "progress",
    fx.StopTone: "quiet",
    fx.StopPrompt: "stop words",
    fx.PlayMusic: "music",
    fx.StopMusic: "stop music",
    fx.Echo: "echo",
}
SENTENCES: dict[type[fx.Effect], Callable[[Who, Any], str]] = {
    fx.Join: _join,
    fx.SeizeLine: _seize,
    fx.Invite: _invite,
    fx.PublishEmergency: _emergency,
    fx.InviteTrunk: lambda _, it: f"invite {it.trunk} {it.number} for {it.caller}",
    fx.PlayTone: lambda who, it: f"tone {it.tone} {name(who, it)}",
    fx.PlayPrompt: _say,
    fx.Hangup: lambda who, it: f"hang up {name(who, it)} {it.cause}",
    fx.SendDigits: lambda who, it: f"send {it.digits} to {name(who, it)}",
    fx.AnswerRefer: lambda who, it: f"transfer {name(who, it)} {it.code}",
    fx.Record: lambda who, it: f"record {it.name} {' '.join(who[leg] for leg in it.legs)}",
    fx.StopRecord: lambda _, it: f"stop recording {it.name}",
    fx.DropRecording: lambda _, it: f"drop recording {it.name}",
    fx.SaveState: lambda _, it: f"save {it.key} {it.value}".rstrip(),
    fx.ShowExtension: lambda _, it: f"show {it.number} {it.state}",
}
