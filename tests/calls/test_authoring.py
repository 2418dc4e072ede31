"""Calls written part by part in the administration: the machinery that all parts share."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.callfile.dump import dump_text
from calls.models import Call, CallState, Lot, Priority, Stage
from calls.rule_kinds import rule_kinds
from calls.transfer import spec_of
from portal import clock as portal_clock
from portal.documents.models import StoredFile
from portal.documents.sniff import KINDS
from portal.documents.storage import store
from tests.calls.test_admin import Fields
from tests.factories import PDF, make_call, make_country, make_staff

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"
PARTS = ("lot", "priority", "rule", "document", "stage")
SHEETS = ("basics", "money", "cover", "questions", "letters")


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


def at(call: Call, *steps: Any) -> str:
    return f"/en/admin/calls/call/{call.pk}/setup/" + "".join(f"{step}/" for step in steps)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.content.decode()


def sent(client: Client, path: str, **changes: Any) -> str:
    """Send the form of a page as a browser would, with some fields changed; return the page that follows."""
    values = {**fields(page(client, path)), **changes}
    response = client.post(path, {name: value for name, value in values.items() if value is not None}, follow=True)
    return re.sub(r"[ \n]+", " ", response.content.decode())


class Boxes(Fields):
    """The fields of a page, with every ticked box."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.values.setdefault(given["name"], []).append(given.get("value", "on"))  # type: ignore[arg-type, attr-defined]
            return
        super().handle_starttag(tag, attrs)


def fields(html: str) -> dict[str, Any]:
    return dict(Boxes(html).values)


def draft(code: str = PILOT) -> Call:
    for country in ("AM", "AZ", "BY", "GE", "MD", "UA"):
        make_country(country)
    return make_call(code, published=False)


def texts(lot: Lot) -> list[str]:
    return [one.text_en for one in lot.objectives.all()]  # type: ignore[attr-defined]


def again(call: Call) -> Call:
    found: Call = Call.objects.get(pk=call.pk)
    return found


# Posted back untouched


@pytest.mark.parametrize("code", [PILOT, INNOVATION, PORTFOLIO])
def test_whatever_is_only_looked_at_and_saved_stays_as_it_was(officer: Client, code: str) -> None:
    call = draft(code)
    before = dump_text(spec_of(again(call)))
    addresses = [at(call, sheet) for sheet in SHEETS]
    for part in PARTS:
        listed = page(officer, at(call, part))
        addresses += sorted(set(re.findall(rf'href="(/en{at(call, part)[3:]}\d+/)"', listed)))
    assert len(addresses) > len(SHEETS) + 2
    for path in addresses:
        assert "Saved." in sent(officer, path), path
    assert dump_text(spec_of(again(call))) == before


# Texts


def test_a_text_is_written_in_each_language_of_the_call_and_others_stay(officer: Client) -> None:
    call = draft()
    lot = call.lots.all()[0]
    Lot.objects.filter(pk=lot.pk).update(title_ka="ლოტი")
    Call.objects.filter(pk=call.pk).update(languages=["hy", "en", "ro"])
    path = at(call, "lot", lot.pk)
    assert "Title (Romanian)" in page(officer, path)
    assert "Title (Georgian)" not in page(officer, path)
    sent(officer, path, title_ro="Lotul întâi")
    lot.refresh_from_db()
    assert (lot.title_ro, lot.title_ka) == ("Lotul întâi", "ლოტი")  # type: ignore[attr-defined]


def test_objectives_are_added_moved_and_removed_without_a_script(officer: Client) -> None:
    call = draft()
    lot = call.lots.all()[0]
    path = at(call, "lot", lot.pk)
    before = texts(lot)
    values = {**fields(page(officer, path)), "title_en": "Typed meanwhile"}
    html = officer.post(path, {**values, "objectives-do": "add"}).content.decode()
    assert "Typed meanwhile" in html
    values = fields(html)
    assert values["objectives-total"] == str(len(before) + 1)
    new = f"objectives-{len(before)}"
    values |= {f"{new}-hy": "Նոր նպատակ", f"{new}-en": "A new objective"}
    values = fields(officer.post(path, {**values, "objectives-do": f"up-{len(before)}"}).content.decode())
    assert texts(lot) == before, "nothing is saved by these buttons"
    officer.post(path, values)
    assert texts(lot) == [*before[:-1], "A new objective", before[-1]]
    values = fields(page(officer, path))
    values = fields(officer.post(path, {**values, "objectives-do": "remove-0"}).content.decode())
    officer.post(path, values)
    assert "A new objective" in texts(lot)
    assert lot.objectives.count() == len(before)


