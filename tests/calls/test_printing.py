"""A whole call on paper: everything is on it, as page and as PDF, drawn once, drafts for staff alone."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls import printing
from calls.models import Call, CallDocument, CallState
from calls.spec import CallSpec
from portal.accounts.models import CountryOffice
from portal.documents.pdf import render_pdf
from portal.documents.sniff import KINDS
from portal.documents.storage import store
from tests.documents import pdfs
from tests.factories import PDF, make_call, make_country, make_member, make_municipality, make_staff
from tests.support import Clock

NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
STATIC = Path(settings.BASE_DIR) / "static"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the PDFs that are drawn; the real drawing goes on."""
    titles: list[str] = []
    draw = render_pdf

    def counted(*args: Any, title: str, **options: Any) -> bytes:
        titles.append(title)
        return draw(*args, title=title, **options)

    monkeypatch.setattr(printing, "render_pdf", counted)
    return titles


def words(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.content.decode().split())


def pdf(client: Client, code: str, language: str = "en") -> bytes:
    response = client.get(f"/{language}/calls/{code}/print.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    content: bytes = response.content
    return content


def everything(code: str) -> Call:
    """A call with an office to ask and a document to download."""
    make_country("AM")
    CountryOffice.objects.create(country_id="AM", name_hy="Գրասենյակ", name_en="The office", email="am@m4eg.example")
    call = make_call(code)
    file = store(ContentFile(PDF), name="guidelines.pdf", by=None, kind=KINDS["pdf"])
    CallDocument.objects.create(call=call, kind="guidelines", title_hy="Ուղեցույց", title_en="Guide", file=file)
    return call


ON_PAPER = [
    "M4EG: call for proposals for pilot projects",
    "Investment in local economies",
    "European Union",
    "€10,000,000",
    "€200,000",
    "10%",
    "2 in the call, 1 in a lot",
    "Armenian, English",
    "In every lot, proposals must address all three priorities of the call.",
    "Lot 2: Ukraine",
    "Invest in hard (physical) and soft infrastructure",
    "Social inclusion",
    "A proposal addresses all of them.",
    "The project builds on an approved local economic development plan.",
    "A municipality has at most 2 applications in the call",
    "(Brussels)",
    "Ask questions by",
    "Guide",
    "am@m4eg.example",
    "Which lot do you apply for?",
    "up to 700 words",
    "by invitation, for those selected before",
    "1 to 20 rows",
    "Submitted by: the head of the municipality",
    "The answer given in the stage “Concept note” stays and cannot be changed.",
    "Human resources",
    "The declaration is signed",
    "the application is rejected",
    "The threshold is 30 of 50.",
    "The threshold is 60 of 100.",
    "at least 12, or the application fails",
]


def test_the_page_has_the_whole_call(client: Client) -> None:
    everything(PILOT)
    page = words(client, f"/en/calls/{PILOT}/print/").replace("\N{NO-BREAK SPACE}", " ")
    assert [text for text in ON_PAPER if text not in page] == []
    assert "site-nav" not in page


def test_conditions_of_questions_are_on_it(client: Client) -> None:
    make_call(INNOVATION)
    page = words(client, f"/en/calls/{INNOVATION}/print/")
    assert "Asked only if the answer to “Do you have partners?” is “yes”." in page
    assert "Ունե՞ք գործընկերներ" in words(client, f"/hy/calls/{INNOVATION}/print/")


def test_the_pdf_has_the_whole_call_too(client: Client, tmp_path: Path) -> None:
    everything(PILOT)
    text = pdfs.text(pdf(client, PILOT), tmp_path).replace("\N{NO-BREAK SPACE}", " ")
    in_narrow_cells = {"the application is rejected"}
    assert [line for line in ON_PAPER if line not in text and line not in in_narrow_cells] == []


@pytest.mark.parametrize("language", ["hy", "en"])
@pytest.mark.parametrize("code", [PILOT, PORTFOLIO, INNOVATION])
def test_the_pdf_is_valid_and_accessible(client: Client, code: str, language: str) -> None:
    call = make_call(code)
    content = pdf(client, code, language)
    report = validator.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.docinfo["/Title"]) == getattr(call, f"title_{language}")
        assert str(document.Root.Lang) == language
        with document.open_outline() as outline:
            (top,) = outline.root
            assert top.title == getattr(call, f"title_{language}")
            assert len(top.children) >= 5


def test_each_script_has_its_font(client: Client) -> None:
    make_call(INNOVATION)
    fonts: dict[str, set[str]] = {}
    seen = (sign for sign in pdfs.signs(pdf(client, INNOVATION, "hy")) if sign.text.strip())
    for sign in seen:
        kind = "armenian" if "\u0531" <= sign.text[:1] <= "\u058a" else "latin" if sign.text.isascii() else "other"
        fonts.setdefault(kind, set()).add("armenian" if "armenian" in sign.font else "latin")
    assert fonts["armenian"] == {"armenian"}
    assert fonts["latin"] == {"latin"}


