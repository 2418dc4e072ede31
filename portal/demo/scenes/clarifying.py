"""Requests for clarification about concept notes of the pilot call: one waits for its answer, one has it."""

from datetime import timedelta
from typing import Any

from django.utils import translation

from applications.lifecycle import answer_clarification, ask_clarification, save_section
from applications.models import Clarification, StageEntry
from applications.pages.checking import confirmation
from applications.queries import dossier_of
from calls.models import Call
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.scenes.stage import Cast, Municipalities, story

_TO_ANSWER = timedelta(days=10)


def play(cast: Cast, known: Municipalities, call: Call) -> None:
    """Ask Dilijan, which has answered, and Kutaisi, which has some days left."""
    told = story("applications")["clarifications"]
    asked = _ask(cast, _entry(call, known.dilijan), told["answered"])
    _answer(cast, asked, cast.people["head@dilijan.example"], told["answered"]["answer"])
    _ask(cast, _entry(call, known.kutaisi), told["open"])


def _entry(call: Call, municipality: Municipality) -> StageEntry:
    related = ("stage__call", "application__lot", "application__municipality__country")
    rows = StageEntry.objects.filter(stage__call=call, application__municipality=municipality)
    return rows.select_related(*related).order_by("application__number")[0]


def _ask(cast: Cast, entry: StageEntry, row: dict[str, Any]) -> Clarification:
    with cast.ago(row["days"]):
        return ask_clarification(
            entry, questions=row["questions"], text=row["text"], due_at=clock.now() + _TO_ANSWER, by=cast.officer
        )


def _answer(cast: Cast, asked: Clarification, by: Person, row: dict[str, Any]) -> None:
    with cast.ago(row["days"]), translation.override(by.language):
        dossier, section = dossier_of(asked.entry), row["section"]
        kept = {**dossier.sheet.answers[section], **row["answers"]}
        save_section(asked.entry, section, kept, dossier.versions[section], by=by)
        answer_clarification(asked, by=by, received_at=clock.now(), confirmation=confirmation())
