"""Files from a real browser: dropped, over a line that is cut, gone on with after another visit of the page."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from applications.models import Attachment
from portal.documents.models import UploadChunk
from portal.documents.uploads import CHUNK
from tests.applications.test_browser import Writer
from tests.documents.hostile import bulky_pdf, pdf, picture
from tests.support import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
_DROP = """async ([selector, files]) => {
  const carried = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    carried.items.add(new File([bytes], name, { lastModified: 1700000000000 }));
  }
  const place = document.querySelector(selector);
  const details = { dataTransfer: carried, bubbles: true, cancelable: true };
  for (const kind of ["dragenter", "drop"]) place.dispatchEvent(new DragEvent(kind, details));
}"""


def kept(question: str) -> dict[str, str]:
    rows = Attachment.objects.filter(question=question, removed_at=None)
    return dict(rows.values_list("file__name", "file__sha256"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Line:
    """The line of a browser: a number of pieces pass, then it is cut."""

    def __init__(self, page: Any, passing: int) -> None:
        self.passing, self.pieces = passing, 0
        page.context.route(re.compile(r"/files/[^/]+/[^/]+/\d+/$"), self._piece)

    def _piece(self, route: Route) -> None:
        if self.passing <= 0:
            route.abort("internetdisconnected")
            return
        self.passing -= 1
        self.pieces += 1
        route.continue_()


@pytest.fixture
def writer(live_server: Any, browser: Any) -> Writer:
    return Writer(live_server, browser)


def test_files_arrive_whole_whatever_happens_to_the_line(writer: Writer, tmp_path: Path) -> None:
    page = writer.page(viewport={"width": 390, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(writer.url("annexes"))
    page.locator("[data-draft-bar]", has_text="11 answers are missing").wait_for()
    small = {"one.pdf": pdf(), "photo.jpg": picture("JPEG", (60, 40)), "page.pdf": b"<html><p>no decision</p></html>"}
    dropped = [[name, base64.b64encode(content).decode()] for name, content in small.items()]
    page.evaluate(_DROP, ['[data-question="council-decision"] .uploads', dropped])
    box = page.locator('[data-question="council-decision"]')
    box.locator(".refused", has_text="page.pdf").get_by_text("This is a web page.").wait_for()
    assert kept("council-decision") == {name: sha256(small[name]) for name in ("one.pdf", "photo.jpg")}
    assert box.locator("li img").count() == 2
    page.locator("[data-draft-bar]", has_text="10 answers are missing").wait_for()
    box.get_by_role("button", name="Understood").click()
    assert box.locator(".refused").count() == 0

    content = bulky_pdf(6 * CHUNK)
    file = tmp_path / "plan.pdf"
    file.write_bytes(content)
    drawings, line = page.locator('[data-question="drawings"]'), Line(page, passing=3)
    drawings.locator("input[name=drawings]").set_input_files(file)
    drawings.locator(".upload-state", has_text="No connection. It goes on by itself").wait_for()
    assert drawings.get_by_role("progressbar", name="plan.pdf").get_attribute("value") not in {None, "0", "100"}
    wait_until(lambda: UploadChunk.objects.count() == 3)
    line.passing = 1
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until(lambda: UploadChunk.objects.count() == 4)

    page.reload()
    unfinished = drawings.locator("li", has_text="Choose the same file again, and it goes on where it was.")
    unfinished.locator("[data-name]", has_text="plan.pdf").wait_for()
    page.screenshot(path=tmp_path / "phone.png")
    line.passing = 100
    page.context.clear_cookies()
    drawings.locator("input[name=drawings]").set_input_files(file)
    drawings.locator(".upload-state", has_text="You are no longer logged in.").wait_for()
    assert "/login/" in str(drawings.get_by_role("link", name="Log in in another window").get_attribute("href"))
    page.context.add_cookies([writer.cookie, {**writer.cookie, "name": "csrftoken", "value": "a" * 32}])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    drawings.get_by_role("link", name="plan.pdf").wait_for()
    assert kept("drawings") == {"plan.pdf": sha256(content)}
    assert line.pieces == 7, "no piece was sent twice"
    assert unfinished.count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390, "nothing stands out on a phone"
    assert errors == []
