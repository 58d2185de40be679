"""Copies for the other side of the socket: sentences in its language, facts beside them."""

from __future__ import annotations

from firmware.api import sysd as api
from firmware.store import changes, mistakes
from firmware.store.changes import Change
from firmware.store.mistakes import Mistake
from firmware.sysd.configuration import Done


def mistake_views(found: list[Mistake], lang: api.Lang) -> tuple[api.MistakeView, ...]:
    return tuple(
        api.MistakeView(mistake.line, mistake.place, mistake.code, mistakes.say(mistake, lang))
        for mistake in found
    )


def change_views(found: list[Change], lang: api.Lang) -> tuple[api.ChangeView, ...]:
    return tuple(
        api.ChangeView(
            change.kind,
            change.place,
            change.key,
            change.old,
            change.new,
            changes.say(change, lang),
        )
        for change in found
    )


def made_views(done: Done) -> tuple[api.MadeView, ...]:
    return tuple(
        api.MadeView(f"{section} {entry}", password)
        for (section, entry, _), password in done.made.items()
    )
