"""One call from publication to award letter, in a real browser, with a real worker and a real beat."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from applications.lifecycle import submit_application
from applications.models import EntryState, StageEntry, Submission
from calls.models import Call
from evaluation.models import Assessment, AssessmentState, Outcome, Shortlist, ShortlistRow, ShortlistState
from grants.models import Grant, Letter
from portal import embedded
from portal.accounts.lifecycle import add_member, grant_role
from portal.accounts.models import MemberRole, Person, Region, Role
from portal.notices.models import Message, MessageState
from tests.applications.helpers import fill
from tests.conftest import _for_processes
from tests.factories import PASSWORD, PDF, make_call, make_draft, make_municipality, make_person, make_region
from tests.support import Clock, Worker, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
PICTURES = os.environ.get("JOURNEY_PICTURES")


@pytest.fixture
def beat(clock: Clock, tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """A real beat, which asks for its sweeps every second."""
    schedule = tmp_path / "schedule"
    environment = {**os.environ, **_for_processes(), "CLOCK_FILE": str(clock.path), "SWEEP_SECONDS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", "beat", "--schedule", str(schedule), "--loglevel=WARNING"],
        cwd=embedded.ROOT,
        env=environment,
        start_new_session=True,
    )
    yield
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


class Scene:
    """The people and calls of the journey."""

    def __init__(self, clock: Clock) -> None:
        lori = make_region("AM-LO")
        names = {"name_hy": "Լոռի", "full_name_hy": "Լոռու մարզ", "name_en": "Lori", "full_name_en": "Lori"}
        Region.objects.filter(pk=lori.pk).update(**names)
        self.alaverdi = make_municipality("Alaverdi", name_hy="Ալավերդի", region=lori)
        self.tashir = make_municipality("Tashir", name_hy="Տաշիր", region=lori)
        self.telavi = make_municipality("Telavi", name_hy="Թելավի", country="GE")
        self.clerk = self._member("ani@alaverdi.example", self.alaverdi, "hy")
        self.colleague = self._member("davit@tashir.example", self.tashir, "hy")
        self.georgian = self._member("nino@telavi.example", self.telavi, "en")
        self.officer = self._staff("officer@m4eg.example", Role.PROGRAMME_OFFICER)
        self.office = self._staff("armenia@m4eg.example", Role.COUNTRY_OFFICER, "AM")
        self.assessors = [self._staff(f"assessor{n}@m4eg.example", Role.ASSESSOR) for n in (1, 2)]
        self.portfolio = make_call("M4EG-2021-PORTFOLIO", deadline=clock.now + timedelta(days=9))
        self.innovation = make_call("M4EG-2021-INNOVATION", deadline=clock.now + timedelta(days=10))
        self.pilot = make_call("M4EG-2021-PILOT", deadline=clock.now + timedelta(days=30))
        for municipality, person in ((self.alaverdi, self.clerk), (self.telavi, self.georgian)):
            self.submitted(self.portfolio, municipality, person, clock)

    def _member(self, email: str, municipality: Any, language: str) -> Person:
        person = make_person(email, language=language)
        add_member(person, municipality, MemberRole.HEAD)
        return person

    def _staff(self, email: str, role: str, country: str | None = None) -> Person:
        person = make_person(email)
        grant_role(person, role, country=country)
        return person

    def submitted(self, call: Call, municipality: Any, person: Person, clock: Clock) -> StageEntry:
        entry = fill(make_draft(call, municipality, by=person), person)
        submit_application(entry, by=person, received_at=clock.now)
        return entry


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Any, base: str, language: str) -> None:
        self.context = browser.new_context(
            base_url=base, locale="hy-AM", timezone_id="Asia/Yerevan", accept_downloads=True
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.language = language

    def log_in(self, person: Person) -> "Visitor":
        self.go("account_login")
        self.page.fill("[name=login]", person.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main [type=submit]")
        self.page.wait_for_url(re.compile(r"^(?!.*login).*$"))
        return self

    def go(self, name: str, *args: Any, status: int = 200) -> "Visitor":
        with translation.override(self.language):
            address = reverse(name, args=args)
        response = self.page.goto(address)
        assert response.status == status, f"{address}: {response.status}"
        return self

    def text(self) -> str:
        return str(self.page.inner_text("main, #main, body >> nth=0"))

    def picture(self, name: str) -> None:
        """Keep what is seen, where a folder for pictures was named."""
        if not PICTURES:
            return
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.language}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def visit(browser: Any, live_server: Any) -> Iterator[Any]:
    """Open a browser for somebody: ``visit(person, language)``."""
    opened: list[Visitor] = []

    def open_for(person: Person | None = None, language: str = "en") -> Visitor:
        visitor = Visitor(browser, live_server.url, language)
        opened.append(visitor)
        return visitor.log_in(person) if person else visitor

    yield open_for
    for visitor in opened:
        visitor.context.close()


def test_a_call_from_publication_to_award_letter(
    visit: Any, clock: Clock, worker: Worker, beat: None, mailbox: list[Any], settings: Any, live_server: Any
) -> None:
    settings.SITE_URL = live_server.url
    scene = Scene(clock)
    the_public_sees_three_calls(visit, scene)
    the_call_is_closed_to_who_has_no_expression_of_interest(visit, scene)
    entry = a_clerk_fills_the_form_over_two_evenings(visit, scene)
    beat_reminds_of_the_draft_once(scene, clock, worker)
    the_clerk_submits_and_gets_a_receipt(visit, scene, entry)
    scene.submitted(scene.innovation, scene.telavi, scene.georgian, clock)
    after_the_deadline_nobody_can_submit(visit, scene, clock)
    staff_check_and_assign(visit, scene)
    for number, assessor in enumerate(scene.assessors):
        an_assessor_scores(visit, scene, assessor, number)
    staff_rank_and_freeze(visit, scene)
    the_country_office_exports_its_own(visit, scene)
    staff_award(visit, scene)
    the_municipality_finds_its_letter(visit, scene, worker)


def the_public_sees_three_calls(visit: Any, scene: Scene) -> None:
    for language in ("hy", "en"):
        visitor = visit(language=language)
        visitor.go("home").picture("home")
        visitor.go("calls:list").picture("calls")
        for call in (scene.portfolio, scene.innovation, scene.pilot):
            assert getattr(call, f"title_{language}") in visitor.text()
        visitor.go("calls:detail", scene.pilot.code).picture("pilot")
        page = visitor.text()
        for lot in scene.pilot.lots.all():
            assert getattr(lot, f"title_{language}") in page
            assert all(getattr(goal, f"text_{language}") in page for goal in lot.objectives.all())
        assert all(getattr(aim, f"title_{language}") in page for aim in scene.pilot.priorities.all())
        assert scene.pilot.local(scene.pilot.stages.all()[0].deadline).strftime("%H:%M") in page


def the_call_is_closed_to_who_has_no_expression_of_interest(visit: Any, scene: Scene) -> None:
    visitor = visit(scene.colleague, "hy").go("calls:detail", scene.innovation.code)
    visitor.picture("not-eligible")
    assert "Մասնակցության իրավունքը հիմնված է պորտֆելի հետաքրքրվածության հայտի ներկայացման վրա։" in visitor.text()
    visitor.go("applications:start", scene.innovation.code, "proposal")
    assert not visitor.page.query_selector("main form button.btn-primary:not([disabled])")
    assert not StageEntry.objects.filter(application__municipality=scene.tashir).exists()


def a_clerk_fills_the_form_over_two_evenings(visit: Any, scene: Scene) -> StageEntry:
    visitor = visit(scene.clerk, "hy").go("calls:detail", scene.innovation.code)
    visitor.picture("eligible")
    visitor.go("applications:start", scene.innovation.code, "proposal")
    with visitor.page.expect_navigation():
        visitor.page.click("main form button[type=submit], main form button:not([type])")
    entry = StageEntry.objects.get(application__municipality=scene.alaverdi, stage__call=scene.innovation)
    visitor.go("applications:tasks", entry.pk).picture("tasks")
    fill_project(visitor, entry)
    with visitor.page.expect_navigation():
        visitor.page.click("[name='form.action'][value=later] >> nth=0")
    visitor.context.close()
    again = visit(scene.clerk, "hy").go("applications:section", entry.pk, "project")
    assert again.page.input_value("[name=title]") == "Հրապարակ բոլորի համար"
    fill_people(again, entry)
    fill_budget(again, entry)
    add_files(again, entry)
    return entry


def save(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.click("[name='form.action'][value=next]")


def fill_project(visitor: Visitor, entry: StageEntry) -> None:
    visitor.go("applications:section", entry.pk, "project")
    visitor.page.fill("[name=title]", "Հրապարակ բոլորի համար")
    for name in ("summary", "need", "idea"):
        visitor.page.fill(f"[name={name}]", "Ալավերդու կենտրոնական զբոսայգին փակ է վերջին վեց տարիներին։")
    visitor.page.fill("[name=months]", "10")
    visitor.page.check("[name=area][value=public-space]")
    visitor.picture("section")


def fill_people(visitor: Visitor, entry: StageEntry) -> None:
    visitor.go("applications:section", entry.pk, "people")
    visitor.page.fill("[name=beneficiaries]", "1 200")
    visitor.page.fill("[name=women-percent]", "52,5")
    visitor.page.check("[name=partners][value=yes]")
    visitor.page.fill("[name='partner-list.0-name']", "«Դեբեդ» հիմնադրամ")
    visitor.page.fill("[name='partner-list.0-role']", "Դիզայն")
    visitor.page.fill("[name='partner-list.0-contribution']", "2 000,50")
    visitor.picture("table")
    save(visitor)


def fill_budget(visitor: Visitor, entry: StageEntry) -> None:
    """Sixty thousand written as 60,000 is not read as sixty: the page asks, and keeps what was typed."""
    visitor.go("applications:section", entry.pk, "budget")
    visitor.page.fill("[name='budget.works-total']", "60,000")
    visitor.page.fill("[name='budget.works-requested']", "60,000")
    save(visitor)
    visitor.go("applications:section", entry.pk, "budget")
    assert visitor.page.input_value("[name='budget.works-total']") == "60,000"
    visitor.picture("budget-asks")
    visitor.page.fill("[name='budget.works-total']", "60 000")
    visitor.page.fill("[name='budget.works-requested']", "60 000")
    save(visitor)


def add_files(visitor: Visitor, entry: StageEntry) -> None:
    visitor.go("applications:section", entry.pk, "annexes")
    visitor.page.set_input_files(
        "[name=council-decision]", {"name": "որոշում.pdf", "mimeType": "application/pdf", "buffer": b"no PDF at all"}
    )
    visitor.page.locator(".refused", has_text="որոշում.pdf").wait_for()
    visitor.page.check("[name=truth]")
    save(visitor)
    visitor.go("applications:section", entry.pk, "annexes")
    assert entry.attachments.count() == 0
    assert visitor.page.is_checked("[name=truth]")
    visitor.page.set_input_files(
        "[name=council-decision]", {"name": "որոշում.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    save(visitor)
    visitor.go("applications:section", entry.pk, "annexes").picture("files")
    assert [attachment.file.name for attachment in entry.attachments.all()] == ["որոշում.pdf"]


def beat_reminds_of_the_draft_once(scene: Scene, clock: Clock, worker: Worker) -> None:
    deadline = scene.innovation.stages.get().deadline
    clock.set(deadline - timedelta(days=3, minutes=-1))
    reminder = Message.objects.filter(recipient=scene.clerk, kind__contains="deadline", key__contains=":72h:")
    wait_until(reminder.filter(state=MessageState.SENT).exists, 60)
    clock.advance(timedelta(hours=1))
    wait_until(lambda: not Message.objects.filter(state=MessageState.QUEUED).exists(), 60)
    message = reminder.get()
    assert message.language == "hy"
    assert sum(mail["Message-ID"] == message.message_id for mail in worker.mails()) == 1


def the_clerk_submits_and_gets_a_receipt(visit: Any, scene: Scene, entry: StageEntry) -> None:
    visitor = visit(scene.clerk, "hy").go("applications:review", entry.pk)
    visitor.picture("check")
    visitor.page.check("[name=confirm]")
    with visitor.page.expect_navigation():
        visitor.page.click("form[action*='/submit/'] button")
    submission = Submission.objects.get(entry=entry)
    visitor.go("applications:receipt", submission.number, submission.sequence).picture("receipt")
    page = visitor.text()
    assert submission.number == "M4EG-2021-INNOVATION-0001"
    assert submission.number in page
    assert submission.digest[:8] in page.replace(" ", "").replace("\n", "")
    assert scene.innovation.local(submission.received_at).strftime("%H:%M:%S") in page


def after_the_deadline_nobody_can_submit(visit: Any, scene: Scene, clock: Clock) -> None:
    late = fill(make_late_draft(scene), scene.colleague)
    visitor = visit(scene.colleague, "hy").go("applications:review", late.pk)
    stage = scene.innovation.stages.get()
    clock.set(stage.deadline + timedelta(minutes=stage.grace_minutes, microseconds=1))
    button = visitor.page.query_selector("form[action*='/submit/'] button")
    if button:
        visitor.page.check("[name=confirm]")
        with visitor.page.expect_navigation():
            button.click()
    visitor.picture("too-late")
    late.refresh_from_db()
    assert late.state == EntryState.DRAFT
    assert not Submission.objects.filter(entry=late).exists()
    visitor.go("applications:tasks", late.pk)
    assert late.sections.get(section="project").answers["title"]


def make_late_draft(scene: Scene) -> StageEntry:
    """A draft of the municipality that could not begin one: as if it had had the right then."""
    eoi = StageEntry.objects.get(application__municipality=scene.alaverdi, stage__call=scene.portfolio)
    assert eoi.state == EntryState.SUBMITTED
    make_draft(scene.portfolio, scene.tashir, by=scene.colleague)
    return make_draft(scene.innovation, scene.tashir, by=scene.colleague)


def staff_check_and_assign(visit: Any, scene: Scene) -> None:
    visitor = visit(scene.officer)
    stage = scene.innovation.stages.get()
    visitor.go("admin:index").picture("admin")
    for entry in stage.entries.filter(state=EntryState.SUBMITTED):
        visitor.go("admin:evaluation_checklist", entry.pk)
        for answer in visitor.page.query_selector_all("input[type=radio][value=yes]"):
            answer.check()
        visitor.picture("checklist")
        with visitor.page.expect_navigation():
            visitor.page.click(".ev-foot button[type=submit]")
        assert entry.check_results.count() == 3
    visitor.go("admin:evaluation_assign", stage.pk)
    for box in visitor.page.query_selector_all("[name=entries], [name=people]"):
        box.check()
    visitor.picture("assign")
    with visitor.page.expect_navigation():
        visitor.page.click("button.staff-button[type=submit] >> nth=-1")
    with visitor.page.expect_navigation():
        visitor.page.click("[name=confirmed]")
    assert Assessment.objects.filter(entry__stage=stage).count() == 4


def an_assessor_scores(visit: Any, scene: Scene, assessor: Person, number: int) -> None:
    visitor = visit(assessor)
    other = Assessment.objects.exclude(assessor=assessor).first()
    assert other
    visitor.go("admin:evaluation_score", other.pk, status=404)
    for assessment in Assessment.objects.filter(assessor=assessor).order_by("pk"):
        visitor.go("admin:evaluation_my").picture("my-assessments")
        visitor.go("admin:evaluation_declare", assessment.pk).picture("declare")
        visitor.page.check("[name=declaration] >> nth=0")
        with visitor.page.expect_navigation():
            visitor.page.click("button.staff-button[type=submit]")
        visitor.go("admin:evaluation_score", assessment.pk)
        score = 4 if assessment.entry.application.municipality == scene.alaverdi else 3
        for criterion in visitor.page.query_selector_all("[data-criterion]"):
            criterion.query_selector(f"input[type=radio][value='{score}']").check()
        visitor.picture("score")
        with visitor.page.expect_navigation():
            visitor.page.click("[name=complete]")
        assessment.refresh_from_db()
        assert assessment.state == AssessmentState.COMPLETED
        assert assessment.total == score * 9


def staff_rank_and_freeze(visit: Any, scene: Scene) -> None:
    visitor = visit(scene.officer)
    stage = scene.innovation.stages.get()
    visitor.go("admin:evaluation_ranking", stage.pk)
    with visitor.page.expect_navigation():
        visitor.page.click("form[action*='/shortlist/'] button")
    visitor.go("admin:evaluation_ranking", stage.pk).picture("ranking")
    visitor.go("admin:evaluation_freeze", stage.pk).picture("freeze")
    with visitor.page.expect_navigation():
        visitor.page.click("button.staff-button[type=submit]")
    shortlist = Shortlist.objects.get()
    assert shortlist.state == ShortlistState.FROZEN
    rows = list(ShortlistRow.objects.order_by("rank").select_related("entry__application"))
    assert [row.rank for row in rows] == [1, 2]
    assert [row.score for row in rows] == [Decimal(36), Decimal(27)]
    assert {row.outcome for row in rows} == {Outcome.SELECTED}
    assert rows[0].entry.application.municipality == scene.alaverdi
    visitor.go("admin:evaluation_shortlist_change", shortlist.pk).picture("shortlist")


def the_country_office_exports_its_own(visit: Any, scene: Scene) -> None:
    visitor = visit(scene.office)
    shortlist = Shortlist.objects.get()
    visitor.go("admin:evaluation_shortlist_change", shortlist.pk).picture("office")
    assert "Telavi" not in visitor.text()
    book = openpyxl.load_workbook(io.BytesIO(download(visitor, shortlist, "xlsx")))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any("Alaverdi" in cell for cell in cells)
    assert not any("Telavi" in cell for cell in cells)
    rows = list(csv.reader(io.StringIO(download(visitor, shortlist, "csv").decode("utf-8-sig"))))
    assert sum("M4EG-2021-INNOVATION-0001" in row for row in rows) == 1
    assert not any("M4EG-2021-INNOVATION-0002" in row for row in rows)


def download(visitor: Visitor, shortlist: Shortlist, kind: str) -> bytes:
    with visitor.page.expect_download() as waiting:
        visitor.page.click(f"a[href*='/export/{kind}/']")
    content = Path(waiting.value.path()).read_bytes()
    if PICTURES:
        (Path(PICTURES) / f"shortlist.{kind}").write_bytes(content)
    return content


def staff_award(visit: Any, scene: Scene) -> None:
    visitor = visit(scene.officer)
    shortlist = Shortlist.objects.get()
    visitor.go("admin:grants_grant_award_shortlist", shortlist.pk).picture("award")
    addressee = visitor.page.input_value("[name='form-0-addressee_hy']")
    assert addressee == "Լոռու մարզի Ալավերդի համայնքին"
    with visitor.page.expect_navigation():
        visitor.page.click("button.staff-button[type=submit]")
    assert Grant.objects.count() == 2
    visitor.picture("grants")


def the_municipality_finds_its_letter(visit: Any, scene: Scene, worker: Worker) -> None:
    letters = Letter.objects.filter(grant__municipality=scene.alaverdi)
    wait_until(lambda: letters.exclude(file=None).exists(), 90)
    letter = letters.get()
    told = Message.objects.filter(recipient=scene.clerk, kind="award_letter", state=MessageState.SENT)
    wait_until(told.exists, 60)
    assert told.get().language == "hy"
    assert sum(letter.number in str(mail["Subject"]) for mail in worker.mails()) == 1
    visitor = visit(scene.clerk, "hy").go("grants:list")
    visitor.picture("own-grants")
    address = visitor.page.get_attribute("a[href*='/files/']", "href")
    pdf = visitor.context.request.get(f"{address}?download").body()
    assert pdf.startswith(b"%PDF-")
    if PICTURES:
        (Path(PICTURES) / "letter.pdf").write_bytes(pdf)
    stranger = visit(language="en").go("grants:confirm", letter.code)
    stranger.picture("confirm")
    assert letter.number in stranger.text()
    assert visit(scene.colleague, "hy").context.request.get(address).status == 404
