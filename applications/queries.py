"""What the pages and lifecycles of applications need from the database, starting from who asks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Case, F, IntegerField, Prefetch, Q, QuerySet, Value, When

from applications.answers import FrozenFile, Sheet, basics_of
from applications.messages import basics_words
from applications.models import Application, Attachment, EntryState, SectionAnswers, StageEntry, Submission
from applications.rules import WRITERS, helped_by, roles_of
from calls.models import Call, CallState, Corrigendum, Waiver
from calls.spec import CallSpec, SectionSpec, StageSpec
from calls.transfer import spec_of
from portal.accounts.models import Municipality, Person

_SPEC_SECONDS = 600


def call_spec(call: Call) -> CallSpec:
    """Return a call as plain values. A published call is read once for each of its revisions, and kept in the cache."""
    if call.state != CallState.PUBLISHED:
        return spec_of(call)
    published = call.published_at.isoformat() if call.published_at else 0
    key = f"applications:spec:{call.pk}:{published}:{call.revision}"
    spec: CallSpec | None = cache.get(key)
    if spec is None:
        spec = spec_of(call)
        cache.set(key, spec, _SPEC_SECONDS)
    return spec


def stage_of(spec: CallSpec, code: str) -> StageSpec:
    """Return the stage with this code of a call that has it."""
    return next(stage for stage in spec.stages if stage.code == code)


def basics(spec: CallSpec) -> SectionSpec:
    """Return the built-in section of a call's forms, with its words."""
    return basics_of(spec, basics_words(lots=bool(spec.lots), priorities=bool(spec.priorities.list)))


# --- one application ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dossier:
    """An entry with all that its pages show.

    Attributes:
        versions: section to the version that the next save must name; 0 where nothing was saved yet.
        attachments: the files that are there, in the order in which they came.
        saved_at: when an answer was last saved.
        unread: the corrigenda of which nobody who writes has taken note yet, the first one first.
        locked: the questions whose answers cannot be changed now.
    """

    entry: StageEntry
    sheet: Sheet
    versions: Mapping[str, int]
    attachments: tuple[Attachment, ...]
    saved_at: datetime | None
    unread: tuple[Corrigendum, ...] = ()
    locked: frozenset[str] = frozenset()

    def version(self, section: str) -> int:
        return self.versions.get(section, 0)

    def files_of(self, question: str) -> tuple[Attachment, ...]:
        return tuple(file for file in self.attachments if file.question == question)

    def frozen_files(self) -> list[FrozenFile]:
        """Return the files as a snapshot records them."""
        return [
            FrozenFile(a.question, a.file.name, a.file.kind, a.file.size, a.file.sha256, a.file.token)
            for a in self.attachments
        ]


def dossier_of(entry: StageEntry) -> Dossier:
    """Return one entry's dossier; two queries beside the call's own, one more where an earlier stage binds."""
    return dossiers_of([entry])[0]


def dossiers_of(entries: Iterable[StageEntry]) -> list[Dossier]:
    """Return the dossiers of several entries in a number of queries that does not depend on how many they are."""
    entries = list(entries)
    keys = [entry.pk for entry in entries]
    answers, files = defaultdict(list), defaultdict(list)
    for row in SectionAnswers.objects.filter(entry__in=keys):
        answers[row.entry_id].append(row)
    for attachment in Attachment.objects.filter(entry__in=keys, removed_at=None).select_related("file"):
        files[attachment.entry_id].append(attachment)
    specs = {entry.stage.call_id: call_spec(entry.stage.call) for entry in entries}
    unread, waived = _unread(entries), _waived(entries, specs)
    return [
        _dossier(
            entry,
            specs[entry.stage.call_id],
            answers[entry.pk],
            files[entry.pk],
            unread[entry.pk],
            waived[_whose(entry)],
        )
        for entry in entries
    ]


