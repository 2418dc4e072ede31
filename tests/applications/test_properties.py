"""Random forms and random answers through pages, lifecycle and database: nothing is lost, changed or made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]

from applications.answers import Sheet, clean_section, digest_of
from applications.answers.snapshot import money_text
from applications.answers.values import clean, problems_of
from applications.lifecycle import attach_file, save_section, submit_application
from applications.models import (
    AnswersVersion,
    Application,
    Clarification,
    Reuse,
    SectionAnswers,
    StageEntry,
    Submission,
)
from applications.presentation import filled_submission
from applications.queries import dossier_of
from calls.spec import CallSpec, DurationSpec, FormSpec, GrantLimits, QuestionSpec
from portal import clock
from portal.accounts.models import Person
from portal.documents.models import StoredFile
from tests.applications.helpers import fill, upload
from tests.applications.sheets import filled_calls, typed
from tests.factories import make_call, make_draft, make_member, make_municipality

pytestmark = pytest.mark.django_db
# An example as it was found is read in seconds; making it smaller would take minutes of database work.
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@contextmanager
def undone() -> Iterator[None]:
    """Leave the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Desk:
    """A draft in a call with the form of a random one, and its head at a browser without scripts."""

    def __init__(self, spec: CallSpec) -> None:
        stage, given_ = spec.stages[0], {name: getattr(spec, name) for name in ("grant", "lots", "duration_months")}

        def with_form(base: CallSpec) -> CallSpec:
            first = base.stages[0].model_copy(update={"form": stage.form})
            limits = {**given_, "cofinancing_min_percent": spec.cofinancing_min_percent, "stages": (first,)}
            return base.model_copy(update=limits)

        call, municipality = make_call(spec.code, change=with_form), make_municipality()
        self.head: Person = make_member(municipality, "head")
        here = next((lot.code for lot in spec.lots if "AM" in spec.countries_for(lot.code)), "")
        self.entry: StageEntry = make_draft(call, municipality, by=self.head, lot=here)
        self.client = Client()
        self.client.force_login(self.head)

    def save(self, section: str, answers: dict[str, Any]) -> None:
        save_section(self.entry, section, answers, 0, by=self.head)

    def rows(self) -> dict[str, tuple[int, Any]]:
        found = SectionAnswers.objects.filter(entry=self.entry)
        return {row.section: (row.version, row.answers) for row in found}

    def sheet(self) -> Sheet:
        return dossier_of(StageEntry.objects.get(pk=self.entry.pk)).sheet

    def url(self, section: str) -> str:
        return reverse("applications:section", args=[self.entry.pk, section])

    def on_page(self, section: str) -> list[tuple[str, str]]:
        """What a browser would send from the page of a section that nobody touched."""
        answer = self.client.get(self.url(section))
        assert answer.status_code == 200, section
        (form,) = lxml_html.fromstring(answer.content.decode()).xpath("//form[@id='form']")
        for spare in form.xpath(".//template"):
            spare.drop_tree()
        return [sent for field in form.xpath(".//input|.//textarea|.//select") for sent in _sent(field)]


def _sent(field: Any) -> Iterator[tuple[str, str]]:
    kind, name = field.get("type", ""), field.get("name", "")
    if not name or field.get("form") or kind in ("submit", "file") or "disabled" in field.attrib:
        return
    if field.tag == "select":
        chosen = field.xpath("./option[@selected]") or field.xpath("./option")[:1]
        yield from ((name, option.get("value", "")) for option in chosen)
    elif field.tag == "textarea":
        # As the HTML standard has it: the first line end is none of the text, and each is sent as two signs.
        yield name, (field.text or "").removeprefix("\n").replace("\n", "\r\n")
    elif kind not in ("checkbox", "radio"):
        yield name, field.get("value", "")
    elif "checked" in field.attrib:
        yield name, field.get("value", "on")


