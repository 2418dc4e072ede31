"""Filling in with a real browser over lines, servers, logins and colleagues that fail or meet: no word is lost."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from applications.lifecycle import save_section
from applications.models import AnswersVersion, Attachment, SectionAnswers, Submission
from portal import embedded
from portal.accounts.models import Person
from tests.applications.helpers import INNOVATION, fill
from tests.applications.test_browser import Writer
from tests.conftest import CHROMIUM
from tests.factories import PASSWORD, PDF, make_member
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
OFFLINE = "Not saved: no connection. The text is kept on this computer."
STORED = "JSON.stringify(Object.entries({...localStorage}).filter(([key]) => key.startsWith('application.')))"


@pytest.fixture
def writer(live_server: Any, browser: Any) -> Iterator[Writer]:
    """A head's draft; what was opened is closed, so that no page asks for news while the tables are emptied."""
    made = Writer(live_server, browser)
    made.clerk.memberships.update(role="head")
    yield made
    for context in browser.contexts:
        context.close()


def state(page: Any, text: str) -> None:
    """Wait until the page says this of saving."""
    page.locator(".save-state", has_text=text).wait_for()


def saved(page: Any, writer: Writer, **answers: str) -> None:
    """Wait until these are all the answers of the first section, and the page says that they are saved."""
    end = time.monotonic() + 45
    while writer.kept("project") != answers:
        assert time.monotonic() < end, (writer.kept("project"), page.locator("[data-save]").inner_text())
        page.wait_for_timeout(50)  # and not time.sleep: a line that the test cuts is served meanwhile
    state(page, "Saved at")


def stored(page: Any) -> list[Any]:
    """What is kept on the computer of what could not be sent."""
    return list(json.loads(page.evaluate(STORED)))


def title(page: Any) -> Any:
    return page.locator("#field-title")


# --- the line, the browser, the server -------------------------------------------------------------------------------


def test_what_is_typed_over_a_cut_line_survives_the_browser(writer: Writer, tmp_path: Path) -> None:
    def at_the_computer() -> Any:
        context = writer.browser.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
        )
        context.add_cookies([writer.cookie])
        return context

    first = at_the_computer()
    page = first.new_page()
    page.goto(writer.live_server.url + writer.url("project"))
    first.set_offline(True)
    title(page).fill("A square for everyone")
    page.locator("#field-need").fill("Ի՞նչ կա այստեղ։\nՈչինչ։")
    page.locator("[name=area][value=building]").check()
    state(page, OFFLINE)
    first.clear_cookies()  # a browser that ends lifts what cut its line: what it sends then must not count
    first.close()
    assert writer.kept("project") == {}

    second = at_the_computer()
    line = {"cut": True}
    second.route(
        "**/section/**",
        lambda route: route.abort() if line["cut"] and route.request.method == "POST" else route.continue_(),
    )
    page = second.new_page()
    page.goto(writer.live_server.url + writer.url("project"))
    state(page, OFFLINE)
    assert title(page).input_value() == "A square for everyone"
    assert page.locator("[name=area][value=building]").is_checked()
    title(page).fill("A square for everyone, old and young")
    line["cut"] = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    answers = {"title": "A square for everyone, old and young", "need": "Ի՞նչ կա այստեղ։\nՈչինչ։", "area": "building"}
    saved(page, writer, **answers)
    wait_until(lambda: stored(page) == [])
    second.close()


SERVE = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True  # static files without collecting them
execute_from_command_line(sys.argv[1:])
"""


class Site:
    """The site as a process of its own, on the test's database."""

    def __init__(self, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url, self.log = f"http://127.0.0.1:{self.port}", log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=embedded.ROOT, env=environment, stdout=log, stderr=log)
        wait_until(self._answers, 60)

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def signal(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path / "site.log")
    yield running
    running.kill()


def test_a_server_that_dies_while_saving_costs_nothing(writer: Writer, site: Site) -> None:
    site.start()
    context = writer.browser.new_context(base_url=site.url)
    context.add_cookies([{**writer.cookie, "url": site.url}])
    page = context.new_page()
    page.goto(writer.url("project"))
    title(page).fill("A square")
    saved(page, writer, title="A square")
    site.signal(signal.SIGSTOP)
    title(page).fill("A square for everyone")
    state(page, "Saving…")
    page.locator("#field-need").fill("There is no place to meet.")
    site.kill()
    state(page, OFFLINE)
    page.locator("#field-idea").fill("Residents draw it themselves.")
    assert writer.kept("project") == {"title": "A square"}
    site.start()
    written = {"need": "There is no place to meet.", "idea": "Residents draw it themselves."}
    saved(page, writer, title="A square for everyone", **written)
    wait_until(lambda: stored(page) == [])


