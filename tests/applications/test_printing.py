"""A whole application on paper: everything is on it, and what does not count says so on every page."""

import io
from pathlib import Path

import page as validator
import pikepdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.lifecycle import (
    attach_file,
    reopen_application,
    save_section,
    submit_application,
    withdraw_application,
)
from applications.models import StageEntry
from applications.presentation import Cell, ShownTable
from applications.templatetags.paper import column_widths, tongue
from portal import clock
from portal.accounts.models import Person
from tests.applications.helpers import INNOVATION, fill, upload
from tests.applications.test_query_counts import costs
from tests.documents import pdfs
from tests.factories import PDF, make_call, make_draft, make_member, make_municipality

pytestmark = pytest.mark.django_db
SLY = '<b>bold</b> & <img src="file:///etc/passwd">'
ANSWERS = {
    **INNOVATION,
    "project": {**INNOVATION["project"], "summary": SLY, "idea": "Բնակիչներն իրենք են նկարում այն։\n\nԱպա կառուցում։"},
    "people": {
        **INNOVATION["people"],
        "partners": "yes",
        "partner-list": [{"name": "Գործընկեր", "role": "builds", "contribution": "1 500,50"}],
    },
}


@pytest.fixture
def entry(client: Client) -> StageEntry:
    """A draft, all filled in, whose writer is logged in."""
    municipality = make_municipality("Alaverdi", name_hy="Ալավերդի համայնք")
    clerk = make_member(municipality, "head")
    client.force_login(clerk)
    make_draft(make_call(), municipality, by=clerk)  # the expression of interest on which the call rests
    return fill(make_draft(make_call("M4EG-2021-INNOVATION"), municipality, by=clerk), clerk, ANSWERS)


def writer(entry: StageEntry) -> Person:
    person = entry.application.created_by
    assert person
    return person


def drawn(client: Client, url: str, language: str) -> bytes:
    response = client.get(url, {"language": language})
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "private, no-store"
    content: bytes = response.content
    return content


def text_of(content: bytes, place: Path) -> str:
    return pdfs.text(content, place).replace("\N{NO-BREAK SPACE}", " ")


def assert_valid(content: bytes, title: str, language: str) -> int:
    """Assert that a PDF is valid and accessible; return how many pages it has."""
    report = validator.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert (str(document.docinfo["/Title"]), str(document.Root.Lang)) == (title, language)
        return len(document.pages)


def test_a_draft_says_so_on_every_page(client: Client, entry: StageEntry, tmp_path: Path) -> None:
    save_section(entry, "annexes", {}, 1, by=writer(entry))
    url = reverse("applications:pdf", args=[entry.pk])
    content = drawn(client, url, "hy")
    with translation.override("hy"):
        title = entry.stage.call.title
    pages = assert_valid(content, f"Սևագիր՝ չներկայացված · {title} · Ալավերդի համայնք", "hy")
    text = text_of(content, tmp_path)
    assert text.count("Սևագիր՝ չներկայացված") == pages + 1, "the head of each page, and the warning"
    assert "Բնակիչներն իրենք են նկարում այն։" in text
    fonts: dict[str, set[str]] = {}
    for sign in (sign for sign in pdfs.signs(content) if sign.text.strip()):
        kind = "armenian" if "\u0531" <= sign.text[:1] <= "\u058a" else "latin" if sign.text.isascii() else "other"
        fonts.setdefault(kind, set()).add("armenian" if "armenian" in sign.font else "latin")
    assert (fonts["armenian"], fonts["latin"]) == ({"armenian"}, {"latin"})
    english = text_of(drawn(client, url, "en"), tmp_path)
    assert "1 answer is missing or has to be corrected." in english
    assert "Draft, not submitted" in text_of(drawn(client, url, "tlh"), tmp_path), "an unknown language is the page's"