def as_data(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return data


@FEW
@given(filled_calls())
def test_what_is_saved_is_what_is_read_and_a_page_sent_back_untouched_changes_nothing(filled: Any) -> None:
    spec, _basics, answers = filled
    with undone():
        desk = Desk(spec)
        sections = desk.sheet().sections
        for section in sections:
            desk.save(section.code, answers[section.code])
        kept = desk.sheet()
        for section in sections:
            assert kept.answers[section.code] == clean_section(section, answers[section.code])
        before, versions = desk.rows(), AnswersVersion.objects.count()
        for section in (one for one in sections if one.questions):
            data = as_data(desk.on_page(section.code))
            bare = {name: value for name, value in data.items() if name != "form.marks"}
            for sent, by_script in ((data, False), ({**data, "form.version": ["0"]}, True), (bare, True)):
                headers = {"X-Autosave": "1"} if by_script else {}
                answer = desk.client.post(desk.url(section.code), sent, headers=headers)
                assert answer.status_code == (200 if by_script else 302), (section.code, answer.content)
        assert desk.rows() == before
        assert AnswersVersion.objects.count() == versions


# --- what is submitted -----------------------------------------------------------------------------------------------


@st.composite
def fitting_calls(draw: st.DrawFn) -> tuple[CallSpec, dict[str, dict[str, Any]]]:
    """A call and answers that can be submitted: a question that nothing fits may stay without an answer."""
    spec, basics, _typed = draw(filled_calls(amounts=True))
    answers: dict[str, dict[str, Any]] = {basics.code: {q.key: draw(fits(q)) for q in basics.questions}}
    sections = []
    for section in spec.stages[0].form.sections:
        given_ = {question.key: draw(fits(question)) for question in section.questions}
        answers[section.code] = given_
        asked = (eased(question, given_[question.key]) for question in section.questions)
        sections.append(section.model_copy(update={"questions": tuple(asked)}))
    stage = spec.stages[0].model_copy(update={"form": FormSpec(sections=tuple(sections))})
    # Limits that random amounts can keep; those that they break are held elsewhere.
    limits = {"grant": GrantLimits(), "duration_months": DurationSpec(), "cofinancing_min_percent": Decimal(0)}
    lots = tuple(lot.model_copy(update={"grant": None, "cofinancing_min_percent": None}) for lot in spec.lots)
    return spec.model_copy(update={**limits, "lots": lots, "stages": (stage,)}), answers


def eased(question: QuestionSpec, given_: Any) -> QuestionSpec:
    takes = "pdf" in (question.accept or ("pdf",)) if question.kind == "file" else clean(question, given_) is not None
    return question if takes or not question.required else question.model_copy(update={"required": False})


@st.composite
def fits(draw: st.DrawFn, question: QuestionSpec) -> Any:
    """An answer with which nothing is wrong, or None."""
    tries = [draw(typed(question)), *KNOWN.get(question.kind, ()), *rows_for(question)]
    for answer in tries:
        kept = clean(question, answer)
        if kept is not None and not list(problems_of(question, kept)):
            return answer
    return None


KNOWN: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("short_text", "long_text"), ("Այգի", "a")),
    **dict.fromkeys(("integer", "decimal", "percent", "money"), ("0", "7", "-40", "12 500", "900")),
    "date": ("15.03.2027",),
    "yes_no": ("yes",),
    "declaration": ("yes",),
    "budget": (),
}


def rows_for(question: QuestionSpec) -> list[Any]:
    if question.kind in ("choice", "choices"):
        return codes_of(question)
    if question.kind == "budget":
        lines = {category.code: {"total": "1 000,10", "requested": "400,05"} for category in question.categories}
        rest = f"{Decimal('600.05') * len(lines)}"
        return [{"categories": lines, "sources": [{"name": "We", "amount": rest}]}]
    if question.kind == "table":
        row = {
            c.key: next(iter([*KNOWN.get(c.kind, ()), *(choice.code for choice in c.choices)]))
            for c in question.columns
        }
        return [[row] * (question.rows.min or 1)]
    return []


