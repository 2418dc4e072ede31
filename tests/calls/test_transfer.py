"""Calls in the database: from the file, back to the file, changed by a new version of the file."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from calls.callfile import load_file, load_text
from calls.callfile.dump import dump_text
from calls.lifecycle import publish_anyway
from calls.models import Call, CallState, Lot, Programme, Question, Stage
from calls.spec import CallSpec
from calls.transfer import CONTENT, CallIsFixed, WritingRefused, evaluation_spec, spec_of, stage_spec, write_call
from portal import clock
from portal.documents.models import StoredFile
from tests.calls.spoilt import FOLDER, PILOT, TWELVE
from tests.calls.strategies import calls

pytestmark = pytest.mark.django_db
FILES = sorted(FOLDER.glob("*.yaml"))
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def pilot() -> CallSpec:
    return load_text(PILOT, "pilot.yaml")


def fresh(code: str) -> Call:
    call: Call = Call.objects.get(code=code)
    return call


def events() -> int:
    """How many entries the histories of calls have."""
    models = [model for model in apps.get_app_config("calls").get_models() if model.__name__.endswith("Event")]
    assert len(models) > 10
    return sum(model._default_manager.count() for model in models)


@pytest.mark.parametrize("language", ["hy", "en"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_call_survives_the_database(path: Path, language: str) -> None:
    spec = load_file(path)
    with translation.override(language):
        write_call(spec)
        assert spec_of(fresh(spec.code)) == spec
    assert dump_text(spec_of(fresh(spec.code))) == dump_text(spec)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls())
def test_any_call_survives_the_database(spec: CallSpec) -> None:
    spec = spec.model_copy(update={"documents": ()})
    Call.objects.filter(code=spec.code).delete()
    Programme.objects.filter(calls=None).delete()
    write_call(spec)
    assert spec_of(fresh(spec.code)) == spec


def test_the_same_file_again_leaves_no_history() -> None:
    write_call(pilot())
    before = events()
    write_call(pilot())
    assert events() == before


def test_a_draft_follows_its_file() -> None:
    write_call(pilot())
    keys = set(Lot.objects.values_list("code", "pk"))
    text = PILOT.replace("code: LOT2", "code: LOT9").replace("budget: 4000000", "budget: 3000000.50")
    text = text.replace("{key: design,", "{key: plan,").replace(
        '{code: "1.4", weight: 1', '{code: "1.4", weight: 1.25', 1
    )
    changed = load_text(text, "changed.yaml")
    assert changed != pilot()
    write_call(changed)
    assert spec_of(fresh("M4EG-2021-PILOT")) == changed
    assert keys - set(Lot.objects.values_list("code", "pk")) == {(code, pk) for code, pk in keys if code == "LOT2"}


def test_lots_and_questions_keep_the_order_of_the_file() -> None:
    spec = pilot()
    write_call(spec)
    turned = spec.model_copy(update={"lots": spec.lots[::-1], "stages": spec.stages})
    write_call(turned)
    assert [lot.code for lot in fresh(spec.code).lots.all()] == ["LOT3", "LOT2", "LOT1"]
    assert spec_of(fresh(spec.code)) == turned


def test_a_rule_taken_out_of_the_middle_leaves_the_others() -> None:
    spec = load_file(FOLDER / "m4eg-2021-innovation.yaml")
    write_call(spec)
    changed = spec.model_copy(update={"eligibility": spec.eligibility[1:]})
    write_call(changed)
    assert spec_of(fresh(spec.code)) == changed


def test_numbers_in_conditions_stay_numbers_and_texts_stay_texts() -> None:
    text = PILOT.replace(
        "{key: declaration, kind: file",
        "{show_if: {all: [{question: months, in: [1.5, 12]}, {question: title, "
        "equals: '1.5'}]}, key: declaration, kind: file",
    )
    spec = load_text(text, "x.yaml")
    write_call(spec)
    assert spec_of(fresh(spec.code)) == spec
    assert Question.objects.get(key="declaration").settings["accept"] == ["pdf", "jpg", "png"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_reading_costs_the_same_for_every_call(path: Path, django_assert_max_num_queries: object) -> None:
    for each in FILES:
        write_call(load_file(each))
    call = fresh(load_file(path).code)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        spec_of(call)


def test_a_list_of_calls_is_read_at_once(django_assert_num_queries: object) -> None:
    for each in FILES:
        write_call(load_file(each))
    listed = list(Call.objects.prefetch_related(*CONTENT))
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert {spec_of(call).code for call in listed} == {load_file(each).code for each in FILES}


def test_one_stage_alone() -> None:
    spec = pilot()
    write_call(spec)
    stage = Stage.objects.get(code="full")
    assert stage_spec(stage) == spec.stages[1]
    assert evaluation_spec(Stage.objects.get(code="full").grid, ["hy", "en"]) == spec.stages[1].evaluation


def test_a_published_call_is_not_changed() -> None:
    call = write_call(pilot())
    publish_anyway(call, by=None, reason="a test", at=datetime(2021, 1, 1, tzinfo=UTC))
    with translation.override("en"), pytest.raises(CallIsFixed, match="no longer a draft"):
        write_call(load_text(PILOT.replace("budget: 4000000", "budget: 3000000"), "x.yaml"))
    assert spec_of(fresh("M4EG-2021-PILOT")) == pilot()


def test_a_working_copy_is_not_overwritten_by_a_file() -> None:
    original = write_call(pilot())
    Call.objects.filter(pk=original.pk).update(state=CallState.PUBLISHED, published_at=clock.now())
    copy = write_call(load_text(PILOT.replace("M4EG-2021-PILOT", "COPY"), "copy.yaml"))
    Call.objects.filter(pk=copy.pk).update(amends=original, amends_revision=0)
    with translation.override("en"), pytest.raises(WritingRefused, match="in preparation"):
        write_call(load_text(PILOT.replace("M4EG-2021-PILOT", "COPY"), "copy.yaml"))


def test_columns_of_languages_that_came_later_are_no_change() -> None:
    call = write_call(pilot())
    type(call).objects.filter(pk=call.pk).update(title_ka=None)
    event = apps.get_model("calls", "CallEvent")
    before = event.objects.count()
    write_call(pilot())
    assert event.objects.count() == before


def test_a_language_without_columns_is_refused() -> None:
    text = PILOT.replace("languages: [hy, en]", "languages: [fr, en]").replace("hy:", "fr:")
    with pytest.raises(WritingRefused, match="fr"):
        write_call(load_text(text, "x.yaml"))
    assert not Call.objects.exists()


# ---------------------------------------------------------------------------------------------- documents and commands


def refused(path: Path) -> list[str]:
    """The error lines of a file that the command does not load."""
    stderr = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("load_call", path, stderr=stderr)
    assert caught.value.code == 1
    return stderr.getvalue().splitlines()


def with_document(folder: Path, file: str = "papers/guide.pdf") -> Path:
    line = f'  documents: [{{kind: guidelines, title: {{hy: "Ուղեցույց", en: "Guide"}}, file: {file}}}]\n  letters:\n'
    path = folder / "call.yaml"
    path.write_text(PILOT.replace("  letters:\n", line), encoding="utf-8")
    return path


def test_documents_are_kept_and_written_back(tmp_path: Path) -> None:
    path = with_document(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "guide.pdf").write_bytes(PDF)
    call_command("load_call", path, stdout=StringIO())
    call_command("load_call", path, stdout=StringIO())
    assert [file.name for file in StoredFile.objects.all()] == ["guide.pdf"]
    call_command("dump_call", "M4EG-2021-PILOT", to=tmp_path / "out", stdout=StringIO())
    assert (tmp_path / "out" / "papers" / "guide.pdf").read_bytes() == PDF
    assert load_file(tmp_path / "out" / "m4eg-2021-pilot.yaml") == load_file(path)


def test_a_missing_document_is_an_error_at_its_line(tmp_path: Path) -> None:
    path = with_document(tmp_path)
    assert [line.split(": ")[:2] for line in refused(path)] == [[f"{path}:79", "call.documents[0].file"]]
    assert not Call.objects.exists()


def test_a_document_that_is_not_what_it_says_is_refused(tmp_path: Path) -> None:
    path = with_document(tmp_path, "guide.pdf")
    (tmp_path / "guide.pdf").write_bytes(b"MZ\x90\x00 not a document")
    assert [line.split(": ")[:2] for line in refused(path)] == [[str(path), "guide.pdf"]]
    assert not Call.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_command_loads_the_three_calls_and_prints_them_back() -> None:
    call_command("load_call", *FILES, stdout=StringIO())
    assert set(Call.objects.values_list("state", flat=True)) == {CallState.DRAFT}
    for path in FILES:
        spec = load_file(path)
        out = StringIO()
        call_command("dump_call", spec.code, stdout=out)
        assert out.getvalue() == dump_text(spec)


def test_the_command_prints_all_errors_and_writes_nothing(tmp_path: Path) -> None:
    text = PILOT
    for fault in TWELVE:
        text = fault.spoil(text)
    path = tmp_path / "pilot.yaml"
    path.write_text(text, encoding="utf-8")
    with translation.override("en"):
        assert sorted(refused(path)) == sorted(f"{tmp_path}/{fault.error}" for fault in TWELVE)
    assert not Call.objects.exists()
    assert not Programme.objects.exists()


def test_an_unknown_call_cannot_be_written_back() -> None:
    with pytest.raises(CommandError, match="NOWHERE"):
        call_command("dump_call", "NOWHERE")


def test_the_schema_command_prints_the_published_schema() -> None:
    out = StringIO()
    call_command("call_file_schema", stdout=out)
    published = Path(__file__).parents[2] / "docs" / "call-file.schema.json"
    assert out.getvalue() == published.read_text(encoding="utf-8")