def test_browsers_have_the_fonts_of_the_site_in_both_weights() -> None:
    """Ranges are the site's, so that a page fetches only the letters that it has."""
    names = ("site/site.css", "site/letters.css", "site/print-fonts.css")
    site, letters, paper = ((STATIC / name).read_text() for name in names)
    face = r"vendor/fonts/([a-z-]+)-(\d+)-normal.*?unicode-range: ([^;}]+)"
    known = {file: ranges.strip() for file, _weight, ranges in re.findall(face, site + letters)}
    found = {(file, weight): ranges.strip() for file, weight, ranges in re.findall(face, paper)}
    assert found == {(file, weight): known[file] for file in known for weight in ("400", "600")}
    assert all((STATIC / f"vendor/fonts/{file}-{weight}-normal.woff2").exists() for file, weight in found)


def test_the_same_content_is_drawn_once(client: Client, drawings: list[str], clock: Clock) -> None:
    call, member = make_call(PORTFOLIO), make_member(make_municipality())
    first = client.get(f"/en/calls/{PORTFOLIO}/print.pdf")
    clock.set(NOW.replace(year=2028))
    client.force_login(member)
    second = client.get(f"/en/calls/{PORTFOLIO}/print.pdf")
    assert first.content == second.content
    assert len(drawings) == 1, "the paper knows neither the hour nor the reader"
    assert client.get(f"/en/calls/{PORTFOLIO}/print.pdf", headers={"if-none-match": first["ETag"]}).status_code == 304
    Call.objects.filter(pk=call.pk).update(summary_en="Another summary")
    assert pdf(client, PORTFOLIO) != first.content
    assert len(drawings) == 2
    pdf(client, PORTFOLIO, "hy")
    assert len(drawings) == 3


def test_a_draft_is_drawn_for_staff_alone_and_kept_nowhere(client: Client, drawings: list[str]) -> None:
    make_call(PORTFOLIO, published=False)
    paths = [f"/en/calls/{PORTFOLIO}/print/", f"/en/calls/{PORTFOLIO}/print.pdf"]
    for reader in (None, make_member(make_municipality()), make_staff("country_officer", country="AM")):
        if reader:
            client.force_login(reader)
        assert [client.get(path).status_code for path in paths] == [404, 404]
    client.force_login(make_staff("programme_officer"))
    before = set(cache._cache.get_client(None).keys("*calls:print*"))  # type: ignore[attr-defined]
    for _time in range(2):
        response = client.get(paths[1])
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
    assert len(drawings) == 2
    assert set(cache._cache.get_client(None).keys("*calls:print*")) == before == set()  # type: ignore[attr-defined]
    assert "Draft: not published" in words(client, paths[0])
    assert client.get(paths[0])["Cache-Control"] == "private, no-store"


def test_what_was_drawn_of_a_public_call_is_kept(client: Client) -> None:
    make_call(PORTFOLIO)
    pdf(client, PORTFOLIO)
    assert len(cache._cache.get_client(None).keys("*calls:print*")) == 1  # type: ignore[attr-defined]


def test_a_cancelled_call_says_so_on_paper(client: Client) -> None:
    call = make_call(PORTFOLIO)
    Call.objects.filter(pk=call.pk).update(state=CallState.CANCELLED)
    assert "This call was cancelled" in words(client, f"/en/calls/{PORTFOLIO}/print/")


def test_a_call_in_another_language_says_in_which(client: Client) -> None:
    def only_english(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"languages": ("en",)})

    make_call(PORTFOLIO, change=only_english)
    page = words(client, f"/hy/calls/{PORTFOLIO}/print/")
    assert '<div lang="en">' in page


def test_markup_in_texts_stays_text(client: Client, tmp_path: Path) -> None:
    def sly(spec: CallSpec) -> CallSpec:
        sly = '<img src="file:///etc/passwd"></style><b>bold</b>'
        return spec.model_copy(update={"summary": {"en": sly, "hy": sly}})

    make_call(PORTFOLIO, change=sly)
    assert '<img src="file' not in words(client, f"/en/calls/{PORTFOLIO}/print/")
    assert "<b>bold</b>" in pdfs.text(pdf(client, PORTFOLIO), tmp_path)


def test_paper_costs_the_same_for_one_lot_and_for_three(client: Client) -> None:
    def queries(code: str) -> int:
        client.get(f"/en/calls/{code}/print/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/en/calls/{code}/print/").status_code == 200
        return len(captured)

    make_call(PILOT, change=lambda spec: spec.model_copy(update={"code": "ONE", "lots": spec.lots[:1]}))
    make_call(PILOT)
    assert queries("ONE") == 16
    assert queries(PILOT) == 16


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["hy", "en"])
def test_the_page_is_usable_by_everybody(page: Any, language: str) -> None:
    from tests.content.test_look import violations

    everything(PILOT)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/{language}/calls/{PILOT}/print/")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