def codes_of(question: Any) -> list[str]:
    return [choice.code for choice in question.choices]


@FEW
@given(fitting_calls())
def test_a_submission_fits_its_form_and_is_the_same_when_it_is_read_again(filled: Any) -> None:
    spec, answers = filled
    with undone():
        desk = Desk(spec)
        for section in desk.sheet().sections:
            desk.save(section.code, answers[section.code])
            for question in section.questions:
                if question.kind == "file" and "pdf" in (question.accept or ("pdf",)):
                    attach_file(desk.entry, question.key, upload(), by=desk.head)
        sheet = desk.sheet()
        assume(not sheet.problems)
        made = submit_application(desk.entry, by=desk.head, received_at=clock.now())
        read = Submission.objects.get(pk=made.pk)
        assert digest_of(read.snapshot) == read.digest == made.digest
        again = sheet_from(read, sheet)
        assert again.problems == ()
        assert (sorted(again.hidden), again.shown_answers) == (read.snapshot["hidden"], read.snapshot["answers"])
        amounts, entry = read.snapshot["amounts"], StageEntry.objects.get(pk=desk.entry.pk)
        found = again.amounts
        assert (money_text(found.requested), money_text(found.total)) == (amounts["requested"], amounts["total_cost"])
        assert (entry.requested, entry.total_cost) == (Decimal(amounts["requested"]), Decimal(amounts["total_cost"]))
        assert (found.months, entry.months) == (amounts["months"], amounts["months"])


def sheet_from(submission: Submission, sheet: Sheet) -> Sheet:
    """The filled form, from nothing but what was frozen, in the call that it was frozen in."""
    frozen, sections = submission.snapshot, filled_submission(submission).sections
    form = tuple(section for section in sections if section.code != sheet.basics.code)
    (basics,) = [section for section in sections if section.code == sheet.basics.code] or [sheet.basics]
    return Sheet(
        call=sheet.call,
        stage=sheet.stage.model_copy(update={"form": FormSpec(sections=form)}),
        basics=basics,
        lot=frozen["lot"]["code"] if frozen["lot"] else None,
        answers=frozen["answers"],
        files={question: len(files) for question, files in frozen["files"].items()},
    )


# --- by raw SQL ------------------------------------------------------------------------------------------------------


def test_raw_sql_of_the_application_never_changes_what_was_handed_in(mailbox: list[Any]) -> None:
    municipality = make_municipality()
    head = make_member(municipality, "head")
    entry = fill(make_draft(make_call(), municipality, by=head), head)
    made = submit_application(entry, by=head, received_at=clock.now())
    submissions, files = Submission._meta.db_table, StoredFile._meta.db_table
    statements = [
        f"UPDATE {submissions} SET snapshot = jsonb_set(snapshot, '{{number}}', '1')",
        f"UPDATE {submissions} SET digest = repeat('0', 64), received_at = received_at - interval '1 day'",
        f"UPDATE {files} SET sha256 = repeat('0', 64)",
        f"UPDATE {files} SET path = 'elsewhere'",
    ]
    histories = [Application.pgh_event_model, Reuse.pgh_event_model, Clarification.pgh_event_model]  # type: ignore[attr-defined]
    statements += [f"UPDATE {model._meta.db_table} SET pgh_label = 'x'" for model in histories]
    for table in (submissions, files, *(model._meta.db_table for model in histories)):
        statements += [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    for table in (Clarification._meta.db_table, StageEntry._meta.db_table):
        statements += [f"TRUNCATE {table} CASCADE"]
    for sql in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    kept = Submission.objects.get()
    assert (kept.snapshot, digest_of(kept.snapshot)) == (made.snapshot, made.digest)
    assert StoredFile.objects.count() == 2