# --- the login -------------------------------------------------------------------------------------------------------


def end_session(page: Any) -> None:
    """The server forgets who is logged in, as it does after a time."""
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "sessionid"]
    import_module(settings.SESSION_ENGINE).SessionStore(cookie["value"]).delete()


def log_in(page: Any, person: Person) -> None:
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Log in").click()


def test_a_login_that_ends_while_typing_costs_nothing_and_shows_nobody_else_the_text(writer: Writer) -> None:
    colleague = make_member(writer.entry.application.municipality, name="Anna")
    page = writer.page()
    page.goto(writer.url("project"))
    end_session(page)
    title(page).fill("A square")
    state(page, "You are no longer logged in.")
    # In another window: the page goes on by itself.
    with page.context.expect_page() as opened:
        page.locator(".save-state").get_by_role("link", name="Log in in another window").click()
    other = opened.value
    log_in(other, writer.clerk)
    other.get_by_role("heading", name="You are logged in again").wait_for()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    saved(page, writer, title="A square")

    # In the same window: the text comes back after the login.
    end_session(page)
    title(page).fill("A square for everyone")
    state(page, "You are no longer logged in.")
    page.reload()
    log_in(page, writer.clerk)
    saved(page, writer, title="A square for everyone")

    # Somebody else at the same computer, while the page with the text is still open.
    end_session(page)
    title(page).fill("For nobody else")
    state(page, "You are no longer logged in.")
    other.goto(writer.url("project"))
    log_in(other, colleague)
    assert title(other).input_value() == "A square for everyone"
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    state(page, "somebody else has logged in on this computer")
    assert writer.kept("project") == {"title": "A square for everyone"}
    assert not AnswersVersion.objects.filter(changed_by=colleague).exists()
    assert "For nobody else" in str(stored(page)), "it still waits for who typed it"


# --- two at once -----------------------------------------------------------------------------------------------------


def look(page: Any) -> None:
    """What an open page does by itself every twenty seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def clash(writer: Writer, one: Any, other: Any, mine: str, theirs: str) -> None:
    """Both type a title, neither of them seeing the other's; then one sees both."""
    one.context.set_offline(True)
    title(one).fill(mine)
    state(one, OFFLINE)
    title(other).fill(theirs)
    saved(other, writer, title=theirs, need="No place to meet")
    one.context.set_offline(False)
    state(one, "A colleague changed the same answer in another way.")
    with one.expect_navigation():
        one.get_by_role("button", name="See both texts").click()
    text = one.locator("main").inner_text()
    assert mine in text
    assert theirs in text


def choose(page: Any, which: str) -> None:
    page.locator(f"#{which}-title").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save what I chose").click()


def test_two_browsers_on_one_section_see_each_other_merge_and_choose(writer: Writer) -> None:
    colleague = make_member(writer.entry.application.municipality, name="Anna")
    client = Client()
    client.force_login(colleague)
    one = writer.page()
    one.goto(writer.url("project"))
    writer.cookie["value"] = client.cookies["sessionid"].value
    other = writer.page()
    other.goto(writer.url("project"))
    other.locator("[data-here]", has_text=f"{writer.clerk.name} is in “The project” now").wait_for()
    look(one)
    one.locator("[data-here]", has_text="Anna is in “The project” now").wait_for()

    # Different answers.
    title(one).fill("A square")
    saved(one, writer, title="A square")
    other.locator("#field-need").fill("No place to meet")
    saved(other, writer, title="A square", need="No place to meet")
    wait_until(lambda: title(other).input_value() == "A square")
    assert "A colleague changed this answer just now." in other.locator('[data-question="title"]').inner_text()
    look(one)
    one.locator('[data-question="need"] [data-colleague]').wait_for()
    assert one.locator("#field-need").input_value() == "No place to meet"

    # The same answer, in each of the three ways.
    clash(writer, one, other, "Mine", "Theirs")
    choose(one, "both")
    assert writer.kept("project")["title"] == "Mine Theirs"
    look(other)
    wait_until(lambda: title(other).input_value() == "Mine Theirs")
    clash(writer, one, other, "Mine again", "Theirs again")
    choose(one, "mine")
    assert writer.kept("project")["title"] == "Mine again"
    look(other)
    wait_until(lambda: title(other).input_value() == "Mine again")
    clash(writer, one, other, "Mine at last", "Theirs at last")
    choose(one, "theirs")
    assert writer.kept("project") == {"title": "Theirs at last", "need": "No place to meet"}
    titles = {row.answers.get("title") for row in AnswersVersion.objects.filter(section="project")}
    assert {"A square", "Theirs", "Mine Theirs", "Theirs again", "Mine again", "Theirs at last"} <= titles


