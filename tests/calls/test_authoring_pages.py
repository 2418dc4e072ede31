"""Pages around authoring: new, copy, checklist, publish, plan, cancel, import and export."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.callfile import load_text
from calls.callfile.dump import dump_text
from calls.lifecycle import cautions_of, publish_anyway
from calls.models import Call, CallState, Grid, Lot, Programme, WarningOverride
from calls.transfer import spec_of
from tests.calls.test_authoring import again, at, draft, fields, page
from tests.factories import CALL_FILES, PDF, make_call, make_country, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
PILOT, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-INNOVATION"
NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ADMIN = "/en/admin/calls/call"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(text))


# New


def test_a_call_begins_with_the_least_and_the_checklist_says_the_rest(officer: Client) -> None:
    make_country("AM")
    programme = Programme.objects.create(code="M4EG", title_hy="ՀՀՏԶ", title_en="M4EG")
    values = {
        "code": "M4EG-2028",
        "programme": programme.pk,
        "languages": ["hy", "en"],
        "title_hy": "Նոր մրցույթ",
        "title_en": "",
        "countries": ["AM"],
        "time_zone": "Asia/Yerevan",
        "budget": "1 000 000",
        "currency": "eur",
    }
    answer = officer.post(f"{ADMIN}/new/", values)
    assert "in each language of the call" in answer.content.decode()
    assert 'value="Նոր մրցույթ"' in answer.content.decode()
    made = officer.post(f"{ADMIN}/new/", {**values, "title_en": "New call"}, follow=True)
    call = Call.objects.get(code="M4EG-2028")
    assert (call.state, call.currency, call.budget) == (CallState.DRAFT, "EUR", 1_000_000)
    shown = plain(made.content.decode())
    assert "to mend before publication" in shown
    assert f"/en/admin/calls/call/{call.pk}/setup/basics/#id_summary_hy" in shown
    again_same = officer.post(f"{ADMIN}/new/", {**values, "title_en": "New call"})
    assert "Another call has this code" in again_same.content.decode()


# Checklist


def test_each_fault_leads_to_its_field(officer: Client) -> None:
    call = draft()
    lot = call.lots.all()[1]
    Lot.objects.filter(pk=lot.pk).update(title_hy="", grant_min=900_000, grant_max=100_000)
    stage = call.stages.all()[0]
    criterion = stage.grid.sections.all()[0].criteria.all()[0]
    type(criterion).objects.filter(pk=criterion.pk).update(title_en="")
    shown = page(officer, at(call))
    assert f"{at(call, 'lot', lot.pk)}#id_title_hy" in shown
    assert f"{at(call, 'lot', lot.pk)}#id_grant_min" in shown
    assert f"{at(call, 'stages', stage.pk, 'grid')}#id_sections-0-criteria-0-title_en" in shown


def test_the_money_of_the_lots_is_held_against_the_calls(officer: Client) -> None:
    call = draft()
    total = sum(lot.budget for lot in call.lots.all())
    Call.objects.filter(pk=call.pk).update(budget=total + 1000)
    assert "€1,000 of the call's budget is in no lot." in plain(page(officer, at(call)))
    Call.objects.filter(pk=call.pk).update(budget=total)
    assert "The lots make up the whole budget." in plain(page(officer, at(call)))
    Call.objects.filter(pk=call.pk).update(budget=total - 1000)
    assert "The lots are €1,000 too much." in plain(page(officer, at(call)))


@pytest.mark.parametrize("language", ["hy", "en"])
def test_the_checklist_is_there_in_both_languages(officer: Client, language: str) -> None:
    call = draft()
    assert officer.get(at(call).replace("/en/", f"/{language}/")).status_code == 200


# Publishing


def soon(code: str = PILOT) -> Call:
    return make_call(code, published=False, deadline=NOW + timedelta(days=120))


def test_the_reasons_are_asked_kept_and_shown_to_staff_alone(officer: Client, clock: Clock) -> None:
    clock.set(NOW)
    call = soon()
    cautions = cautions_of(call)
    shown = plain(page(officer, f"{ADMIN}/{call.pk}/publish/"))
    for caution in cautions:
        assert caution.text("en") in shown
    partly = {f"reason-{cautions[0].code}": "The donor agreed"}
    answer = plain(officer.post(f"{ADMIN}/{call.pk}/publish/", partly).content.decode())
    assert "Nothing was published or planned" in answer
    assert "The donor agreed" in answer
    assert again(call).state == CallState.DRAFT
    officer.post(f"{ADMIN}/{call.pk}/publish/", {f"reason-{one.code}": "The donor agreed" for one in cautions})
    assert again(call).state == CallState.PUBLISHED
    assert "The donor agreed" in page(officer, f"{ADMIN}/{call.pk}/change/")
    for role, seen in (("auditor", True), ("country_officer", False)):
        other = Client()
        other.force_login(make_staff(role, country="AM" if role == "country_officer" else None))
        assert ("The donor agreed" in page(other, f"{ADMIN}/{call.pk}/change/")) is seen
    assert "The donor agreed" not in page(Client(), f"/en/calls/{call.code}/")


def test_publication_is_planned_by_the_calls_clock_and_given_up(officer: Client, clock: Clock) -> None:
    clock.set(NOW)
    call = soon()
    reasons = {f"reason-{one.code}": "yes" for one in cautions_of(call, NOW + timedelta(days=3))}
    path = f"{ADMIN}/{call.pk}/publish/"
    late = officer.post(path, {**reasons, "publish_at": "2027-02-28T10:00", "_later": "1"})
    assert "This moment has passed" in late.content.decode()
    officer.post(path, {**reasons, "publish_at": "2027-03-04T10:00", "_later": "1"})
    assert again(call).publish_at == datetime(2027, 3, 4, 9, 0, tzinfo=UTC), "10:00 in Brussels"
    assert "changes keep the plan" in plain(page(officer, at(call, "money")))
    officer.post(at(call, "unschedule"))
    assert again(call).publish_at is None


# Copies


def dates(call: Call, years: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for stage in spec_of(call).stages:
        for name, moment in (("opens", stage.opens), ("deadline", stage.deadline)):
            found[f"{name}_{stage.code}"] = moment.replace(year=moment.year + years).isoformat(timespec="minutes")
    return found


def test_a_copy_has_all_but_the_dates_which_are_asked_anew(officer: Client, clock: Clock) -> None:
    clock.set(datetime(2027, 1, 4, tzinfo=UTC))
    call = draft(PILOT)
    path = f"{ADMIN}/{call.pk}/copy/"
    values = {**fields(page(officer, path)), "code": "M4EG-2028-PILOT"}
    asked = officer.post(path, values).content.decode()
    assert asked.count("This field is required.") >= 2 * call.stages.count()
    assert not Call.objects.filter(code="M4EG-2028-PILOT").exists()
    made = officer.post(path, {**values, **dates(call, 1)}, follow=True)
    assert "is a draft now" in made.content.decode()
    copy, old = spec_of(Call.objects.get(code="M4EG-2028-PILOT")), spec_of(again(call))
    assert [stage.deadline.year for stage in copy.stages] == [stage.deadline.year + 1 for stage in old.stages]
    assert (copy.questions_until, copy.answers_until) == (None, None)
    same = {"code": "X", "stages": (), "questions_until": None, "answers_until": None}
    assert copy.model_copy(update=same) == old.model_copy(update=same)
    assert [stage.form for stage in copy.stages] == [stage.form for stage in old.stages]
    assert [stage.evaluation for stage in copy.stages] == [stage.evaluation for stage in old.stages]


def test_a_copy_shares_the_documents_and_narrows_its_lots(officer: Client) -> None:
    call = draft(PILOT)
    titles = {"kind": "guidelines", "title_hy": "Ուղեցույց", "title_en": "Guide"}
    officer.post(at(call, "document", "add"), {**titles, "upload": SimpleUploadedFile("guide.pdf", PDF)})
    first = call.lots.all()[0]
    Lot.objects.filter(pk=first.pk).update(countries=["AM", "GE"], regions=[])
    path = f"{ADMIN}/{call.pk}/copy/"
    values = {**fields(page(officer, path)), **dates(call, 8), "code": "NEXT", "countries": ["AM"]}
    officer.post(path, values)
    copy = Call.objects.get(code="NEXT")
    assert copy.countries == ["AM"]
    assert copy.lots.get(code=first.code).countries == ["AM"]
    left_out = [lot.code for lot in call.lots.all() if lot.countries and "AM" not in lot.countries]
    assert left_out, "an empty list of countries would open the lot to all of them"
    assert set(copy.lots.values_list("code", flat=True)) == set(call.lots.values_list("code", flat=True)) - {*left_out}
    assert copy.documents.get().file == call.documents.get().file
    assert copy.documents.get().pk != call.documents.get().pk


def test_a_code_that_is_taken_is_refused_and_typed_dates_stay(officer: Client) -> None:
    call = draft(PILOT)
    path = f"{ADMIN}/{call.pk}/copy/"
    given = dates(call, 8)
    values = {**fields(page(officer, path)), **given, "code": PILOT}
    answer = officer.post(path, values).content.decode()
    assert "Another call has this code" in answer
    assert f'value="{next(iter(given.values()))}"' in answer
    assert Call.objects.count() == 1


# Call files


def sent_file(client: Client, text: str, **more: Any) -> str:
    file = SimpleUploadedFile("my-call.yaml", text.encode())
    answer = client.post(f"{ADMIN}/import/", {"file": file, **more}, follow=True)
    return plain(answer.content.decode())


def test_a_file_is_tried_out_before_it_is_taken(officer: Client) -> None:
    text = (CALL_FILES / "m4eg-2021-innovation.yaml").read_text()
    assert "It would make a new draft." in sent_file(officer, text, _try="1")
    assert not Call.objects.exists()
    sent_file(officer, text)
    assert "The draft is as the file says already." in sent_file(officer, text, _try="1")
    changed = text.replace("currency: EUR", "currency: AMD")
    shown = sent_file(officer, changed, _try="1")
    assert "It would change 1 value of the draft" in shown
    assert "<code>call.currency</code>" in shown
    assert Call.objects.get().currency == "EUR"
    Call.objects.update(state=CallState.PUBLISHED, published_at=NOW)
    assert "is no longer a draft" in sent_file(officer, changed, _try="1")


def test_every_call_is_given_as_a_file(officer: Client) -> None:
    call = make_call(INNOVATION, published=False, deadline=NOW)
    answer = officer.get(f"{ADMIN}/{call.pk}/call-file/")
    assert load_text(answer.content.decode(), "back") == spec_of(again(call))
    assert f"{ADMIN}/{call.pk}/call-file/" in page(officer, f"{ADMIN}/")
    unfinished = draft(PILOT)
    unfinished.stages.all().delete()
    assert "stages: []" in officer.get(f"{ADMIN}/{unfinished.pk}/call-file/").content.decode()
    assert answer.content.decode() == dump_text(spec_of(again(call)))


# The page of a call


def test_the_page_of_a_call_costs_the_same_for_one_and_three_parts(officer: Client, clock: Clock) -> None:
    clock.set(NOW)
    call = publish_anyway(soon(), by=make_staff(), reason="yes")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(officer, f"{ADMIN}/{call.pk}/change/")
        return len(captured)

    page(officer, f"{ADMIN}/{call.pk}/change/")
    assert WarningOverride.objects.filter(call=call).count() >= 2
    several = cost()
    kept = WarningOverride.objects.filter(call=call)[0]
    WarningOverride.objects.filter(call=call).exclude(pk=kept.pk).delete()
    assert Grid.objects.filter(stage__call=call).exists()
    assert cost() == several == 8
