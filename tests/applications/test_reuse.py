"""Beginning from an earlier application: what fits another form, what is taken, and what is left with which reason."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.answers import clean_section
from applications.answers.carrying import EarlierFile, Left, carry, carry_files, earlier_of
from applications.lifecycle import remove_file, reuse_answers, save_section, submit_application
from applications.models import AnswersVersion, Attachment, EntryState, Reuse, SectionAnswers, StageEntry
from applications.queries import dossier_of
from applications.refusals import NotADraft, Refused
from calls.models import Call
from calls.spec import CategorySpec, ChoiceSpec, ColumnSpec, FormSpec, RowLimits, SectionSpec
from portal import clock as portal_clock
from portal.accounts.models import Person
from portal.documents.models import Scan, StoredFile
from tests.applications.helpers import INNOVATION, PORTFOLIO, fill
from tests.applications.sheets import filled_calls, question
from tests.applications.test_at_once import at_once
from tests.applications.test_query_counts import costs
from tests.calls import strategies
from tests.factories import make_call, make_draft, make_member, make_municipality

A, B = ChoiceSpec(code="a"), ChoiceSpec(code="b")
TEXT = "First line.\nSecond line."


def fitted(before: Any, kept: Any, now: Any, *, currency: str = "EUR") -> tuple[Any, str]:
    """Carry one answer from a question to another of the same key; return what is kept, and why something is not."""
    old, new = SectionSpec(code="old", questions=(before,)), SectionSpec(code="new", questions=(now,))
    earlier = earlier_of((old,), frozenset(), {"old": {"q": kept}}, "EUR")
    carried = carry(earlier, (new,), currency)
    kept = carried.answers.get("new", {}).get("q")
    assert clean_section(new, {"q": kept}) == ({} if kept is None else {"q": kept})
    return kept, str(carried.left.get("q", ""))


@pytest.mark.parametrize(
    ("before", "kept", "now", "expected"),
    [
        (question("long_text"), TEXT, question("long_text", max_words=1), (TEXT, "")),
        (question("long_text"), TEXT, question("short_text"), ("First line. Second line.", "")),
        (question("short_text"), "60,000", question("money"), (None, "other_kind")),
        (question("integer"), "12", question("decimal"), ("12", "")),
        (question("money"), "12.50", question("integer"), ("12.50", "")),
        (question("percent"), "12.50", question("decimal"), ("12.5", "")),
        (question("percent"), "12.50", question("money"), (None, "other_kind")),
        (question("date"), "2027-03-15", question("date"), ("2027-03-15", "")),
        (question("date"), "2027-03-15", question("short_text"), (None, "other_kind")),
        (question("yes_no"), False, question("yes_no"), (False, "")),
        (question("yes_no"), True, question("declaration"), (None, "confirm")),
        (question("declaration"), True, question("declaration"), (None, "confirm")),
        (question("choice", choices=(A, B)), "a", question("choice", choices=(A,)), ("a", "")),
        (question("choice", choices=(A, B)), "b", question("choice", choices=(A,)), (None, "not_offered")),
        (question("choice", choices=(A, B)), "b", question("choices", choices=(A, B)), (["b"], "")),
        (question("choices", choices=(A, B)), ["a", "b"], question("choices", choices=(A,)), (["a"], "not_offered")),
        (question("choices", choices=(A, B)), ["b"], question("choice", choices=(A, B)), ("b", "")),
        (question("choices", choices=(A, B)), ["a", "b"], question("choice", choices=(A, B)), (None, "other_kind")),
    ],
)
def test_what_fits_another_question(before: Any, kept: Any, now: Any, expected: tuple[Any, str]) -> None:
    assert fitted(before, kept, now) == expected


def column(kind: str, key: str, **parts: Any) -> ColumnSpec:
    return ColumnSpec(key=key, kind=kind, label={"en": key}, **parts)


def test_tables_and_budgets_are_taken_column_by_column_and_line_by_line() -> None:
    name, amount, day = column("short_text", "name"), column("money", "amount"), column("date", "day")
    rows = [{"name": "Ani", "amount": "10.50"}, {"amount": "5"}]
    before = question("table", columns=(name, amount), rows=RowLimits(max=5))
    same = question("table", columns=(amount, name, day), rows=RowLimits(max=1))
    assert fitted(before, rows, same) == (rows, "")
    assert fitted(before, rows, question("table", columns=(name,))) == ([{"name": "Ani"}], "not_asked")
    assert fitted(before, rows, question("table", columns=(name, column("date", "amount")))) == (
        [{"name": "Ani"}],
        "other_kind",
    )
    assert fitted(before, rows, before, currency="AMD") == ([{"name": "Ani"}], "other_currency")
    works, staff = CategorySpec(code="works"), CategorySpec(code="staff")
    kept = {"categories": {"works": {"total": "60 000"}, "staff": {"total": "5"}}, "sources": [{"name": "We"}]}
    both = question("budget", categories=(staff, works))
    one = {"categories": {"works": {"total": "60000"}}, "sources": [{"name": "We"}]}
    assert fitted(both, kept, question("budget", categories=(works,))) == (one, "not_asked")
    assert fitted(both, kept, both, currency="AMD") == (None, "other_currency")
    assert fitted(both, kept, question("table", columns=(name,)))[1] == "other_kind"
    assert fitted(question("money"), "5", question("money"), currency="AMD") == (None, "other_currency")


def test_files_are_taken_within_the_limits_of_the_question() -> None:
    asked = question("file", accept=("pdf", "png"), max_mb=1, max_files=2)
    pdf, png, doc = EarlierFile("1", "pdf", 10), EarlierFile("2", "png", 10), EarlierFile("3", "docx", 10)
    large, infected = EarlierFile("4", "pdf", 1024 * 1024 + 1), EarlierFile("5", "pdf", 10, held=True)
    limits = {"most": 20, "most_mb": 20}
    assert carry_files(asked, [pdf, png], **limits) == ((pdf, png), None)
    assert carry_files(asked, [doc, pdf], **limits) == ((pdf,), Left.FILE_KIND)
    assert carry_files(asked, [large, pdf], **limits) == ((pdf,), Left.FILE_SIZE)
    assert carry_files(asked, [infected], **limits) == ((), Left.FILE_HELD)
    assert carry_files(asked, [pdf, png, pdf], **limits) == ((pdf, png), Left.FILE_COUNT)
    assert carry_files(question("file"), [doc], **limits) == ((doc,), None)
    assert carry_files(question("long_text"), [pdf], **limits) == ((), Left.OTHER_KIND)


def leaves(value: Any) -> set[str]:
    """Every text, number and code that an answer is made of, as one line, numbers without zeros at their end."""
    if isinstance(value, dict):
        return {leaf for part in value.values() for leaf in leaves(part)}
    if isinstance(value, list):
        return {leaf for part in value for leaf in leaves(part)}
    text = " ".join(str(value).split())
    return {text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text}


def asking_the_same_keys(form: FormSpec, keys: list[str]) -> tuple[SectionSpec, ...]:
    """Another form whose questions have these keys, whatever their kinds."""
    names = iter(keys)
    return tuple(
        section.model_copy(
            update={
                "questions": tuple(
                    asked.model_copy(update={"key": key, "show_if": None})
                    for asked, key in zip(section.questions, names, strict=False)
                )
            }
        )
        for section in form.sections
    )


@settings(max_examples=60)
@given(st.data())
def test_what_is_taken_cleans_to_itself_and_nothing_is_invented(data: st.DataObject) -> None:
    call, basics, typed = data.draw(filled_calls())
    sections = (basics, *call.stages[0].form.sections)
    kept = {section.code: clean_section(section, typed[section.code]) for section in sections}
    earlier = earlier_of(sections, frozenset(), kept, "EUR")
    others = (
        basics,
        *asking_the_same_keys(data.draw(strategies.forms()), [q.key for q in call.stages[0].form.questions()]),
    )
    for form, currency in ((others, "EUR"), (others, "AMD"), (sections, "EUR")):
        carried = carry(earlier, form, currency)
        for section in form:
            taken = carried.answers.get(section.code, {})
            assert clean_section(section, taken) == taken
            for key, value in taken.items():
                assert leaves(value) <= leaves(earlier.answers[key])
        assert set(carried.keys) | set(carried.left) == set(earlier.answers)
        assert not carry(earlier, form, currency, carried.answers).answers
    # Into its own form all is taken but what was confirmed, and that only.
    for key, value in earlier.answers.items():
        confirmed = earlier.questions[key].kind == "declaration"
        assert carried.left.get(key) == (Left.CONFIRM if confirmed else None)
        assert confirmed or any(taken.get(key) == value for taken in carried.answers.values())


# --- in the portal --------------------------------------------------------------------------------------------------


class Desk:
    """A municipality that submitted an expression of interest, and drafts another application with the same keys."""

    def __init__(self, code: str = "SECOND") -> None:
        self.call: Call = make_call()
        self.municipality = make_municipality()
        self.head: Person = make_member(self.municipality, "head")
        self.earlier: StageEntry = fill(make_draft(self.call, self.municipality, by=self.head), self.head)
        self.other: Call = make_call(change=lambda spec: spec.model_copy(update={"code": code}))
        self.draft: StageEntry = make_draft(self.other, self.municipality, by=self.head)

    def submit(self) -> None:
        submit_application(self.earlier, by=self.head, received_at=portal_clock.now())

    def written_too(self, code: str) -> None:
        """Write one answer in a draft of another call."""
        call = make_call(change=lambda spec: spec.model_copy(update={"code": code}))
        draft = make_draft(call, self.municipality, by=self.head)
        save_section(draft, "motivation", {"challenge": "Once more."}, 0, by=self.head)

    def kept(self) -> dict[str, Any]:
        rows = SectionAnswers.objects.filter(entry=self.draft).values_list("answers", flat=True)
        return {key: kept for answers in rows for key, kept in answers.items()}


@pytest.mark.django_db
def test_one_click_fills_what_is_empty_and_says_what_was_left(mailbox: list[Any]) -> None:
    desk = Desk()
    desk.submit()
    save_section(desk.draft, "motivation", {"challenge": "Our own words."}, 0, by=desk.head)
    reuse = reuse_answers(desk.draft, desk.earlier, by=desk.head)
    submitted = PORTFOLIO["motivation"]
    kept = desk.kept()
    assert (kept["challenge"], kept["systems"], kept["staff"]) == ("Our own words.", submitted["systems"], "4")
    assert kept["earlier-project"] is False
    assert "declaration.ledp" not in kept
    assert set(reuse.taken) == {"contact-name", "staff", "systems", "earlier-project", "citizens", "ledp", "letter"}
    assert reuse.left == {"declaration.ledp": "confirm", "challenge": "answered"}
    mine, theirs = (Attachment.objects.filter(entry=one).order_by("question") for one in (desk.draft, desk.earlier))
    assert [row.file_id for row in mine] == [row.file_id for row in theirs]
    # Pressed again, nothing more happens; what was written before is in the history.
    versions = AnswersVersion.objects.count()
    assert reuse_answers(desk.draft, desk.earlier, by=desk.head) == reuse
    assert (AnswersVersion.objects.count(), Reuse.objects.count(), Attachment.objects.count()) == (versions, 1, 4)
    texts = AnswersVersion.objects.filter(entry=desk.draft, section="motivation").values_list("version", "answers")
    assert dict(texts)[1] == {"challenge": "Our own words."}
    # Who saves over the version that they saw before does not take back what came meanwhile.
    saved = save_section(desk.draft, "motivation", {"challenge": "Our own words."}, 1, by=desk.head)
    assert saved.answers["motivation"]["systems"] == submitted["systems"]


@pytest.mark.django_db
def test_what_holds_a_file_or_an_application_back(mailbox: list[Any], settings: Any) -> None:
    desk = Desk()
    desk.submit()
    stranger = make_draft(desk.call, make_municipality("Meghri"))
    with pytest.raises(LookupError):
        reuse_answers(desk.draft, stranger, by=desk.head)
    ledp, letter = (
        StoredFile.objects.get(attachments__entry=desk.earlier, attachments__question=key) for key in ("ledp", "letter")
    )
    settings.CLAMAV = "tcp://127.0.0.1:1"
    StoredFile.objects.filter(pk=ledp.pk).update(scan=Scan.WAITING)
    StoredFile.objects.filter(pk=letter.pk).update(scan=Scan.WAITING)
    StoredFile.objects.filter(pk=letter.pk).update(scan=Scan.INFECTED, scanned_at=portal_clock.now())
    reuse = reuse_answers(desk.draft, desk.earlier, by=desk.head)
    assert {key: reuse.left[key] for key in ("ledp", "letter")} == {"ledp": "file_held", "letter": "file_held"}
    assert not Attachment.objects.filter(entry=desk.draft).exists()
    StageEntry.objects.filter(pk=desk.draft.pk).update(state=EntryState.WITHDRAWN)
    with pytest.raises(NotADraft):
        reuse_answers(desk.draft, desk.earlier, by=desk.head)


@pytest.mark.django_db
def test_a_draft_and_what_a_merged_municipality_wrote_can_be_taken_from() -> None:
    desk = Desk()
    successor = make_municipality("Tumanyan")
    clerk = make_member(successor)
    desk.municipality.merged_into = make_municipality("Between", merged_into=successor)
    desk.municipality.save()
    taking = make_draft(desk.other, successor, by=clerk)
    # The earlier one is a draft: what it says now counts, with the files that are still there.
    remove_file(desk.earlier, Attachment.objects.filter(question="letter").get().pk, by=desk.head)
    reuse = reuse_answers(taking, desk.earlier, by=clerk)
    assert "ledp" in reuse.taken
    assert "letter" not in reuse.taken
    # It goes one way only: the predecessor takes nothing from its successor.
    with pytest.raises(LookupError):
        reuse_answers(desk.draft, taking, by=desk.head)


@pytest.mark.django_db
def test_forms_that_share_few_keys() -> None:
    desk = Desk()
    innovation = make_call("M4EG-2021-INNOVATION")
    project = make_draft(innovation, desk.municipality, by=desk.head)
    with pytest.raises(Refused, match="Nothing was taken over"):
        reuse_answers(project, desk.earlier, by=desk.head)
    assert not SectionAnswers.objects.filter(entry=project).exists()
    for section, answers in INNOVATION.items():
        save_section(project, section, answers, 0, by=desk.head)
    twin = make_call(
        "M4EG-2021-INNOVATION", change=lambda spec: spec.model_copy(update={"code": "TWIN", "currency": "AMD"})
    )
    again = make_draft(twin, desk.municipality, by=desk.head)
    reuse = reuse_answers(again, project, by=desk.head)
    assert {key: reuse.left[key] for key in ("budget", "truth")} == {"budget": "other_currency", "truth": "confirm"}
    assert dossier_of(again).sheet.amounts.months == 10
    assert dossier_of(again).sheet.amounts.requested is None
    assert dossier_of(project).sheet.amounts.requested == Decimal(60_000)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_press_at_once(mailbox: list[Any]) -> None:
    desk = Desk()
    desk.submit()
    press = lambda: reuse_answers(desk.draft, desk.earlier, by=desk.head).pk  # noqa: E731
    assert len(set(at_once(press, press, press))) == 1
    assert Reuse.objects.count() == 1
    assert Attachment.objects.filter(entry=desk.draft).count() == 2
    assert set(SectionAnswers.objects.filter(entry=desk.draft).values_list("version", flat=True)) == {1}


@pytest.mark.django_db
def test_the_pages_of_taking_over(mailbox: list[Any], client: Client) -> None:
    desk = Desk()
    desk.submit()
    desk.written_too("THIRD")
    client.force_login(desk.head)
    tasks, offers = (reverse(f"applications:{name}", args=[desk.draft.pk]) for name in ("tasks", "reuse"))
    assert offers in client.get(tasks).content.decode()
    client.get(offers)
    with costs(13):
        page = client.get(offers).content.decode()
    # What fits best stands first, although the other one was written later.
    assert page.index("Take over 8 answers") < page.index("Take over 1 answer")
    assert "1 answer stays there" in page
    for code in ("FOURTH", "FIFTH"):
        desk.written_too(code)
    client.get(offers)
    with costs(13):
        assert client.get(offers).content.decode().count("Take over 1 answer") == 3
    taken = client.post(offers, {"source": desk.earlier.pk}, follow=True)
    for said in ("8 answers were taken over", "#field-challenge", "is confirmed anew for each application"):
        assert said in taken.content.decode()
    offered = client.get(offers).content.decode()
    assert offered.count("Nothing of it fits here") == 4
    assert offered.count(taken.redirect_chain[-1][0]) == 1
    for wrong in ("", "x", str(desk.draft.pk), "9" * 30):
        assert "Please choose one of" in client.post(offers, {"source": wrong}, follow=True).content.decode()


@pytest.mark.django_db
def test_an_application_begins_from_another_at_once(mailbox: list[Any], client: Client) -> None:
    desk = Desk()
    desk.submit()
    third = make_call(change=lambda spec: spec.model_copy(update={"code": "THIRD"}))
    client.force_login(desk.head)
    url = reverse("applications:start", args=[third.code, "eoi"])
    assert f'<option value="{desk.earlier.pk}">' in client.get(url).content.decode()
    page = client.post(url, {"municipality": desk.municipality.pk, "source": desk.earlier.pk}, follow=True)
    assert "8 answers were taken over" in page.content.decode()
    begun = StageEntry.objects.get(stage__call=third)
    assert Reuse.objects.get().entry == begun
    # Another municipality's is not among them, whatever is sent.
    fourth = make_call(change=lambda spec: spec.model_copy(update={"code": "FOURTH"}))
    stranger = make_draft(desk.call, make_municipality("Meghri"))
    save_section(stranger, "motivation", {"challenge": "Theirs."}, 0, by=desk.head)
    url = reverse("applications:start", args=[fourth.code, "eoi"])
    page = client.post(url, {"municipality": desk.municipality.pk, "source": stranger.pk}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("applications:tasks", args=[page.context["frame"].entry.pk])
    assert Reuse.objects.count() == 1