# --- back, twice, small, without scripts -----------------------------------------------------------------------------


def test_the_back_button_shows_fresh_text_and_two_clicks_submit_once(writer: Writer, mailbox: list[Any]) -> None:
    page = writer.page()
    page.goto(writer.url("project"))
    title(page).fill("Typed in haste")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    page.locator("[name=beneficiaries]").wait_for()
    page.go_back()
    page.wait_for_url("**/section/project/")
    assert title(page).input_value() == "Typed in haste"
    title(page).fill("Typed with care")
    saved(page, writer, title="Typed with care")
    page.goto("about:blank")

    SectionAnswers.objects.filter(entry=writer.entry).delete()
    fill(writer.entry, writer.clerk)
    page.goto(f"/en/applications/{writer.entry.pk}/check/")
    page.locator("#confirm").check()
    page.get_by_role("button", name="Submit the application").dblclick()
    page.get_by_role("heading", name="The application is submitted").wait_for()
    submission = Submission.objects.get(entry=writer.entry)
    assert submission.number in page.locator("main").inner_text()
    page.go_back()
    page.locator("#confirm").check()
    page.get_by_role("button", name="Submit the application").click()
    page.get_by_role("heading", name="The application is submitted").wait_for()
    assert Submission.objects.filter(entry=writer.entry).count() == 1


def fits(page: Any) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{page.url} is {wide} wide"


def save(page: Any, button: str = "Save and go on") -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    fits(page)


def fill_fields(page: Any, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(value)


def test_without_scripts_on_a_phone_a_whole_application_is_filled_checked_and_submitted(
    writer: Writer, mailbox: list[Any]
) -> None:
    page = writer.page(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(f"/en/applications/{writer.entry.pk}/")
    fits(page)
    page.goto(writer.url("project"))
    long = {name: str(INNOVATION["project"][name]) for name in ("title", "summary", "need", "idea", "months")}
    fill_fields(page, long)
    page.locator("[name=area][value=public-space]").check()
    colleague = make_member(writer.entry.application.municipality, name="Anna")
    save_section(writer.entry, "project", {"title": "Անխափանտրանսպորտայինհանգույց" * 5}, 0, by=colleague)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("heading", name="Two texts for the same question").wait_for()
    fits(page)
    choose(page, "mine")

    page.goto(writer.url("people"))
    fill_fields(page, {"beneficiaries": "1 200", "women-percent": "52,5"})
    page.get_by_label("Yes").check()
    fill_fields(page, {"partner-list.0-name": "School", "partner-list.0-role": "Garden"})
    save(page, "Add a row")
    fill_fields(page, {"partner-list.1-name": "Library", "partner-list.1-role": "Books"})
    save(page)
    assert [row["name"] for row in writer.kept("people")["partner-list"]] == ["School", "Library"]
    fill_fields(page, {"budget.works-total": "70 000", "budget.works-requested": "60 000"})
    save(page, "Add a source")
    fill_fields(page, {"budget.source.0-name": "The municipality", "budget.source.0-amount": "10 000"})
    save(page)

    file = {"name": "decision.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("[name=council-decision]").set_input_files([file, {**file, "name": "second.pdf"}])
    page.locator("[name=truth]").check()
    save(page, "Save")
    assert Attachment.objects.filter(removed_at=None).count() == 2
    save(page, "Remove second.pdf")
    assert Attachment.objects.filter(removed_at=None).count() == 1

    page.goto(f"/en/applications/{writer.entry.pk}/check/")
    fits(page)
    assert "Nothing is missing" in page.locator("main").inner_text()
    save(page, "Submit the application")
    assert "Please tick that you confirm this." in page.locator("main").inner_text()
    page.locator("#confirm").check()
    save(page, "Submit the application")
    page.get_by_role("heading", name="The application is submitted").wait_for()
    frozen = Submission.objects.get(entry=writer.entry).snapshot
    assert frozen["answers"]["project"] | long == frozen["answers"]["project"]
    assert frozen["amounts"] == {"requested": "60000.00", "total_cost": "70000.00", "months": 10}
    assert [kept["name"] for kept in frozen["files"]["council-decision"]] == ["decision.pdf"]
