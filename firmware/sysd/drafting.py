"""The shared draft: everybody's wishes in one place, looked at and applied together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from firmware.api import sysd as api
from firmware.store import draft
from firmware.store.config import ConfigStore
from firmware.store.database import NOT_SAVED
from firmware.store.draft import Edit
from firmware.store.form import Part, secret_keys, sections
from firmware.store.mistakes import Mistake
from firmware.store.settings import Config, entries
from firmware.sysd.configuration import Configuration
from firmware.sysd.office import Office
from firmware.sysd.views import change_views, mistake_views
from firmware.wire.frames import Refused
from firmware.wire.server import Handlers

R = TypeVar("R")
MOST_EDITS = 5000


class Drafting:
    def __init__(self, configuration: Configuration, office: Office) -> None:
        self._configuration, self._office = configuration, office
        self._store: ConfigStore = configuration.store

    def handlers(self) -> Handlers:
        return {
            api.EditDraft: self._edit,
            api.ShowDraft: lambda ask: self._view(ask.lang),
            api.ApplyDraft: self._apply,
            api.DiscardDraft: self._discard,
        }

    def _edit(self, ask: api.EditDraft) -> api.DraftView:
        part = sections().get(ask.section)
        if part is None or (part.table and ask.remove) or part.table == bool(ask.entry):
            raise Refused("no-such-place", f"there is no {ask.section} {ask.entry}".rstrip())
        if secret_keys(part).keys() & ask.values.keys():
            raise Refused("no-secrets", "passwords are set at once, not in a draft")
        if len(self._store.edits()) + len(ask.values) > MOST_EDITS:
            raise Refused("draft-full", "the draft is full; apply or discard it first")
        edits = self._edits(ask, part)
        _saved(lambda: self._store.add_edits(edits))
        found = self._together()
        if isinstance(found, list):  # what is wrong by itself does not enter
            wrong = [edit.id for edit in self._store.edits()[-len(edits) :]]
            only = self._together(only=wrong)
            if isinstance(only, list):
                _saved(lambda: self._store.remove_edits(wrong))
                return self._view(ask.lang, only)
        return self._view(ask.lang)

    def _edits(self, ask: api.EditDraft, part: Part) -> list[Edit]:
        before = draft.held(self._configuration.config(), ask.section, ask.entry)
        now = time.time_ns() // 1_000_000
        blank = Edit(0, now, ask.who, ask.section, ask.entry, "", None, None)
        if ask.remove:
            return [blank]
        edits = [] if part.table or before is not None else [_with(blank, new="{}")]
        for key, text in ask.values.items():
            old = (before or {}).get(key)
            edits.append(_with(blank, key=key, old=old, new=text if text else None))
        return edits

    def _together(self, only: list[int] | None = None) -> Config | list[Mistake]:
        config = self._configuration.config()
        edits = [each for each in self._store.edits() if only is None or each.id in only]
        try:
            text = draft.laid_on(config, edits)
        except (ValueError, msgspec.ValidationError) as error:
            return [Mistake(0, "", "syntax", (str(error),))]
        found = self._configuration.read(text)
        if isinstance(found, list):
            return [msgspec.structs.replace(mistake, line=0) for mistake in found]
        return msgspec.structs.replace(found, notes=_lasting(config, found))

    def _view(self, lang: api.Lang, wrong: list[Mistake] | None = None) -> api.DraftView:
        config = self._configuration.config()
        edits = tuple(
            api.EditView(
                edit.id,
                edit.utc_ms,
                edit.who,
                f"{edit.section} {edit.entry}".rstrip(),
                edit.key,
                edit.old or "",
                edit.new or "",
                draft.is_stale(config, edit),
            )
            for edit in self._store.edits()
        )
        found = self._together() if wrong is None else wrong
        if isinstance(found, list):
            return api.DraftView(edits, mistake_views(found, lang), ())
        return api.DraftView(edits, (), change_views(self._configuration.differences(found), lang))

    def _apply(self, ask: api.ApplyDraft) -> api.ApplyView:
        found = self._together()
        if isinstance(found, list):
            return api.ApplyView(self._configuration.version, mistake_views(found, ask.lang), ())
        authors = ", ".join(dict.fromkeys(edit.who for edit in self._store.edits()))
        why = ask.why or f"draft of {authors}"
        view = self._office.apply(found, ask.who, why, ask.lang, ask.confirm_within)
        _saved(lambda: self._store.remove_edits([edit.id for edit in self._store.edits()]))
        return view

    def _discard(self, ask: api.DiscardDraft) -> api.DraftView:
        known = [edit.id for edit in self._store.edits()]
        gone = [ask.edit] if ask.edit else known
        if ask.edit and ask.edit not in known:
            raise Refused("no-such-edit", f"there is no wish {ask.edit} in the draft")
        _saved(lambda: self._store.remove_edits(gone))
        return self._view(ask.lang)


def _with(edit: Edit, **fields: Any) -> Edit:
    return msgspec.structs.replace(edit, **fields)


def _lasting(old: Config, new: Config) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Comments stay with what stays."""
    parts = sections()

    def stays(section: str, entry: str) -> bool:
        part = parts.get(section)
        return part is None or part.table or entry in entries(new.site, part)

    return {address: lines for address, lines in old.notes.items() if stays(*address[:2])}


def _saved(deed: Callable[[], R]) -> R:
    try:
        return deed()
    except NOT_SAVED as error:
        raise Refused("not-saved", f"it could not be saved: {error}") from None
