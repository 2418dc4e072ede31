"""The pages: who sees what, what an error looks like, and that nothing typed is lost on the way."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications import presence
from applications.answers.merging import marks_of
from applications.lifecycle import save_section, submit_application
from applications.models import Attachment, EntryState, SectionAnswers, StageEntry, Submission
from calls.models import Stage
from portal import clock as portal_clock
from portal.accounts.models import Membership, Municipality, Person
from portal.notices.models import Message
from tests.applications.helpers import fill, upload
from tests.factories import make_call, make_draft, make_member, make_municipality, make_staff, stage_of
from tests.support import Clock

pytestmark = pytest.mark.django_db
CONFIRMED = {"confirm": "1"}


class Desk:
    """A clerk who is logged in, with a draft in an open call."""

    def __init__(self, client: Client, code: str = "M4EG-2021-PORTFOLIO", lot: str = "") -> None:
        self.client = client
        self.municipality: Municipality = make_municipality()
        self.clerk: Person = make_member(self.municipality, "head")
        self.call = make_call(code)
        self.entry: StageEntry = make_draft(self.call, self.municipality, by=self.clerk, lot=lot)
        client.force_login(self.clerk)

    def url(self, name: str, *more: str) -> str:
        return "/en" + reverse(f"applications:{name}", args=[self.entry.pk, *more])[3:]

    def section(self, code: str) -> str:
        return self.url("section", code)

    def get(self, name: str, *more: str, status: int = 200) -> str:
        answer = self.client.get(self.url(name, *more))
        assert answer.status_code == status
        return html.unescape(answer.content.decode())

    def save(self, code: str, data: dict[str, Any], version: int = 0, **more: Any) -> Any:
        return self.client.post(self.section(code), {"form.version": version, **data}, **more)

    def kept(self, code: str) -> dict[str, Any]:
        row = SectionAnswers.objects.filter(entry=self.entry, section=code).first()
        return row.answers if row else {}


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


def innovation(client: Client) -> Desk:
    desk = Desk(client)
    desk.call = make_call("M4EG-2021-INNOVATION")
    desk.entry = make_draft(desk.call, desk.municipality, by=desk.clerk)
    return desk


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# --- who sees what ----------------------------------------------------------------------------------------------------

PAGES = ["tasks", "review", "withdraw"]


@pytest.mark.parametrize("name", PAGES)
def test_who_is_not_logged_in_is_asked_to(desk: Desk, name: str) -> None:
    desk.client.logout()
    answer = desk.client.get(desk.url(name))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("name", PAGES)
def test_others_cannot_tell_that_it_exists(desk: Desk, name: str) -> None:
    desk.client.force_login(make_member(make_municipality("Dilijan"), "head"))
    assert desk.client.get(desk.url(name)).status_code == 404
    assert desk.client.get(desk.section("municipality")).status_code == 404
    assert desk.save("municipality", {"staff": "1"}).status_code == 404
    assert desk.client.post(desk.url("submit"), CONFIRMED).status_code == 404


def test_a_member_of_yesterday_is_a_stranger(desk: Desk) -> None:
    yesterday = (portal_clock.now() - timedelta(days=1)).date()
    Membership.objects.filter(person=desk.clerk).update(since=yesterday, until=yesterday)
    assert desk.client.get(desk.url("tasks")).status_code == 404


def test_a_viewer_reads_and_cannot_write(desk: Desk) -> None:
    desk.client.force_login(make_member(desk.municipality, "viewer"))
    assert "You may read this application" in desk.get("tasks")
    assert "Submit the application" not in desk.get("review")
    assert desk.client.get(desk.section("municipality")).status_code == 302
    assert desk.save("municipality", {"staff": "1"}).status_code == 404
    assert desk.client.post(desk.url("submit"), CONFIRMED).status_code == 404
    assert desk.client.get(desk.url("withdraw")).status_code == 404


def test_a_country_office_sees_what_was_submitted_in_its_country_only(desk: Desk, mailbox: list[Any]) -> None:
    own, other = make_staff("country_officer", country="AM"), make_staff("country_officer", country="GE")
    desk.client.force_login(own)
    desk.get("review", status=404)
    submission = submit_application(fill(desk.entry, desk.clerk), by=desk.clerk, received_at=portal_clock.now())
    receipt = reverse("applications:receipt", args=[submission.number, 1])
    assert desk.client.get(receipt).status_code == 200
    desk.get("review")
    desk.client.force_login(other)
    assert desk.client.get(receipt).status_code == 404
    desk.get("review", status=404)


def test_a_file_is_for_members_and_after_submission_for_staff(desk: Desk, mailbox: list[Any]) -> None:
    fill(desk.entry, desk.clerk)
    stored = Attachment.objects.all()[0].file
    url = reverse("documents:file", args=[stored.token, stored.name])
    officer = make_staff("programme_officer")
    assert desk.client.get(url).status_code == 200
    desk.client.force_login(officer)
    assert desk.client.get(url).status_code == 404
    submit_application(desk.entry, by=desk.clerk, received_at=portal_clock.now())
    assert desk.client.get(url).status_code == 200
    desk.client.force_login(make_member(make_municipality("Dilijan"), "head"))
    assert desk.client.get(url).status_code == 404


@pytest.mark.parametrize("section", ["no-such", "basicsx"])
def test_a_section_that_is_not_there_is_404(desk: Desk, section: str) -> None:
    assert desk.client.get(desk.section(section)).status_code == 404
    assert desk.save(section, {}).status_code == 404


# --- lists and beginning ----------------------------------------------------------------------------------------------


def test_my_applications_shows_drafts_first_and_an_empty_state(client: Client, mailbox: list[Any]) -> None:
    desk = innovation(client)
    done = StageEntry.objects.exclude(pk=desk.entry.pk).get()
    submit_application(fill(done, desk.clerk), by=desk.clerk, received_at=portal_clock.now())
    page = text_of(client.get("/en/applications/"))
    assert page.index("Community make-over") < page.index("Portfolios for municipal transformation")
    assert "M4EG-2021-PORTFOLIO-0001" in page
    client.force_login(make_member(make_municipality("Dilijan")))
    assert "Nothing was submitted yet" in text_of(client.get("/en/applications/"))
    client.force_login(make_staff())
    assert "You do not work for a municipality here yet" in text_of(client.get("/en/applications/"))


def test_beginning_says_whether_the_municipality_may_apply_and_which_lots_it_may_take(client: Client) -> None:
    municipality, call = make_municipality(), make_call("M4EG-2021-PILOT")
    client.force_login(make_member(municipality))
    url = f"/en/applications/start/{call.code}/concept/"
    page = text_of(client.get(url))
    assert "You may apply" in page
    assert "Lot 2: Ukraine (The municipality is in another country: Armenia)" in page
    assert [code for code in ("LOT1", "LOT2", "LOT3") if _is_closed(page, code)] == ["LOT2"]
    refused = client.post(url, {"municipality": municipality.pk, "lot": "LOT2"})
    assert refused.status_code == 422
    assert "This lot is not open to the municipality." in text_of(refused)
    assert "Please choose a lot." in text_of(client.post(url, {"municipality": municipality.pk}))
    assert not StageEntry.objects.exists()
    begun = client.post(url, {"municipality": municipality.pk, "lot": "LOT1"})
    assert begun.status_code == 302
    assert "begun already" in text_of(client.get(url))


def _is_closed(page: str, lot: str) -> bool:
    (button,) = re.findall(f'<input[^>]*value="{lot}"[^>]*>', page)
    return " disabled" in button


def test_the_innovation_call_says_why_it_is_closed_without_an_expression_of_interest(client: Client) -> None:
    make_call()
    municipality, call = make_municipality(), make_call("M4EG-2021-INNOVATION")
    client.force_login(make_member(municipality))
    for prefix, reason in (
        ("en", "The right to take part rests on the municipality's expression of interest"),
        ("hy", "Մասնակցության իրավունքը հիմնված է պորտֆելի հետաքրքրվածության հայտի ներկայացման վրա"),
    ):
        url = f"/{prefix}/applications/start/{call.code}/proposal/"
        assert reason in text_of(client.get(url))
    assert "Begin the application" not in text_of(client.get(url))
    refused = client.post(url, {"municipality": municipality.pk})
    assert (refused.status_code, StageEntry.objects.count()) == (422, 0)


def test_one_begins_only_for_the_municipality_one_writes_for(client: Client) -> None:
    call, other = make_call(), make_municipality("Dilijan")
    client.force_login(make_member(make_municipality()))
    url = f"/en/applications/start/{call.code}/eoi/"
    assert client.post(url, {"municipality": other.pk}).status_code == 404
    client.force_login(make_member(other, "viewer"))
    assert "You cannot write applications yet" in text_of(client.get(url))
    assert client.post(url, {"municipality": other.pk}).status_code == 404


def test_a_draft_call_is_not_to_be_begun(client: Client) -> None:
    call = make_call(published=False)
    client.force_login(make_member(make_municipality()))
    assert client.get(f"/en/applications/start/{call.code}/eoi/").status_code == 404


# --- writing ----------------------------------------------------------------------------------------------------------


def test_every_page_of_a_draft_says_that_it_is_not_submitted(desk: Desk) -> None:
    for page in (desk.get("tasks"), desk.get("section", "municipality"), desk.get("review"), desk.get("withdraw")):
        assert "Not submitted yet" in page
        assert "9 answers are missing" in page


def test_wrong_values_are_kept_as_typed_and_marked_with_a_link(desk: Desk) -> None:
    answer = desk.save("municipality", {"contact-name": "Anna", "staff": "1,500", "form.action": "next"}, follow=True)
    page = text_of(answer)
    assert answer.redirect_chain[-1][0].endswith("/section/municipality/")
    assert desk.kept("municipality") == {"contact-name": "Anna", "staff": "1,500"}
    assert 'value="1,500"' in page
    assert "“1,500” can be read in two ways" in page
    assert 'href="#field-staff"' in page
    assert 'id="field-staff"' in page
    assert 'aria-invalid="true"' in page


def test_what_is_only_missing_does_not_hold_up_and_is_shown_to_who_comes_to_check(desk: Desk) -> None:
    answer = desk.save("municipality", {"contact-name": "Anna", "form.action": "next"})
    assert answer["Location"].endswith("/section/motivation/")
    assert "Not answered yet." not in desk.get("section", "municipality")
    checked = text_of(desk.client.get(desk.section("municipality") + "?check=1"))
    assert "Not answered yet." in checked


def test_saving_leads_back_to_the_list_on(desk: Desk) -> None:
    later = desk.save("municipality", {"staff": "4", "form.action": "later"})
    assert later["Location"] == desk.url("tasks")
    assert desk.kept("municipality") == {"staff": "4"}
    assert "In progress" in desk.get("tasks")


def test_the_check_page_lists_everything_with_links_to_fields(desk: Desk) -> None:
    page = desk.get("review")
    for section, key in (("municipality", "staff"), ("annexes", "ledp"), ("basics", "declaration.ledp")):
        assert f'href="{desk.section(section)}?check=1#field-{key}"' in page
        assert f'id="field-{key}"' in text_of(desk.client.get(desk.section(section)))


def test_a_conditional_question_is_there_and_says_when_it_is_asked(desk: Desk) -> None:
    page = desk.get("section", "motivation")
    assert 'data-question="earlier-result" data-conditional data-hidden' in page
    desk.save("motivation", {"earlier-project": "yes"})
    assert 'data-question="earlier-result" data-conditional>' in desk.get("section", "motivation")


def test_saving_while_typing_answers_with_figures(desk: Desk) -> None:
    answer = desk.save("motivation", {"earlier-project": "yes"}, headers={"X-Autosave": "1"})
    said = json.loads(answer.content)
    assert said["version"] == 1
    assert said["hidden"] == []
    assert said["missing"] == "9 answers are missing"
    again = desk.save("motivation", {"earlier-project": "no"}, version=1, headers={"X-Autosave": "1"})
    assert json.loads(again.content)["hidden"] == ["earlier-result"]


def test_rows_of_a_table_are_added_and_removed_without_a_script(client: Client) -> None:
    desk = innovation(client)
    first = {"partners": "yes", "partner-list.0-name": "School", "partner-list.0-contribution": "1 000"}
    answer = desk.save("people", {**first, "form.add.partner-list": "1"})
    assert answer["Location"].endswith("?add=partner-list#field-partner-list")
    page = text_of(client.get(answer["Location"]))
    assert 'name="partner-list.1-name"' in page
    assert 'value="School"' in page
    assert 'value="1\u00a0000"' in page
    two = {**first, "partner-list.1-name": "Library"}
    desk.save("people", two, version=1)
    assert [row["name"] for row in desk.kept("people")["partner-list"]] == ["School", "Library"]
    desk.save("people", {**two, "form.remove.partner-list": "0"}, version=2)
    assert desk.kept("people")["partner-list"] == [{"name": "Library"}]


def test_the_budget_shows_sums_and_what_is_still_to_be_covered(client: Client) -> None:
    desk = innovation(client)
    data = {
        "budget.staff-total": "10 000",
        "budget.staff-requested": "4 000",
        "budget.works-total": "60,000",
        "budget.works-requested": "1",
        "budget.source.0-name": "Town",
        "budget.source.0-amount": "1 000,5",
    }
    page = text_of(desk.save("budget", data, follow=True))
    assert "€10,000" in page
    assert "€5,999" in page
    assert "€1,000.50" in page
    assert 'value="60,000"' in page
    assert 'href="#field-budget.works-total"' in page
    assert 'id="field-budget.works-total"' in page
    assert desk.kept("budget")["budget"]["sources"] == [{"name": "Town", "amount": "1000.50"}]
    desk.save("budget", {**data, "form.remove.budget.source": "0"}, version=1)
    assert desk.kept("budget")["budget"]["sources"] == []


def test_a_refused_file_shows_the_reason_at_its_field_and_the_rest_is_kept(desk: Desk) -> None:
    files = [upload("good.pdf"), SimpleUploadedFile("bad.exe", b"MZ\x90\x00 not a picture")]
    answer = desk.save("annexes", {"letter": files, "ledp": upload("plan.pdf")})
    page = text_of(answer)
    assert answer.status_code == 422
    assert {attachment.file.name for attachment in Attachment.objects.all()} == {"good.pdf", "plan.pdf"}
    assert "bad.exe" in page
    assert "This is a program" in page
    assert 'href="#field-letter"' in page
    removed = Attachment.objects.get(question="ledp")
    desk.save("annexes", {"form.remove-file": removed.pk})
    removed.refresh_from_db()
    assert removed.removed_at is not None


def test_a_file_of_another_application_is_not_removed(desk: Desk, client: Client) -> None:
    other = make_municipality("Dilijan")
    theirs = fill(make_draft(desk.call, other, by=(head := make_member(other))), head).attachments.all()[0]
    desk.save("annexes", {"form.remove-file": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.removed_at is None


def test_two_tabs_show_both_texts_and_lose_neither(desk: Desk) -> None:
    colleague = make_member(desk.municipality, name="Vardan Petrosyan")
    save_section(desk.entry, "municipality", {"contact-name": "Their name", "staff": "4"}, 0, by=colleague)
    conflict = desk.save("municipality", {"contact-name": "My name", "staff": "4"})
    page = text_of(conflict)
    assert conflict.status_code == 409
    assert "Their name" in page
    assert "My name" in page
    assert "Vardan Petrosyan" in page
    assert "form.keep.staff" not in page
    assert desk.kept("municipality")["contact-name"] == "Their name"
    chosen = {"contact-name": "My name", "staff": "4", "form.resolve": "1"}
    desk.save("municipality", {**chosen, "form.keep.contact-name": "mine"}, version=1)
    assert desk.kept("municipality")["contact-name"] == "My name"
    versions = desk.entry.versions.values_list("answers__contact-name", flat=True)
    assert set(versions) == {"Their name", "My name"}


def test_of_two_texts_the_colleagues_can_be_kept(desk: Desk) -> None:
    save_section(desk.entry, "municipality", {"contact-name": "Theirs"}, 0, by=make_member(desk.municipality))
    chosen = {"contact-name": "Mine", "staff": "7", "form.resolve": "1"}
    keep = {"form.keep.contact-name": "theirs", "form.keep.staff": "mine"}
    desk.save("municipality", {**chosen, **keep}, version=1)
    assert desk.kept("municipality") == {"contact-name": "Theirs", "staff": "7"}


def test_while_typing_a_conflict_is_only_told(desk: Desk) -> None:
    save_section(desk.entry, "municipality", {"staff": "4"}, 0, by=make_member(desk.municipality))
    answer = desk.save("municipality", {"staff": "5"}, headers={"X-Autosave": "1"})
    assert answer.status_code == 409
    said = json.loads(answer.content)
    assert "A colleague changed the same answer" in said["conflict"]
    assert said["clashing"] == {"staff": "How many staff members will take part?"}


def test_while_typing_each_is_told_what_the_other_changed_and_who_is_there(desk: Desk) -> None:
    colleague = make_member(desk.municipality, "editor", name="Ani")
    marks = json.dumps(marks_of({"staff": "4"}))
    save_section(desk.entry, "municipality", {"staff": "4"}, 0, by=desk.clerk)
    save_section(desk.entry, "municipality", {"staff": "4", "contact-name": "Ani"}, 1, by=colleague)
    presence.come(desk.entry.pk, colleague, "motivation")
    script = {"X-Autosave": "1"}
    answer = desk.save("municipality", {"staff": "6", "form.marks": marks}, headers=script)
    said = json.loads(answer.content)
    assert (answer.status_code, said["version"]) == (200, 3)
    assert said["colleagues"]["contact-name"]["value"] == ["Ani"]
    assert "contact-name" not in said["marks"]
    assert said["here"] == ["Ani is in “Interest” now"]
    assert desk.kept("municipality") == {"staff": "6", "contact-name": "Ani"}
    looked = json.loads(desk.get("here") or "{}")
    assert looked["here"] == said["here"]
    anew = desk.client.get(desk.url("here"), {"section": "municipality", "version": "1"}).json()
    assert (anew["version"], anew["colleagues"]["staff"]["value"]) == (3, ["6"])
    assert "colleagues" not in desk.client.get(desk.url("here"), {"section": "municipality", "version": "3"}).json()
    assert "Ani is in" in desk.get("section", "municipality")


def test_of_two_texts_one_can_be_made(desk: Desk) -> None:
    save_section(desk.entry, "municipality", {"contact-name": "Theirs"}, 0, by=make_member(desk.municipality))
    answer = desk.save("municipality", {"contact-name": "Mine", "form.marks": "{}"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Mine Theirs" in page
    marks = re.search(r'name="form.marks" value="([^"]*)"', answer.content.decode())
    assert marks
    chosen = {"contact-name": "Mine", "form.resolve": "1", "form.marks": html.unescape(marks[1])}
    both = {"form.keep.contact-name": "both", "form.together.contact-name": "Theirs and mine"}
    assert desk.save("municipality", {**chosen, **both}, version=1).status_code == 302
    assert desk.kept("municipality") == {"contact-name": "Theirs and mine"}


def test_the_lot_of_a_draft_is_changed_in_its_first_section(client: Client) -> None:
    desk = Desk(client, "M4EG-2021-PILOT", lot="LOT1")
    page = desk.get("section", "basics")
    assert 'value="LOT2"' in page
    assert "not for municipalities of your country or region" in page
    desk.save("basics", {"the.lot": "LOT3", "priority.green-areas": "Trees."})
    assert StageEntry.objects.get(application__lot__code="LOT3") == desk.entry
    assert desk.kept("basics") == {"priority.green-areas": "Trees."}
    refused = desk.save("basics", {"the.lot": "LOT9", "priority.green-areas": "More trees."}, version=1)
    assert refused.status_code == 422
    assert desk.kept("basics") == {"priority.green-areas": "More trees."}


def test_hostile_text_is_shown_as_text(desk: Desk) -> None:
    desk.save("municipality", {"contact-name": "<script>alert(1)</script>"})
    for url in (desk.section("municipality"), desk.url("review")):
        assert b"<script>alert(1)" not in desk.client.get(url).content


# --- submitting -------------------------------------------------------------------------------------------------------


def test_submitting_shows_the_receipt_with_both_clocks(desk: Desk, mailbox: list[Any], clock: Clock) -> None:
    clock.set(stage_of(desk.call).deadline.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1, seconds=2))
    fill(desk.entry, desk.clerk)
    answer = desk.client.post(desk.url("submit"), CONFIRMED, follow=True)
    page = text_of(answer)
    assert answer.redirect_chain[0][0].endswith("/applications/receipt/M4EG-2021-PORTFOLIO-0001/1/")
    assert Submission.objects.get().digest in page
    assert ":58 (Yerevan)" in page
    assert "What comes next" in page
    again = desk.client.post(desk.url("submit"), CONFIRMED)
    assert again["Location"] == answer.redirect_chain[0][0]
    assert Submission.objects.count() == 1


def test_submitting_too_early_in_the_work_lists_what_is_missing(desk: Desk) -> None:
    answer = desk.client.post(desk.url("submit"), CONFIRMED)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "could not be submitted yet" in page
    assert f'href="{desk.section("annexes")}?check=1#field-letter"' in page


def test_after_the_deadline_the_page_says_so_and_the_text_is_there(desk: Desk, clock: Clock) -> None:
    clock.set(stage_of(desk.call).deadline + timedelta(microseconds=1))
    fill(desk.entry, desk.clerk)
    answer = desk.client.post(desk.url("submit"), CONFIRMED)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "The deadline has passed" in page
    assert "Young people leave." in page
    assert "Submit the application" not in page
    desk.entry.refresh_from_db()
    assert desk.entry.state == EntryState.DRAFT
    saved = desk.save("municipality", {"contact-name": "Late", "staff": "4"}, version=1, follow=True)
    assert saved.status_code == 200
    assert desk.kept("municipality")["contact-name"] == "Late"
    assert "The deadline has passed" in desk.get("tasks")


def test_the_trusted_stamp_of_arrival_counts(desk: Desk, clock: Clock, settings: Any, mailbox: list[Any]) -> None:
    settings.TRUST_REQUEST_START = True
    deadline = stage_of(desk.call).deadline
    fill(desk.entry, desk.clerk)
    clock.set(deadline + timedelta(minutes=5))
    late = {"X-Request-Start": f"t={deadline.timestamp() + 0.001:.3f}"}
    assert desk.client.post(desk.url("submit"), CONFIRMED, headers=late).status_code == 422
    in_time = {"X-Request-Start": f"t={deadline.timestamp() - 0.001:.3f}"}
    assert desk.client.post(desk.url("submit"), CONFIRMED, headers=in_time).status_code == 302


def test_only_the_head_submits_and_confirms_it(desk: Desk, mailbox: list[Any]) -> None:
    fill(desk.entry, desk.clerk)
    answer = desk.client.post(desk.url("submit"))
    assert answer.status_code == 422
    assert 'href="#confirm"' in text_of(answer)
    desk.client.force_login(make_member(desk.municipality, "editor", name="Ani"))
    page = desk.get("review")
    assert "only the head of the municipality confirms" in page
    assert str(desk.clerk) in page
    assert "Submit the application" not in page
    refused = desk.client.post(desk.url("submit"), CONFIRMED)
    assert refused.status_code == 422
    assert "only the head" in text_of(refused)
    for _twice in range(2):
        assert desk.client.post(desk.url("ready"))["Location"] == desk.url("review")
    (message,) = Message.objects.filter(kind="ready_to_submit")
    assert message.recipient == desk.clerk
    assert "Ani asks you to check the application" in message.text
    desk.client.force_login(desk.clerk)
    assert desk.client.post(desk.url("submit"), CONFIRMED).status_code == 302
    submission = Submission.objects.get()
    assert submission.confirmation.startswith("I confirm on behalf of the municipality")
    assert Submission.objects.filter(submitted_by=desk.clerk).count() == 1


def test_where_the_call_has_it_editors_submit_too(client: Client, mailbox: list[Any]) -> None:
    desk = Desk(client)
    Stage.objects.filter(pk=desk.entry.stage_id).update(submitted_by="editor")
    editor = make_member(desk.municipality, "editor")
    client.force_login(editor)
    assert "Submit the application" in desk.get("review")
    fill(desk.entry, editor)
    assert client.post(desk.url("submit"), CONFIRMED).status_code == 302


def test_a_municipality_that_lost_its_right_is_told_why(desk: Desk) -> None:
    fill(desk.entry, desk.clerk)
    Municipality.objects.filter(pk=desk.municipality.pk).update(merged_into=make_municipality("Tumanyan"))
    answer = desk.client.post(desk.url("submit"), CONFIRMED)
    assert answer.status_code == 422
    assert "The municipality has merged into another one" in text_of(answer)


def test_withdrawing_asks_first(desk: Desk) -> None:
    assert "Withdraw the application?" in desk.get("withdraw")
    assert StageEntry.objects.get().state == EntryState.DRAFT
    assert desk.client.post(desk.url("withdraw"))["Location"] == "/en/applications/"
    assert StageEntry.objects.get().state == EntryState.WITHDRAWN
    assert "This application was withdrawn" in desk.get("review")
    assert desk.client.get(desk.url("tasks")).status_code == 302


def test_what_was_submitted_is_not_to_be_filled_in(desk: Desk, mailbox: list[Any]) -> None:
    desk.client.post(reverse("applications:submit", args=[fill(desk.entry, desk.clerk).pk]), CONFIRMED)
    assert desk.client.get(desk.section("municipality"))["Location"] == desk.url("review")
    answer = desk.save("municipality", {"contact-name": "New"}, version=1, follow=True)
    assert "no longer a draft" in text_of(answer)
    assert desk.kept("municipality")["contact-name"] != "New"
    assert "M4EG-2021-PORTFOLIO-0001" in desk.get("review")


@pytest.mark.parametrize("prefix", ["hy", "en"])
def test_every_page_speaks_one_language(client: Client, prefix: str) -> None:
    desk = innovation(client)
    for name in ("tasks", "review", "withdraw"):
        answer = client.get(desk.url(name).replace("/en/", f"/{prefix}/", 1))
        assert f'<html lang="{prefix}">' in answer.content.decode()
    for section in ("project", "people", "budget", "annexes"):
        assert client.get(desk.section(section).replace("/en/", f"/{prefix}/", 1)).status_code == 200


def test_nothing_inline_stands_on_the_pages(client: Client) -> None:
    desk = innovation(client)
    for url in (desk.url("tasks"), desk.section("people"), desk.section("budget"), desk.url("review")):
        page = client.get(url).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page


# --- the administration -----------------------------------------------------------------------------------------------


def test_staff_find_and_read_applications_in_their_scope_and_change_nothing(desk: Desk, mailbox: list[Any]) -> None:
    submit_application(fill(desk.entry, desk.clerk), by=desk.clerk, received_at=portal_clock.now())
    change = reverse("admin:applications_stageentry_change", args=[desk.entry.pk])
    listing = reverse("admin:applications_stageentry_changelist")
    desk.client.force_login(make_staff("country_officer", country="AM"))
    assert "M4EG-2021-PORTFOLIO-0001" in text_of(desk.client.get(listing, {"q": "alaverdi"}))
    assert "M4EG-2021-PORTFOLIO-0001" not in text_of(desk.client.get(listing, {"q": "dilijan"}))
    page = text_of(desk.client.get(change))
    assert "Young people leave." in page
    assert 'name="_save"' not in page
    assert desk.client.post(change, {"state": "selected"}).status_code in (403, 404)
    desk.client.force_login(make_staff("country_officer", country="GE"))
    assert "M4EG-2021-PORTFOLIO-0001" not in text_of(desk.client.get(listing))
    assert desk.client.get(change).status_code in (302, 404)
    desk.client.force_login(make_staff("assessor"))
    assert desk.client.get(listing).status_code == 404
    applications = reverse("admin:applications_application_changelist")
    desk.client.force_login(make_staff("programme_officer"))
    assert "M4EG-2021-PORTFOLIO-0001" in text_of(desk.client.get(applications, {"q": "0001"}))
    own = reverse("admin:applications_application_change", args=[desk.entry.application_id])
    assert change in text_of(desk.client.get(own))


def test_keys_of_a_thousand_and_more_stand_in_forms_as_they_are(client: Client) -> None:
    """Digits of amounts are grouped, and those of a key never: the register has 1,789 municipalities."""
    make_call()
    client.force_login(make_member(make_municipality("Far", pk=1_234_567)))
    page = client.get(reverse("applications:start", args=["M4EG-2021-PORTFOLIO", "eoi"])).content.decode()
    assert 'value="1234567"' in page