def _unread(entries: Iterable[StageEntry]) -> dict[int, tuple[Corrigendum, ...]]:
    """Return the corrigenda that a draft does not know of; one query, none where all know everything."""
    found: dict[int, tuple[Corrigendum, ...]] = {entry.pk: () for entry in entries}
    behind = [
        entry
        for entry in entries
        if entry.state == EntryState.DRAFT and entry.acknowledged < entry.stage.call.last_corrigendum
    ]
    if not behind:
        return found
    calls = {entry.stage.call_id for entry in behind}
    rows = list(Corrigendum.objects.filter(call__in=calls).select_related("call").order_by("number"))
    for entry in behind:
        new = (row for row in rows if row.call_id == entry.stage.call_id and row.number > entry.acknowledged)
        found[entry.pk] = tuple(new)
    return found


def _dossier(
    entry: StageEntry,
    spec: CallSpec,
    answers: list[SectionAnswers],
    files: list[Attachment],
    unread: tuple[Corrigendum, ...],
    waived: set[str],
) -> Dossier:
    counts = Counter(file.question for file in files)
    return Dossier(
        entry=entry,
        sheet=_sheet(entry, spec, {row.section: row.answers for row in answers}, counts, waived),
        versions={row.section: row.version for row in answers},
        attachments=tuple(files),
        saved_at=max((row.changed_at for row in answers), default=None),
        unread=unread,
        locked=locked_questions(entry, spec),
    )


def locked_questions(entry: StageEntry, spec: CallSpec | None = None) -> frozenset[str]:
    """Return the questions whose answers cannot be changed now: fixed by the earlier stage, or not to be clarified."""
    spec = spec or call_spec(entry.stage.call)
    form = [question.key for question in stage_of(spec, entry.stage.code).form.questions()]
    if entry.state == EntryState.CLARIFICATION:
        return frozenset([*form, *(question.key for question in basics(spec).questions)]) - entry.asked_questions
    settled = [question.key for question in stage_of(spec, entry.stage.code).form.questions() if question.fixed]
    builtin = [question.key for question in basics(spec).questions]
    return frozenset(entry.fixed) & frozenset([*settled, *builtin])


def kept_answers(entry: StageEntry, section: str) -> dict[str, Any]:
    """Return what is kept of one section, nothing where it was never saved."""
    rows = SectionAnswers.objects.filter(entry=entry, section=section)
    return rows.values_list("answers", flat=True).first() or {}


