"""Several people on one draft: remarks between colleagues, a helper from outside, an invitation not taken up."""

from datetime import timedelta
from typing import Any

from django.utils import translation

from applications.lifecycle.helping import invite_helper, take_up
from applications.lifecycle.remarking import settle_remark, write_remark
from applications.models import StageEntry
from calls.models import Stage
from portal import clock
from portal.accounts.models import Municipality
from portal.demo.scenes.stage import Cast, story

_HELP = timedelta(days=30)


def play(cast: Cast, stage: Stage, municipality: Municipality) -> None:
    """Let the colleagues and the helper of a municipality talk over its draft in a stage."""
    related = ("stage__call", "application__municipality__country")
    entry = StageEntry.objects.select_related(*related).get(stage=stage, application__municipality=municipality)
    told = story("applications")
    for row in told["helpers"]:
        _invite(cast, entry, row)
    for row in told["remarks"]:
        _remark(cast, entry, row)


def _invite(cast: Cast, entry: StageEntry, row: dict[str, Any]) -> None:
    by = cast.people[row["by"]]
    with cast.ago(row["days"]), translation.override(by.language):
        helper = invite_helper(entry, name=row["name"], email=row["email"], until=clock.now() + _HELP, by=by)
    if "taken_up" in row:
        with cast.ago(row["taken_up"]):
            take_up(helper, cast.people[row["email"]])


def _remark(cast: Cast, entry: StageEntry, row: dict[str, Any]) -> None:
    with cast.ago(row["days"]):
        remark = write_remark(entry, row["question"], row["text"], by=cast.people[row["by"]])
    if "settled" in row:
        with cast.ago(row["settled"]):
            settle_remark(remark, by=cast.people[row["settled_by"]])
