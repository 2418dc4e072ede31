"""What a working copy would change, judged as of now: for its review, and once more when it is issued."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from calls import registry
from calls.callfile import problems
from calls.callfile.problems import Problem
from calls.comparison import TABLE, Change, Side, Standing, Verdict, judged
from calls.corrigenda.copies import files_of
from calls.corrigenda.wording import Known, Record, records
from calls.models import Call
from calls.spec import CallSpec, Text
from calls.transfer import spec_of
from calls.waivers import rules_in_words
from portal import clock, languages
from portal.accounts.models import Region
from portal.documents.models import StoredFile


@dataclass(frozen=True)
class Review:
    """The changes of a published call with their verdicts.

    Attributes:
        faults: what is wrong with the call as it would be.
        stale: the published call has changed since the copy was made.
        fixed: what rests on its stages already, by code.
    """

    old: Known
    new: Known
    changes: tuple[Change, ...]
    faults: tuple[Problem, ...]
    stale: bool
    fixed: Mapping[str, tuple[str, ...]]

    def of(self, verdict: Verdict) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.verdict is verdict)

    @property
    def refused(self) -> tuple[Change, ...]:
        return self.of(Verdict.REFUSED)

    @property
    def announced(self) -> tuple[Change, ...]:
        """What makes a corrigendum; without any, the rest is applied without one."""
        return self.of(Verdict.CORRIGENDUM)

    @property
    def possible(self) -> bool:
        """Whether the changes can be issued, or applied."""
        return bool(self.changes) and not (self.refused or self.faults or self.stale)

    @cached_property
    def records(self) -> list[Record]:
        """The announced changes in words, as a corrigendum keeps them."""
        return records(self.announced, self.old, self.new)

    def said(self, changes: Iterable[Change]) -> list[Record]:
        """Return any of the changes in words."""
        return records(changes, self.old, self.new)


def review_of(original: Call, copy: Call) -> Review:
    """Compare a published call with its working copy."""
    spec = spec_of(copy).model_copy(update={"code": original.code})
    return review(original, spec, files_of(copy), stale=copy.amends_revision != original.revision)


def review(original: Call, spec: CallSpec, files: Mapping[str, StoredFile], *, stale: bool = False) -> Review:
    """Compare a published call with what it would be.

    Args:
        spec: the call as it would be, under the reference of the original.
        files: its documents' files by their paths.
    """
    fixed = registry.fixed_stages(original)
    old = _known(spec_of(original), files_of(original))
    new = _known(spec, files)
    found = judged(old.side, new.side, Standing(clock.now(), fixed), TABLE)
    return Review(old, new, found, tuple(problems(spec)), stale, fixed)


def _known(spec: CallSpec, files: Mapping[str, StoredFile]) -> Known:
    digests = {place: file.sha256 for place, file in files.items()}
    names = {place: f"{file.name} (SHA-256: {file.sha256[:12]}…)" for place, file in files.items()}
    return Known(Side(spec, digests), rules_in_words(spec), _regions(spec), names)


def _regions(spec: CallSpec) -> dict[str, Text]:
    codes = {code for lot in spec.lots for code in lot.regions}
    rows = Region.objects.filter(pk__in=codes) if codes else ()
    return {
        row.pk: {language: getattr(row, f"name_{language}", None) or "" for language in languages.spoken()}
        for row in rows
    }