def test_what_was_submitted_is_all_on_it(client: Client, entry: StageEntry, tmp_path: Path) -> None:
    by = writer(entry)
    submission = submit_application(entry, by=by, received_at=clock.now(), confirmation="I confirm that it is true.")
    url = reverse("applications:pdf", args=[entry.pk])
    content = drawn(client, url, "en")
    assert_valid(content, f"Application {submission.number} · Alaverdi", "en")
    text = text_of(content, tmp_path)
    file = entry.attachments.get().file
    expected = [
        submission.number,
        submission.digest,
        "Alaverdi",
        "A square for everyone",
        SLY,
        "52.50 %",
        "€1,500.50",
        "€70,000",
        "€60,000",
        "The municipality €10,000",
        "decision.pdf",
        file.sha256,
        "Confirmed",
        "I confirm that it is true.",
        "(Yerevan)",
        "receipts/check/",
    ]
    assert [line for line in expected if line not in text] == []
    assert "Draft" not in text
    spoken = pdfs.languages(content)
    heard = [sign for sign in pdfs.signs(content) if spoken.get((sign.page, sign.mcid or 0)) == "hy"]
    armenian = "".join(sign.text for sign in heard)
    assert "Բնակիչներն" in armenian.replace(" ", ""), "read aloud by an Armenian voice"
    assert "square" not in armenian
    version = reverse("applications:submission_pdf", args=[submission.number, 1])
    assert drawn(client, version, "en") == content
    assert len(cache._cache.get_client(None).keys("*calls:print*")) == 1, "drawn once"  # type: ignore[attr-defined]


def test_what_does_not_count_any_more_says_so(client: Client, entry: StageEntry, tmp_path: Path) -> None:
    by, now = writer(entry), clock.now()
    first = submit_application(entry, by=by, received_at=now)
    of_first = reverse("applications:submission_pdf", args=[first.number, 1])
    of_entry = reverse("applications:pdf", args=[entry.pk])
    reopened = reopen_application(entry, by=by, received_at=now)
    assert "What was submitted earlier counts until this is." in text_of(drawn(client, of_entry, "en"), tmp_path)
    second = submit_application(reopened, by=by, received_at=now)
    assert "Replaced by a later submission" in text_of(drawn(client, of_first, "en"), tmp_path)
    withdraw_application(entry, by=by, received_at=now)
    text = text_of(drawn(client, of_entry, "en"), tmp_path)
    assert ("Withdrawn" in text, f"{second.number} · version 2" in text) == (True, True)


def test_paper_costs_the_same_for_one_file_and_for_three(client: Client, entry: StageEntry) -> None:
    by = writer(entry)
    url = reverse("applications:pdf", args=[entry.pk])
    client.get(reverse("applications:tasks", args=[entry.pk]))  # what is kept in the cache for all pages
    client.get(url, {"language": "hy"})
    with costs(7):
        client.get(url)
    for number in range(2):
        attach_file(entry, "drawings", upload(f"{number}.pdf", PDF + bytes([number])), by=by)
    with costs(7):
        client.get(url)


def test_a_text_is_read_aloud_in_the_language_of_its_letters() -> None:
    with translation.override("en"):
        texts = ["Ալավերդի (AM)", "Town", "Townhall", "ქალაქი", "Город", "Місто", "12 %", ""]
        usual = ["en", "hy", "ro", "en", "ru", "hy", "hy", "hy"]
        assert list(map(tongue, texts, usual)) == ["hy", "", "ro", "ka", "ru", "uk", "", ""]


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    def table(*rows: tuple[str, str, str]) -> ShownTable:
        lines = [(Cell(one), Cell(two), Cell(three, number=True)) for one, two, three in rows]
        return ShownTable(lines[0], tuple(lines[1:]))

    even = column_widths(table(("A", "B", "Sum"), ("word " * 40, "word " * 40, "€1,000")))
    assert (even[0] == even[1], even[2], sum(even) > 990) == (True, 90, True)
    dated = column_widths(table(("A", "B", "Sum"), ("word " * 40, "15.03.2027", "€1,000")))
    assert (dated[1], dated[2]) == (130, 90), "thirteen and nine signs of a hundred"
    crowded = column_widths(table(("A", "B", "Sum"), ("word " * 40, "word " * 40, "9" * 200)))
    assert min(crowded) > 0
    assert sum(column_widths(table(("A", "B", "Sum")))) > 990, "no rows"