def sheet_with(entry: StageEntry, answers: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """Return an entry's form with answers that the caller has at hand; no query for one read ``with_figures``."""
    known: Any = entry.__dict__
    files = known.get("files_there")
    if files is None:
        files = Attachment.objects.filter(entry=entry, removed_at=None).values_list("question", flat=True)
    spec = call_spec(entry.stage.call)
    return _sheet(entry, spec, answers, Counter(files), _waived([entry], {entry.stage.call_id: spec})[_whose(entry)])


def _whose(entry: StageEntry) -> tuple[int, int]:
    return entry.stage.call_id, entry.application.municipality_id


def _waived(entries: Iterable[StageEntry], specs: Mapping[int, CallSpec]) -> "defaultdict[tuple[int, int], set[str]]":
    """Return the rules that are waived, by call and municipality; no query where nothing has to be confirmed."""
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    asking = set()
    for entry in entries:
        if (known := entry.__dict__.get("rules_waived")) is not None:
            found[_whose(entry)].update(known)
        elif specs[entry.stage.call_id].statements:
            asking.add(_whose(entry))
    if asking:
        rows = Waiver.objects.in_force().filter(
            call__in={call for call, _place in asking}, municipality__in={place for _call, place in asking}
        )
        for call, municipality, rule in rows.values_list("call", "municipality", "rule"):
            found[call, municipality].add(rule)
    return found


def _without_waived(spec: CallSpec, waived: set[str]) -> CallSpec:
    """Return the call as its form asks it of a municipality: a statement whose rule is waived may stay unconfirmed."""
    if not waived:
        return spec
    rules = (
        rule.model_copy(update={"otherwise": "caveat"}) if rule.identity in waived else rule
        for rule in spec.eligibility
    )
    return spec.model_copy(update={"eligibility": tuple(rules)})


def _sheet(
    entry: StageEntry,
    spec: CallSpec,
    answers: Mapping[str, Mapping[str, Any]],
    files: Mapping[str, int],
    waived: set[str],
) -> Sheet:
    stage, lot = stage_of(spec, entry.stage.code), entry.application.lot
    return Sheet(
        call=spec,
        stage=stage,
        basics=basics(_without_waived(spec, waived)),
        lot=lot.code if lot else None,
        answers=answers,
        files=files,
        before=_requested_before(entry, spec, stage),
    )


def _requested_before(entry: StageEntry, spec: CallSpec, stage: StageSpec) -> Decimal | None:
    """Return what was requested in the earlier stage, asked only where the stage binds the request to it."""
    before = spec.stage_before(stage.code)
    if before is None or stage.keep_requested_within_percent is None:
        return None
    known: Decimal | None = entry.requested_before
    if known is not None:
        return known
    earlier = StageEntry.objects.filter(application=entry.application_id, stage__code=before.code)
    return earlier.exclude(submission=None).values_list("requested", flat=True).first()


_WITH_ALL = ("application__municipality__country", "application__lot", "stage__call", "submission")


def entries_for(person: Person) -> "QuerySet[StageEntry]":
    """Return the entries that the person may know of, with what every page about one needs."""
    rows = StageEntry.objects.visible_to(person).with_deadline().with_figures().for_reader(person)
    return rows.select_related(*_WITH_ALL)


def entries_to_write(person: Person) -> "QuerySet[StageEntry]":
    """Return the entries that the person writes, in whatever state: of own municipalities, or helped with."""
    rows = entries_for(person)
    return rows.filter(Q(reader_role__in=WRITERS) | Q(reader_helps=True))


def submissions_for(person: Person) -> "QuerySet[Submission]":
    """Return the submissions that the person may know of."""
    entries = StageEntry.objects.visible_to(person)
    rows = Submission.objects.filter(entry__in=entries)
    return rows.select_related(
        "entry__stage__call", "entry__application__municipality__country", "entry__application__lot", "submitted_by"
    )


# --- lists ----------------------------------------------------------------------------------------------------------


def own_municipalities(person: Person) -> "QuerySet[Municipality]":
    """Return the municipalities that the person is a member of, those that merged too."""
    held = person.current_memberships().values("municipality")
    return Municipality.objects.filter(pk__in=held).select_related("country", "merged_into")  # type: ignore[no-any-return]


def own_entries(person: Person) -> "QuerySet[StageEntry]":
    """Return the entries of the person's own municipalities: drafts first, the nearest deadline before the others."""
    others = Case(When(state=EntryState.DRAFT, then=Value(0)), default=Value(1), output_field=IntegerField())
    municipalities = person.current_memberships().values("municipality")
    rows = StageEntry.objects.filter(application__municipality__in=municipalities).with_deadline()
    return rows.select_related(*_WITH_ALL).order_by(others, F("closes_at"), "pk")


def entries_in(call: Call, municipality: Municipality) -> "QuerySet[Application]":
    """Return what a municipality has in a call, with its entries."""
    entries = StageEntry.objects.select_related("stage")
    rows = Application.objects.filter(call=call, municipality=municipality).select_related("lot")
    return rows.prefetch_related(Prefetch("entries", queryset=entries))


# --- what other storeys ask ---------------------------------------------------------------------------------------


def known_applications(municipality: Municipality) -> list[Mapping[str, Any]]:
    """Return call, stage, lot, state and key of all that a municipality has, stages of one application in order."""
    rows = StageEntry.objects.filter(application__municipality=municipality)
    rows = rows.order_by("application", "stage__position", "pk")
    columns = ("state", "application_id", "stage__code", "application__call__code", "application__lot__code")
    return list(rows.values(*columns))


def may_see_file(person: Any, stored_file: Any) -> bool:
    """Whether a file is an answer of an application that the person may know of.

    A file removed from a draft stays with those who wrote it; once submitted it goes with the submission.
    """
    if not getattr(person, "is_authenticated", False):
        return False
    rows = Attachment.objects.filter(file=stored_file)
    for municipality, application in rows.values_list("entry__application__municipality", "entry__application"):
        if municipality in roles_of(person) or application in helped_by(person):
            return True
    return rows.submitted().filter(entry__in=StageEntry.objects.visible_to(person)).exists()