# Codes, numbers, moments


def test_a_code_stands_once_among_its_siblings_and_typed_text_stays(officer: Client) -> None:
    call = draft()
    first, second = call.lots.all()[:2]
    html = sent(officer, at(call, "lot", second.pk), code=first.code, title_en="Typed")
    assert "Another one has this code already" in html
    assert 'value="Typed"' in html
    assert 'href="#id_code"' in html
    assert "Capital Latin letters" in sent(officer, at(call, "lot", second.pk), code="lot 1")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("60 000", "60000"), ("60\u00a0000,5", "60000.5"), ("1234.50", "1234.50"), ("0", "0")],
)
def test_amounts_are_read_as_people_type_them(officer: Client, typed: str, kept: str) -> None:
    call = draft()
    lot = call.lots.all()[0]
    assert "Saved." in sent(officer, at(call, "lot", lot.pk), budget=typed)
    lot.refresh_from_db()
    assert lot.budget == Decimal(kept)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("60,000", "can be read in two ways"),
        ("sixty", "cannot be read as a number"),
        ("-1", "cannot be read as a number"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(officer: Client, typed: str, said: str) -> None:
    call = draft()
    lot = call.lots.all()[0]
    html = sent(officer, at(call, "lot", lot.pk), budget=typed)
    assert said in html
    assert f'value="{typed}"' in html


def test_moments_are_those_of_the_calls_clock_and_shown_by_others_beside(officer: Client) -> None:
    call = make_call(PILOT, published=False, deadline=datetime(2027, 7, 6, 14, 0, tzinfo=UTC))
    make_country("AM")
    stage = call.stages.all()[0]
    html = page(officer, at(call, "stage", stage.pk))
    assert fields(html)["deadline"] == "2027-07-06T16:00", "Brussels"
    assert "18:00 (Yerevan)" in html
    sent(officer, at(call, "stage", stage.pk), deadline="2027-07-06T17:30", submitted_by="editor")
    changed = Stage.objects.get(pk=stage.pk)
    assert changed.deadline == datetime(2027, 7, 6, 15, 30, tzinfo=UTC)
    assert changed.submitted_by == Stage.Submitter.EDITOR
    sent(officer, at(call, "stage", stage.pk), submitted_by="anybody")
    assert Stage.objects.get(pk=stage.pk).submitted_by == Stage.Submitter.EDITOR, "no other word is taken"
    with pytest.raises(IntegrityError, match="stage_submitted_by_somebody_known"), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(submitted_by="anyone")


@pytest.mark.parametrize(("typed", "said"), [("2027-03-28T02:30", "skips"), ("2027-10-31T02:30", "twice")])
def test_a_time_that_the_clock_skips_or_repeats_is_refused(officer: Client, typed: str, said: str) -> None:
    call = draft()
    stage = call.stages.all()[0]
    html = sent(officer, at(call, "stage", stage.pk), deadline=typed)
    assert said in html
    assert f'value="{typed}"' in html


def test_another_time_zone_keeps_the_hours_as_they_are_written(officer: Client) -> None:
    call = draft()
    before = spec_of(again(call))
    sent(officer, at(call, "basics"), time_zone="Asia/Yerevan")
    after = spec_of(again(call))
    assert after.time_zone == "Asia/Yerevan"
    assert [stage.deadline for stage in after.stages] == [stage.deadline for stage in before.stages]
    assert "not the time zone of a place" in sent(officer, at(call, "basics"), time_zone="CET")


# Adding, ordering, removing


def test_parts_are_added_behind_the_others(officer: Client) -> None:
    call = draft()
    html = sent(officer, at(call, "priority", "add"), code="new-one", title_hy="Նոր", title_en="New")
    assert "Saved." in html
    last = call.priorities.all()[call.priorities.count() - 1]
    assert (last.code, last.title_hy, last.title_ka) == ("new-one", "Նոր", "")  # type: ignore[attr-defined]


def test_the_order_changes_by_the_buttons_and_only_where_the_list_is_the_same(officer: Client) -> None:
    call = draft()
    keys = [lot.pk for lot in call.lots.all()]
    turned = [keys[1], keys[0], *keys[2:]]
    listed = page(officer, at(call, "lot"))
    assert f'value="{",".join(str(key) for key in turned)}"' in listed
    officer.post(at(call, "lot", "order"), {"ids": ",".join(str(key) for key in turned)})
    assert [lot.pk for lot in again(call).lots.all()] == turned
    answer = officer.post(at(call, "lot", "order"), {"ids": str(keys[0])}, follow=True)
    assert "The list has changed meanwhile" in answer.content.decode()
    assert [lot.pk for lot in again(call).lots.all()] == turned


def test_removing_asks_first_and_says_what_goes_with_it(officer: Client) -> None:
    call = draft()
    stage = call.stages.all()[0]
    path = at(call, "stage", stage.pk, "remove")
    html = page(officer, path)
    assert "This goes with it" in html
    assert "question" in html
    assert Stage.objects.filter(pk=stage.pk).exists()
    officer.post(path)
    assert not Stage.objects.filter(pk=stage.pk).exists()
    assert [one.position for one in call.stages.all()] == list(range(call.stages.count()))


def test_a_draft_without_anything_is_still_read(officer: Client) -> None:
    call = draft()
    for part in PARTS:
        for key in [row.pk for row in getattr(call, RELATIONS[part]).all()]:
            officer.post(at(call, part, key, "remove"))
    Call.objects.filter(pk=call.pk).update(languages=["hy"], countries=[])
    spec = spec_of(again(call))
    assert (spec.stages, spec.lots, spec.countries) == ((), (), ())
    html = page(officer, at(call))
    assert "write at least one entry" in html
    for name in (*PARTS, *SHEETS):
        page(officer, at(call, name))


RELATIONS = {
    "lot": "lots",
    "priority": "priorities",
    "rule": "eligibility_rules",
    "document": "documents",
    "stage": "stages",
}


# Documents


def test_a_document_is_judged_by_its_content_kept_and_replaced(officer: Client) -> None:
    call = draft()
    path = at(call, "document", "add")
    titles = {"kind": "guidelines", "title_hy": "Ուղեցույց", "title_en": "Guide"}
    wrong = officer.post(path, {**titles, "upload": SimpleUploadedFile("guide.pdf", b"MZ nothing")})
    assert "su-wrong" in wrong.content.decode()
    assert not call.documents.exists()
    officer.post(path, {**titles, "upload": SimpleUploadedFile("guide.pdf", PDF)})
    document = call.documents.get()
    assert document.title_hy == "Ուղեցույց"  # type: ignore[attr-defined]
    assert (document.file.name, document.place) == ("guide.pdf", "guide.pdf")
    again_same = officer.post(path, {**titles, "upload": SimpleUploadedFile("guide.pdf", PDF)})
    assert "of this name is there already" in again_same.content.decode()
    own = at(call, "document", document.pk)
    assert "Saved." in sent(officer, own, title_en="The guide")
    assert call.documents.get().file == document.file
    officer.post(own, {**titles, "upload": SimpleUploadedFile("second.pdf", PDF + b"\n")})
    replaced = call.documents.get()
    assert (replaced.place, replaced.file.name) == ("guide.pdf", "second.pdf")


# Rules


@pytest.mark.parametrize("kind", [kind.name for kind in rule_kinds()])
def test_each_kind_of_rule_is_added_by_its_form(officer: Client, kind: str) -> None:
    call = draft(INNOVATION)
    call.eligibility_rules.all().delete()
    assert f"add/?kind={kind}" in page(officer, at(call, "rule"))
    path = f"{at(call, 'rule', 'add')}?kind={kind}"
    typed = {
        "min": "1 000",
        "states": ["submitted", "selected"],
        "call": "",
        "stage": call.stages.all()[0].code,
        "programme": call.programme.code,
        "code": "our-word",
        "text_hy": "Հաստատում ենք",
        "text_en": "We confirm",
        "reason_hy": "Պատճառ",
        "reason_en": "Reason",
        "otherwise": "caveat",
    }
    values = fields(page(officer, path))
    answer = officer.post(path, {**values, **typed}, follow=True)
    assert "Saved." in answer.content.decode(), re.findall("su-wrong.*", answer.content.decode())
    rule = call.eligibility_rules.get()
    assert (rule.rule, rule.otherwise) == (kind, "caveat")
    assert spec_of(again(call)).eligibility[0].rule == kind
    asked = page(officer, at(call, "rule", rule.pk))
    assert "What applicants read" in asked


# Two officers, and a call that is published meanwhile


def test_where_two_save_both_values_are_shown_and_the_second_decides(officer: Client) -> None:
    call = draft()
    lot = call.lots.all()[0]
    path = at(call, "lot", lot.pk)
    mine = {**fields(page(officer, path)), "title_en": "My title"}
    sent(officer, path, title_en="Their title", budget="1 000 000")
    html = officer.post(path, mine).content.decode()
    assert "Somebody else changed this meanwhile" in html
    assert 'value="My title"' in html
    assert "<span>Their title</span>" in html
    assert Lot.objects.get(pk=lot.pk).title_en == "Their title"  # type: ignore[attr-defined]
    officer.post(path, {**fields(html), "budget": "1 000 000"})
    lot.refresh_from_db()
    assert (lot.title_en, lot.budget) == ("My title", 1_000_000)  # type: ignore[attr-defined]


def test_nothing_is_written_once_the_call_is_published_and_the_text_stays(officer: Client) -> None:
    call = draft()
    priority = call.priorities.all()[0]
    path = at(call, "priority", priority.pk)
    values = {**fields(page(officer, path)), "title_en": "Typed too late"}
    Call.objects.filter(pk=call.pk).update(state=CallState.PUBLISHED, published_at=portal_clock.now())
    html = officer.post(path, values).content.decode()
    assert "no longer a draft" in html
    assert 'value="Typed too late"' in html
    assert Priority.objects.get(pk=priority.pk).title_en != "Typed too late"  # type: ignore[attr-defined]
    for address in (path, at(call, "lot"), at(call)):
        assert officer.get(address).status_code == 404
    officer.post(at(call, "priority", priority.pk, "remove"))
    officer.post(at(call, "priority", "order"), {"ids": ""})
    assert Priority.objects.filter(pk=priority.pk).exists()


# Who


@pytest.mark.parametrize(
    ("role", "country", "read", "write"),
    [
        ("administrator", None, 200, 302),
        ("programme_officer", None, 200, 302),
        ("grant_officer", None, 200, 404),
        ("auditor", None, 200, 404),
        ("country_officer", "AM", 404, 404),
        ("assessor", None, 404, 404),
    ],
)
def test_who_reads_and_who_writes(client: Client, role: str, country: str | None, read: int, write: int) -> None:
    call = draft()
    lot = call.lots.all()[0]
    client.force_login(make_staff(role, country=country))
    for path in (at(call), at(call, "lot"), at(call, "lot", lot.pk), at(call, "basics")):
        assert client.get(path).status_code == read, path
    if read == 200:
        shown = page(client, at(call, "lot", lot.pk))
        assert ('type="submit">Save<' in shown) is (write == 302)
    assert client.post(at(call, "lot", lot.pk, "remove")).status_code == write
    assert Lot.objects.filter(pk=lot.pk).exists() is (write == 404)


def test_a_part_of_another_call_is_not_there(officer: Client) -> None:
    call, other = draft(), draft(PORTFOLIO)
    lot = call.lots.all()[0]
    assert officer.get(at(other, "lot", lot.pk)).status_code == 404
    assert officer.post(at(other, "lot", lot.pk, "remove")).status_code == 404
    assert officer.get(at(other, "moon")).status_code == 404
    assert officer.get(at(other, "question", "add") + "?parent=x").status_code == 404


# Queries


@pytest.mark.parametrize("part", PARTS)
def test_a_list_costs_the_same_for_one_and_three_rows(officer: Client, part: str) -> None:
    call = draft()
    for place in range(3):
        call.priorities.update_or_create(code=f"p{place}", defaults={"position": place, "title_en": "P"})
        call.eligibility_rules.create(rule="population", settings={"min": place}, position=place)
        call.documents.create(kind="other", title_en="D", place=f"d{place}", file=stored(), position=place)
    while call.stages.count() < 3:
        stage = call.stages.all()[0]
        stage.pk, stage.code = None, f"s{call.stages.count()}"
        stage.save()

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(officer, at(call, part))
        return len(captured)

    page(officer, at(call, part))
    three = cost()
    rows = getattr(call, RELATIONS[part])
    for row in list(rows.all())[1:]:
        row.delete()
    assert cost() == three == LIST_QUERIES[part]


LIST_QUERIES = {"lot": 4, "priority": 4, "rule": 18, "document": 5, "stage": 4}


def stored() -> StoredFile:
    return store(ContentFile(PDF), name="d.pdf", by=None, kind=KINDS["pdf"])


def test_the_checklist_costs_the_same_for_one_and_three_lots(officer: Client) -> None:
    call = draft()

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(officer, at(call))
        return len(captured)

    page(officer, at(call))
    three = cost()
    assert call.lots.count() == 3
    for lot in list(call.lots.all())[1:]:
        lot.delete()
    assert cost() == three == 15
