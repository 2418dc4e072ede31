"""What the public reads of questions and answers: page of the call, all answers, feed, PDF, news. Never who asked."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from calls.enquiries.lifecycle import correct, publish_answers, save_draft
from calls.enquiries.wording import Wording
from calls.models import Call, CallState, EnquiryAnswer
from portal.armenian import fold
from tests.calls.enquiries import make_answer, make_answer_draft, make_enquiry, make_open, publish
from tests.factories import make_municipality, make_person
from tests.support import Clock

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


def answered(call: Call, hy: Wording, en: Wording) -> EnquiryAnswer:
    answer = save_draft(make_enquiry(call, en.question), {"hy": hy, "en": en}, merged=(), version=0, by=None)
    return publish(call, answer)[0]


@pytest.fixture
def call(mailbox: list[Any], clock: Clock) -> Call:
    """Three answers, one an hour."""
    call = make_open()
    words = [
        ("Ե՞րբ և որտե՞ղ", "Երևանում, տե՛ս https://example.org/hy։", "When and where?", "In Yerevan."),
        ("Քանի՞ հայտ", "Մեկ։", "How many applications?", "One. See https://example.org/guide <now>."),
        ("Ով կարող է", "Բոլորը։", "Who may?", "Everybody."),
    ]
    for hy_question, hy, question, text in words:
        answered(call, Wording(hy_question, hy), Wording(question, text))
        clock.advance(timedelta(hours=1))
    return call


def get(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def order(page: str) -> list[int]:
    return [int(part.partition('"')[0]) for part in page.split('id="answer-')[1:]]


def test_the_page_of_all_is_newest_first_or_by_number(client: Client, call: Call) -> None:
    path = f"/en/calls/{call.code}/answers/"
    page = get(client, path)
    assert order(page) == [3, 2, 1]
    assert order(get(client, f"{path}?sort=number")) == [1, 2, 3]
    assert order(get(client, f"{path}?sort=asked_by")) == [3, 2, 1], "nothing else is an order"
    assert f'href="/en/calls/{call.code}/answers/#answer-2"' in page
    assert 'href="https://example.org/guide"' in page
    assert "&lt;now&gt;" in page
    assert "Questions are taken until" in page
    armenian = get(client, f"/hy/calls/{call.code}/answers/")
    assert '<a href="https://example.org/hy" rel="nofollow">https://example.org/hy</a>։' in armenian


@pytest.mark.parametrize(
    ("language", "typed", "found"),
    [
        ("hy", "երբ եւ", [1]),
        ("hy", "ԵՐԵՒԱՆ", [1]),
        ("hy", "yerevan", []),
        ("en", "YEREVAN where", [1]),
        ("en", "applications", [2]),
        ("en", "applications yerevan", []),
        ("en", "%", []),
        ("en", "  ", [3, 2, 1]),
    ],
)
def test_the_search_is_folded_and_wants_every_word(
    client: Client, call: Call, language: str, typed: str, found: list[int]
) -> None:
    page = main(get(client, f"/{language}/calls/{call.code}/answers/?q={typed.replace('%', '%25')}"))
    assert order(page) == found, fold(typed)
    assert bool(found) or f'/{language}/calls/{call.code}/answers/">' in page, "a way out of an empty search"


def test_a_page_without_answers_says_what_will_stand_there(client: Client) -> None:
    call = make_open()
    assert "No question has been answered yet" in main(get(client, f"/en/calls/{call.code}/answers/"))
    assert "No question has been answered yet" in main(get(client, f"/en/calls/{call.code}/"))
    feed = ElementTree.fromstring(client.get(f"/en/calls/{call.code}/answers/feed.atom").content)
    assert feed.findall("a:entry", ATOM) == []
    assert "No question has been answered yet." in pdf_text(client, f"/en/calls/{call.code}/answers.pdf")


def test_the_page_of_the_call_has_the_newest_and_the_count(client: Client, call: Call) -> None:
    answered(call, Wording("Դ", "Դ"), Wording("Fourth?", "Yes."))
    page = main(get(client, f"/en/calls/{call.code}/"))
    assert order(page) == [4, 3, 2]
    assert "4 questions were answered for all." in page
    assert "Questions and answers (4)" in page


def test_news_tell_of_an_act_and_of_a_correction(client: Client, call: Call, clock: Clock) -> None:
    publish(call, *[make_answer_draft(make_enquiry(call, f"More? {number}")) for number in range(2)])
    clock.advance(timedelta(hours=1))
    correct(EnquiryAnswer.objects.get(number=1), _corrected(), number=1, by=None)
    feed = ElementTree.fromstring(client.get(f"/en/calls/{call.code}/feed.atom").content)
    titles = [entry.findtext("a:title", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert titles[:3] == [
        "The answer to question 1 was corrected",
        "2 questions were answered",
        "1 question was answered",
    ]
    assert f"/en/calls/{call.code}/answers/#answer-4" in get(client, f"/en/calls/{call.code}/")


def _corrected() -> dict[str, Wording]:
    return {"hy": Wording("Ե՞րբ", "Գյումրիում։"), "en": Wording("When and where?", "In Gyumri.")}


def test_a_correction_shows_both(client: Client, call: Call) -> None:
    correct(EnquiryAnswer.objects.get(number=1), _corrected(), number=1, by=None)
    page = main(get(client, f"/en/calls/{call.code}/answers/"))
    assert "corrected on 1 June 2027, 15:00 (Yerevan)" in page
    assert page.index("In Gyumri.") < page.index("What stood here until") < page.index("In Yerevan.")
    assert order(main(get(client, f"/en/calls/{call.code}/answers/?q=gyumri"))) == [1]
    text = pdf_text(client, f"/en/calls/{call.code}/answers.pdf")
    assert "In Gyumri." in text
    assert "In Yerevan." in text
    feed = ElementTree.fromstring(client.get(f"/en/calls/{call.code}/answers/feed.atom").content)
    entry = feed.findall("a:entry", ATOM)[-1]
    assert entry.findtext("a:published", "", ATOM) == "2027-06-01T08:00:00+00:00"
    assert entry.findtext("a:updated", "", ATOM) == "2027-06-01T11:00:00+00:00"
    assert "In Gyumri." in entry.findtext("a:summary", "", ATOM)


def test_the_feed(client: Client, call: Call) -> None:
    response = client.get(f"/hy/calls/{call.code}/answers/feed.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", "", ATOM) for entry in entries][-1].endswith("Ե՞րբ և որտե՞ղ")
    link = entries[0].find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == f"http://testserver/hy/calls/{call.code}/answers/#answer-3"
    assert "Ե՞րբ և որտե՞ղ" in entries[-1].findtext("a:summary", "", ATOM)
    assert client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]}).status_code == 304


def pdf_text(client: Client, path: str) -> str:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)


@pytest.mark.parametrize(("language", "words"), [("hy", "Երևանում"), ("en", "In Yerevan.")])
def test_the_pdf_is_tagged_with_bookmarks_in_the_language_of_the_page(
    client: Client, call: Call, language: str, words: str
) -> None:
    path = f"/{language}/calls/{call.code}/answers.pdf"
    assert words in pdf_text(client, path)
    reader = PdfReader(BytesIO(client.get(path).content))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == language
    titles = [item.title for item in _flat(reader.outline)]
    assert [title.split(".")[0] for title in titles[1:]] == ["1", "2", "3"]


def _flat(outline: Any) -> list[Any]:
    return [each for item in outline for each in (_flat(item) if isinstance(item, list) else [item])]


def test_the_pdf_is_drawn_once_for_each_content(client: Client, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from calls import printing
    from portal.documents import pdf

    drawn: list[str] = []
    original = pdf.render_pdf

    def counted(template: str, *args: Any, **kwargs: Any) -> bytes:
        drawn.append(template)
        return original(template, *args, **kwargs)

    monkeypatch.setattr(printing, "render_pdf", counted)
    path = f"/en/calls/{call.code}/answers.pdf"
    first = client.get(path)
    assert client.get(path).content == first.content
    assert len(drawn) == 1
    answered(call, Wording("Դ", "Դ"), Wording("Fourth?", "Yes."))
    assert client.get(path)["ETag"] != first["ETag"]
    assert len(drawn) == 2


def test_a_cancelled_call_keeps_its_answers(client: Client, call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state=CallState.CANCELLED)
    assert order(get(client, f"/en/calls/{call.code}/answers/")) == [3, 2, 1]


def test_an_answer_is_read_in_a_language_of_the_call(client: Client, mailbox: list[Any]) -> None:
    call = make_open()
    Call.objects.filter(pk=call.pk).update(languages=["hy"])
    call.refresh_from_db()
    answer = save_draft(make_enquiry(call), {"hy": Wording("Հարց", "Պատասխան")}, merged=(), version=0, by=None)
    publish_answers(call, {answer.pk: 1}, by=None)
    page = main(get(client, f"/en/calls/{call.code}/answers/"))
    assert '<div class="asked" lang="hy"><p>Հարց</p></div>' in page


def test_nothing_public_shows_who_asked(client: Client, mailbox: list[Any]) -> None:
    """Neither any page, feed or paper, nor what a search, an order or a filter finds."""
    call = make_open()
    place = make_municipality("Secretville", name_hy="Գաղտնավան համայնք")
    asker = make_person("secret.asker@example.org", name="Secret Asker")
    make_answer(call, text="As Secretville asks: twice?", by=asker, place=place)
    make_enquiry(call, "A waiting secret question?", by=asker, place=place)
    base = f"/calls/{call.code}/"
    paths = ["", "answers/", "answers/?q=secret", "answers/?sort=asked_by", "answers/?asked_by=1", "feed.atom"]
    paths += ["answers/feed.atom", "print/"]
    traces = ("secret", "Secret", "Գաղտնավան", asker.email)
    reader = Client()
    reader.force_login(make_person())
    for language in ("hy", "en"):
        for path in paths:
            for who in (client, reader):
                text = get(who, f"/{language}{base}{path}").replace('value="secret"', "").replace("q=secret", "")
                assert not [trace for trace in traces if trace in text], path
        assert "ecret" not in pdf_text(client, f"/{language}{base}answers.pdf")
    assert order(get(client, f"/en{base}answers/?q=secretville")) == []
    own = Client()
    own.force_login(asker)
    assert "A waiting secret question?" in get(own, f"/en{base}ask/")


def test_pages_cost_the_same_for_one_and_three(client: Client, mailbox: list[Any]) -> None:
    call = make_open()
    reader = make_person()
    client.force_login(reader)
    paths = {"": 25, "answers/": 5, "answers/?q=question": 5, "answers/feed.atom": 5, "answers.pdf": 6, "ask/": 6}

    def cost(path: str) -> int:
        client.get(f"/en/calls/{call.code}/{path}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/en/calls/{call.code}/{path}").status_code == 200
        return len(queries)

    for count in (1, 3):
        while EnquiryAnswer.objects.count() < count:
            answer = make_answer(call, text=f"Question {EnquiryAnswer.objects.count()}", by=reader)
            new = {code: Wording("Question", "Corrected") for code in ("hy", "en")}
            correct(answer, new, number=1, by=None)
        assert {path: cost(path) for path in paths} == paths
