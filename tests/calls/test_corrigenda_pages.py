"""Corrigenda on the pages: the public one, the page of the call, paper, news, and the administration."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from calls.corrigenda import begin_changes, issue_corrigendum
from calls.models import Call, Corrigendum, Stage
from calls.registry import news_of
from portal.accounts.models import Person
from tests.applications.test_query_counts import costs
from tests.calls.test_corrigenda import fresh, issue, later
from tests.factories import make_call, make_draft, make_municipality, make_person, make_staff, stage_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def get(client: Client, name: str, *args: Any, language: str = "en") -> str:
    with translation.override(language):
        return client.get(reverse(name, args=args)).content.decode()


def reworded(call: Call, text: str) -> Corrigendum:
    copy = begin_changes(fresh(call), by=None)
    Call.objects.filter(pk=copy.pk).update(description_en=text, description_hy=f"{text} (հ)")
    return issue_corrigendum(fresh(copy), by=None, summary={"hy": "Տեքստ։", "en": "A text."})


# --- in public


def test_the_page_of_a_call_says_that_it_was_changed_and_the_former_deadline(client: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    assert "corrigendum" not in get(client, "calls:detail", call.code).lower()
    issue(later(begin_changes(call, by=None)))
    text = get(client, "calls:detail", call.code)
    assert "Changed: corrigendum No 1 of" in text
    assert "Former deadline" in text
    assert reverse("calls:changes", args=[call.code]).removeprefix("/en") in text
    armenian = get(client, "calls:detail", call.code, language="hy")
    assert "Վերջնաժամկետը երկարաձգվում է։" in armenian


def test_the_page_of_all_changes_shows_old_and_new_not_by_colour_alone(client: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    assert "Nothing was changed" in get(client, "calls:changes", call.code)
    issue(later(begin_changes(call, by=None)))
    words = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    reworded(call, words)
    reworded(call, words.replace("seven", "<b>7</b>"))
    text = get(client, "calls:changes", call.code)
    assert [text.index(f'id="no-{number}"') for number in (3, 2, 1)] == sorted(
        text.index(f'id="no-{number}"') for number in (3, 2, 1)
    )
    assert "<del>" in text
    assert "<ins>" in text
    assert "removed:" in text
    assert "&lt;b&gt;7&lt;/b&gt;" in text
    assert "<b>7</b>" not in text


def test_paper_and_news_tell_of_them_and_drafts_have_no_page(client: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    issue(later(begin_changes(call, by=None)))
    assert "Corrigendum No 1" in get(client, "calls:print", call.code)
    with translation.override("en"):
        found = {item.key: item for item in news_of(fresh(call))}
    assert found["corrigendum-1"].title == "Corrigendum No 1"
    assert found["corrigendum-1"].url.endswith(f"/calls/{call.code}/changes/#no-1")
    copy = begin_changes(fresh(call), by=None)
    for name in ("calls:detail", "calls:changes", "calls:questions", "calls:print"):
        with translation.override("en"):
            assert client.get(reverse(name, args=[copy.code])).status_code == 404


def test_public_pages_cost_the_same_for_one_and_for_three(client: Client) -> None:
    call = make_call("M4EG-2021-PILOT")
    issue(later(begin_changes(call, by=None)))
    pages = [reverse(name, args=[call.code]) for name in ("calls:changes", "calls:detail", "calls:print")]
    counts = []
    for text in ("First", "Second"):
        for page in pages:
            client.get(page)
        for page, most in zip(pages, (CHANGES, DETAIL, PRINT), strict=True):
            with costs(most):
                client.get(page)
        counts.append(text)
        reworded(call, f"{text} wording of the description")
        reworded(call, f"{text} wording, otherwise")
    assert Corrigendum.objects.count() == 5


CHANGES, DETAIL, PRINT = 4, 20, 17


# --- in the administration


@pytest.fixture
def officer(client: Client) -> Person:
    found = make_staff(language="en")
    client.force_login(found)
    return found


def admin_page(client: Client, name: str, call: Call, data: dict[str, Any] | None = None) -> Any:
    with translation.override("en"):
        address = reverse(f"admin:calls_{name}", args=[call.pk])
    client.cookies.load({"language": "en", "django_language": "en"})
    return client.get(address) if data is None else client.post(address, data)


def test_the_way_from_a_published_call_to_its_corrigendum(client: Client, officer: Person) -> None:
    call = make_call("M4EG-2021-PILOT")
    make_draft(call, make_municipality(), lot="LOT1")
    opened = admin_page(client, "amend", call, {})
    copy = Call.objects.get(amends=call)
    assert opened["Location"].endswith(f"/{copy.pk}/setup/")
    assert admin_page(client, "setup", copy).status_code == 200
    empty = admin_page(client, "amend_review", copy)
    assert empty.status_code == 200
    later(copy)
    Call.objects.filter(pk=copy.pk).update(
        budget=Decimal(99_000_000), signatory_name_en="A. A.", signatory_name_hy="Ա."
    )
    review = admin_page(client, "amend_review", copy).content.decode()
    assert 'id="group-corrigendum"' in review
    assert 'id="group-harmless"' in review
    assert 'id="group-refused"' not in review
    refused = admin_page(client, "amend_review", copy, {"summary_en": "More money.", "summary_hy": ""})
    assert refused.status_code == 422
    assert "More money." in refused.content.decode()
    sent = {"summary_en": "More money and time.", "summary_hy": "Ավելի շատ գումար և ժամանակ։"}
    assert admin_page(client, "amend_review", copy, sent).status_code == 302
    corrigendum = Corrigendum.objects.get()
    assert (corrigendum.issued_by, corrigendum.number) == (officer, 1)
    assert "More money and time." in admin_page(client, "amend", call).content.decode()


def test_refused_changes_cannot_be_issued(client: Client, officer: Person) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = later(begin_changes(call, by=officer), -1)
    review = admin_page(client, "amend_review", copy).content.decode()
    assert 'id="group-refused"' in review
    assert "summary_en" not in review
    answer = admin_page(client, "amend_review", copy, {"summary_en": "Less.", "summary_hy": "Պակաս։"})
    assert answer.status_code == 422
    assert not Corrigendum.objects.exists()


def test_harmless_changes_are_applied_and_a_copy_thrown_away_after_asking(client: Client, officer: Person) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=officer)
    Call.objects.filter(pk=copy.pk).update(signatory_name_en="A. A.", signatory_name_hy="Ա. Ա.")
    assert admin_page(client, "amend_review", copy, {"_apply": "1"}).status_code == 302
    assert fresh(call).signatory_name_en == "A. A."  # type: ignore[attr-defined]
    second = begin_changes(fresh(call), by=officer)
    assert admin_page(client, "amend_discard", second).status_code == 200
    assert Call.objects.filter(pk=second.pk).exists()
    admin_page(client, "amend_discard", second, {})
    assert not Call.objects.filter(pk=second.pk).exists()


def test_a_later_deadline_has_a_page_of_its_own(client: Client, officer: Person) -> None:
    call = make_call("M4EG-2021-PILOT")
    stage = stage_of(call)
    sent = {
        "stage": stage.code,
        "deadline": call.local(stage.deadline + 5 * DAY).strftime("%Y-%m-%dT%H:%M:%S"),
        "summary_en": "More time.",
        "summary_hy": "Ավելի շատ ժամանակ։",
    }
    shorter = call.local(stage.deadline - DAY).strftime("%Y-%m-%dT%H:%M")
    assert admin_page(client, "extend_deadline", call, {**sent, "deadline": shorter}).status_code == 422
    assert admin_page(client, "extend_deadline", call, sent).status_code == 302
    assert Stage.objects.get(pk=stage.pk).deadline == (stage.deadline + 5 * DAY).replace(microsecond=0)
    assert Corrigendum.objects.get().summary["en"] == "More time."


def test_working_copies_stand_in_no_list(client: Client, officer: Person) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = begin_changes(call, by=officer)
    with translation.override("en"):
        listed = client.get(reverse("admin:calls_call_changelist")).content.decode()
    assert call.code in listed
    assert copy.code not in listed
    with translation.override("en"):
        preview = reverse("admin:calls_setup_preview", args=[copy.pk, "applicant", stage_of(copy).pk])
        assert client.get(preview).status_code == 200
        applications = client.get(reverse("admin:applications_application_changelist")).content.decode()
    assert copy.code not in applications
    client.force_login(make_person())
    assert copy.code not in get(client, "calls:list")


@pytest.mark.parametrize("role", ["auditor", "grant_officer"])
def test_who_only_reads_sees_the_review_and_changes_nothing(client: Client, role: str) -> None:
    call = make_call("M4EG-2021-PILOT")
    copy = later(begin_changes(call, by=None))
    client.force_login(make_staff(role, language="en"))
    review = admin_page(client, "amend_review", copy)
    assert review.status_code == 200
    assert "summary_en" not in review.content.decode()
    assert admin_page(client, "amend_review", copy, {}).status_code == 404
    assert admin_page(client, "amend", call, {}).status_code == 404
    assert admin_page(client, "amend_discard", copy).status_code == 404
