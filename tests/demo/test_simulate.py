"""Simulated applications hold against every rule that real ones are held against."""

import re
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from applications.answers import digest_of, snapshot_of
from applications.lifecycle.freezing import give_number
from applications.models import Application, Attachment, EntryState, SectionAnswers, StageEntry, Submission
from applications.queries import dossiers_of
from calls.models import Call, Stage
from calls.queries import right_to_apply
from calls.transfer import spec_of, write_call
from evaluation.assembly import load_stage
from evaluation.lifecycle import freeze_shortlist, make_shortlist
from evaluation.models import Assessment, AssessmentState, CheckResult, Score
from evaluation.scales import comment_needed, on_scale
from evaluation.scoring import Outcome
from portal.accounts.models import Municipality
from portal.demo.scenes import settling
from portal.demo.simulation import Refusal, Wish, simulate
from portal.demo.simulation.assessing import assessors
from portal.documents.sniff import check_upload
from portal.documents.storage import open_stored, private_storage
from tests.demo.conftest import put_on

CallAndStage = tuple[Call, Stage]


def run(*arguments: str) -> str:
    """Run the command and return what it prints."""
    out = StringIO()
    call_command("simulate", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def entries_of(stage: Stage) -> list[Any]:
    rows = StageEntry.objects.filter(stage=stage).select_related(
        "stage__call", "submission", "application__lot", "application__municipality__country"
    )
    return list(rows.order_by("application__number"))


@pytest.mark.parametrize(
    ("name", "stage", "days"),
    [
        ("m4eg-2021-portfolio", "eoi", -3),
        ("m4eg-2021-portfolio", "eoi", 20),
        ("m4eg-2021-pilot", "concept", -20),
    ],
)
def test_thirty_applications_are_valid_and_proven_by_their_digest(
    registry: None, name: str, stage: str, days: int
) -> None:
    call, row = put_on(name, stage, days)
    printed = run(call.code, "--applications", "30", "--seed", "7")
    assert f"30 applications submitted ({call.code}-0001 to {call.code}-0030)" in printed
    entries = entries_of(row)
    assert len(entries) == 30
    for entry, dossier in zip(entries, dossiers_of(entries), strict=True):
        submission, application = entry.submission, entry.application
        assert dossier.sheet.problems == ()
        assert digest_of(submission.snapshot) == submission.digest
        assert submission.snapshot == snapshot_of(
            dossier.sheet,
            dossier.frozen_files(),
            number=application.number,
            sequence=1,
            municipality=submission.snapshot["municipality"],
        )
        assert row.opens_at <= entry.application.created_at <= submission.received_at <= row.deadline
        amounts = dossier.sheet.amounts
        assert (entry.requested, entry.months) == (amounts.requested or 0, amounts.months)


def test_the_answers_are_in_the_language_of_the_country(pilot: CallAndStage) -> None:
    call, _stage = pilot
    run(call.code, "--applications", "40", "--seed", "3")
    for submission in Submission.objects.select_related("entry__application__municipality"):
        armenian = submission.entry.application.municipality.country_id == "AM"
        text = submission.snapshot["answers"]["action"]["relevance"]
        assert (submission.language == "hy") is armenian
        assert bool(re.search("[ա-ֆ]", text)) is armenian


def test_the_limits_of_the_call_hold(pilot: CallAndStage) -> None:
    call, stage = pilot
    ukrainian = list(Municipality.objects.filter(country="UA").order_by("code").values_list("pk", flat=True))
    simulate(call, stage, Wish(applications=450, seed=7, leave_out=ukrainian[20:]))
    rows = list(Application.objects.values_list("municipality", "lot", "lot__code", "municipality__country"))
    assert max(Counter(municipality for municipality, *_rest in rows).values()) == 2
    assert max(Counter((municipality, lot) for municipality, lot, *_rest in rows).values()) == 1
    allowed = {"LOT1": {"AM", "AZ", "GE", "MD"}, "LOT2": {"UA"}}
    assert all(country in allowed.get(lot, {country}) for _m, _l, lot, country in rows)
    assert not Application.objects.exclude(municipality__merged_into=None).exists()


def test_what_is_recorded_of_the_right_to_apply_is_what_the_portal_finds(pilot: CallAndStage) -> None:
    call, stage = pilot
    run(call.code, "--applications", "12", "--seed", "5")
    for entry in entries_of(stage):
        submission, application = entry.submission, entry.application
        found = right_to_apply(
            call,
            application.municipality,
            lot=application.lot.code,
            stage=stage.code,
            own=str(application.pk),
            declarations=frozenset({"ledp"}),
            moment=submission.received_at,
        ).record()
        assert submission.eligibility["findings"] == found["findings"]
        assert submission.eligibility == found


def results(stage: Stage) -> dict[str, Any]:
    """Return what the seed decides, by number."""
    answers = {
        (row.entry.application.number, row.section): row.answers
        for row in SectionAnswers.objects.filter(entry__stage=stage).select_related("entry__application")
    }
    scores = Score.objects.filter(assessment__entry__stage=stage)
    by_place = scores.values_list(
        "assessment__entry__application__number", "assessment__order", "criterion__code", "value", "comment"
    )
    places = Application.objects.values_list("number", "municipality", "lot", "entries__submitted_at")
    return {"answers": answers, "scores": sorted(by_place), "places": sorted(places)}


def test_the_same_seed_gives_the_same_and_another_seed_something_else(pilot: CallAndStage) -> None:
    call, stage = pilot
    assert len(assessors(2)) == 2  # there before, so that no run that is taken back takes them along

    def outcome(seed: str) -> dict[str, Any]:
        with transaction.atomic():
            run(call.code, "--applications", "15", "--seed", seed, "--assess")
            found = results(stage)
            transaction.set_rollback(True)
        return found

    first = outcome("7")
    assert len(first["places"]) == 15
    assert first["scores"]
    # The numbers are given anew after each run is taken back, so they are the same too.
    assert outcome("7") == first
    assert outcome("8") != first


def test_a_second_run_adds_to_the_first_and_the_portal_goes_on_counting(pilot: CallAndStage) -> None:
    call, _stage = pilot
    run(call.code, "--applications", "10", "--seed", "7")
    assert "0011 to M4EG-2021-PILOT-0020" in run(call.code, "--applications", "10", "--seed", "7")
    assert Application.objects.values("municipality", "lot").distinct().count() == 20
    first = Application.objects.filter(call=call).order_by("pk")[0]
    assert give_number(first) == "M4EG-2021-PILOT-0021"


def test_numbers_follow_the_time_of_submission(pilot: CallAndStage) -> None:
    call, stage = pilot
    run(call.code, "--applications", "20", "--seed", "7")
    moments: list[Any] = [entry.submitted_at for entry in entries_of(stage)]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert len(set(moments)) > 15


def test_a_draft_call_is_refused(registry: None) -> None:
    call, _stage = put_on("m4eg-2021-portfolio", "eoi", -3)
    draft = write_call(spec_of(call).model_copy(update={"code": "M4EG-2021-DRAFT"}))
    with pytest.raises(CommandError, match="M4EG-2021-DRAFT is not published"):
        run("M4EG-2021-DRAFT", "--applications", "3")
    assert not Application.objects.filter(call=draft).exists()


def test_a_stage_that_has_not_opened_is_refused(pilot: CallAndStage) -> None:
    with pytest.raises(CommandError, match="stage full of M4EG-2021-PILOT opens at"):
        run("M4EG-2021-PILOT", "--stage", "full", "--applications", "3")


def test_what_may_still_be_replaced_is_not_assessed(registry: None) -> None:
    call, _stage = put_on("m4eg-2021-portfolio", "eoi", 20)
    with pytest.raises(CommandError, match="is open until"):
        run(call.code, "--applications", "3", "--assess")
    assert not Application.objects.exists()


def test_unknown_calls_and_stages_are_named(pilot: CallAndStage) -> None:
    with pytest.raises(CommandError, match="There is no call NOWHERE"):
        run("NOWHERE", "--applications", "1")
    with pytest.raises(CommandError, match="it has: concept, full"):
        run("M4EG-2021-PILOT", "--stage", "third", "--applications", "1")


def test_more_than_the_municipalities_may_make_is_refused_with_advice_that_works(registry: None) -> None:
    call, _stage = put_on("m4eg-2021-portfolio", "eoi", -3, countries=("AM",))
    real = Municipality.objects.current().filter(country="AM").count()
    with pytest.raises(CommandError, match=f"only {real} are possible") as refusal:
        run(call.code, "--applications", "100")
    assert not Application.objects.exists()
    advice = re.search(r"--extra-municipalities (\d+)", str(refusal.value))
    assert advice is not None
    printed = run(call.code, "--applications", "100", "--extra-municipalities", advice[1])
    assert "100 applications submitted" in printed
    simulated = Municipality.objects.filter(kind="simulated")
    assert simulated.count() == int(advice[1])
    assert all(row.name_en.startswith("Test municipality") for row in simulated)
    assert all(row.name_hy.startswith("Փորձնական համայնք") for row in simulated)


def test_history_tells_of_every_row_and_of_the_command(pilot: CallAndStage) -> None:
    call, _stage = pilot
    run(call.code, "--applications", "4", "--seed", "9", "--assess")
    tracked: tuple[Any, ...] = (Application, StageEntry, Score, CheckResult, Assessment)
    for model in tracked:
        events = model.pgh_event_model.objects.all()
        assert events.count() == model._default_manager.count()
        assert {event.pgh_context["command"] for event in events} == {"simulate"}
        assert {event.pgh_context["seed"] for event in events} == {9}


def test_files_can_be_opened_and_would_have_been_accepted(pilot: CallAndStage) -> None:
    call, _stage = pilot
    run(call.code, "--applications", "3", "--seed", "7")
    attachments: list[Any] = list(Attachment.objects.select_related("file", "entry__submission"))
    assert len(attachments) == 3
    for attachment in attachments:
        file = attachment.file
        with open_stored(file) as content:
            content.name = file.name
            assert check_upload(content, accept=("pdf", "jpg", "png"), max_mb=10).code == file.kind
            content.seek(0)
            raw = content.read()
        assert (sha256(raw).hexdigest(), len(raw)) == (file.sha256, file.size)
        with pikepdf.open(BytesIO(raw)) as pdf:
            assert len(pdf.pages) == 1
        assert file.created_at <= attachment.entry.submission.received_at
        frozen = attachment.entry.submission.snapshot["files"]["declaration"][0]
        assert (frozen["token"], frozen["sha256"]) == (file.token, file.sha256)


def test_files_of_a_batch_that_fails_are_removed(pilot: CallAndStage) -> None:
    call, stage = pilot
    azerbaijan = Municipality.objects.filter(country="AZ").first()
    Application.objects.create(call=call, municipality=azerbaijan, number=f"{call.code}-0002")
    storage = private_storage()
    before = count_files(storage)
    with pytest.raises(IntegrityError), transaction.atomic():
        simulate(call, stage, Wish(applications=3, seed=1))
    assert count_files(storage) == before
    assert not StageEntry.objects.exists()


def count_files(storage: Any, folder: str = "") -> int:
    if not storage.exists(folder or "."):
        return 0
    folders, files = storage.listdir(folder)
    return len(files) + sum(count_files(storage, f"{folder}/{name}".strip("/")) for name in folders)


# --- assessments


def test_assessments_are_complete_on_the_scale_and_explained(pilot: CallAndStage) -> None:
    call, stage = pilot
    printed = run(call.code, "--applications", "30", "--seed", "7", "--assess")
    assert "60 assessments" in printed
    assessments: list[Any] = list(Assessment.objects.prefetch_related("scores__criterion__section__grid"))
    assert len(assessments) == 60
    for assessment in assessments:
        scores: list[Any] = list(assessment.scores.all())
        assert (assessment.state, len(scores)) == (AssessmentState.COMPLETED, 6)
        assert assessment.total == sum(score.value * score.criterion.weight for score in scores)
        for score in scores:
            grid = score.criterion.section.grid
            assert on_scale(grid, score.value)
            assert score.comment or not comment_needed(grid, Fraction(score.value))
        assert stage.deadline <= assessment.assigned_at <= assessment.no_conflict_at <= assessment.completed_at
    assert CheckResult.objects.filter(answer="yes").count() == 30 * 2


def test_assessors_agree_with_each_other_more_than_by_chance(pilot: CallAndStage) -> None:
    call, stage = pilot
    simulate(call, stage, Wish(applications=60, seed=7, assess=True, divergent=0))
    totals: dict[int, list[Any]] = {}
    for entry, total in Assessment.objects.order_by("entry", "order").values_list("entry", "total"):
        totals.setdefault(entry, []).append(total)
    pairs = list(totals.values())
    own = sum(abs(first - second) for first, second in pairs) / len(pairs)
    strange = sum(abs(pairs[at][0] - pairs[at - 1][1]) for at in range(len(pairs))) / len(pairs)
    assert own < strange / 2


def test_some_assessors_are_far_apart_and_some_are_not_done(pilot: CallAndStage) -> None:
    call, stage = pilot
    simulate(call, stage, Wish(applications=60, seed=7, assess=True, divergent=0.3, unfinished=0.3, checked=0.5))
    file = load_stage(Stage.objects.select_related("call", "grid").get(pk=stage.pk))
    outcomes = Counter(place.outcome for place in file.ranking(1).places)
    assert outcomes[Outcome.NEEDS_THIRD] >= 5
    assert outcomes[Outcome.NEEDS_ASSESSOR] >= 5
    assert outcomes[Outcome.SELECTED] >= 5
    states = Counter(Assessment.objects.values_list("state", flat=True))
    assert states[AssessmentState.ASSIGNED] >= 3
    assert states[AssessmentState.IN_PROGRESS] >= 3
    assert 60 < CheckResult.objects.count() < 120


def test_drafts_are_begun_and_not_submitted(registry: None) -> None:
    call, stage = put_on("m4eg-2021-portfolio", "eoi", 20)
    assert "3 applications submitted" in run(call.code, "--applications", "3", "--drafts", "4", "--seed", "2")
    drafts = [entry for entry in entries_of(stage) if entry.state == EntryState.DRAFT]
    assert len(drafts) == 4
    for entry, dossier in zip(drafts, dossiers_of(drafts), strict=True):
        assert entry.application.number is None
        assert entry.submission is None
        assert dossier.sheet.missing


def test_the_invited_answer_in_the_second_stage_under_their_number(registry: None) -> None:
    call, full = put_on("m4eg-2021-pilot", "full", -10)
    concept = call.stages.get(code="concept")
    simulate(call, concept, Wish(applications=30, seed=7, assess=True, divergent=0))
    freeze_shortlist(make_shortlist(concept, by=None), by=None)
    selected = StageEntry.objects.filter(stage=concept, state=EntryState.SELECTED)
    invited = {entry.application.number: entry for entry in selected.select_related("application")}
    assert len(invited) >= 3
    with pytest.raises(Refusal, match="by invitation"):
        simulate(call, full, Wish(applications=len(invited) + 1, seed=7))
    simulate(call, full, Wish(applications=len(invited), seed=7, assess=True))
    entries = entries_of(full)
    assert {entry.application.number for entry in entries} == set(invited)
    for entry, dossier in zip(entries, dossiers_of(entries), strict=True):
        before = invited[entry.application.number].requested
        assert dossier.sheet.problems == ()
        assert abs(entry.requested - before) * 100 <= 20 * before
        assert (entry.submission.sequence, entry.submission.snapshot["sequence"]) == (2, 2)
    assert not settling.waiting(full, Outcome.NEEDS_ASSESSOR)
