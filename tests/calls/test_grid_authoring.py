"""The grid of a stage as staff write it: what it writes, what it adds up to, and the previews."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.authoring.grid.totals import totals
from calls.callfile.dump import dump_text
from calls.models import Call, Criterion, Stage
from calls.spec import CallSpec, EvaluationSpec
from calls.transfer import spec_of
from tests.calls.sent import at, page, send, values
from tests.factories import make_call, make_staff

pytestmark = pytest.mark.django_db
PILOT, PORTFOLIO, INNOVATION = "M4EG-2021-PILOT", "M4EG-2021-PORTFOLIO", "M4EG-2021-INNOVATION"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_staff("programme_officer"))
    return client


@pytest.fixture
def call() -> Call:
    return make_call(PILOT, published=False)


def written(call: Call) -> CallSpec:
    return spec_of(Call.objects.get(pk=call.pk))


def grid(call: Call, stage: int = 0) -> EvaluationSpec:
    found = written(call).stages[stage].evaluation
    assert found is not None
    return found


def first(call: Call) -> Stage:
    found: Stage = call.stages.get(position=0)
    return found


def grid_page(call: Call, *more: Any) -> str:
    return at(call, "stages", first(call).pk, "grid", *more)


@pytest.mark.parametrize("code", [PILOT, PORTFOLIO, INNOVATION])
@pytest.mark.parametrize("language", ["en", "hy"])
def test_every_grid_opened_and_saved_leaves_the_call_file_as_it_was(officer: Client, code: str, language: str) -> None:
    call = make_call(code, published=False)
    before = dump_text(written(call))
    rows = set(Criterion.objects.values_list("pk", flat=True))
    for stage in call.stages.exclude(grid=None):
        response = send(officer, at(call, "stages", stage.pk, "grid").replace("/en/", f"/{language}/"))
        assert response.status_code == 302, response.context["form"].faults
    assert dump_text(written(call)) == before
    assert set(Criterion.objects.values_list("pk", flat=True)) == rows, "rows stay the same"


def test_a_grid_is_made_without_a_script(officer: Client, call: Call) -> None:
    officer.post(grid_page(call, "remove"))
    assert written(call).stages[0].evaluation is None
    assert "has no evaluation grid" in page(officer, grid_page(call))
    officer.post(grid_page(call, "add"))
    shown = values(page(officer, grid_page(call)))
    for act in ("add:sections", "add:sections-0-criteria", "add:sections-0-criteria", "add:ties"):
        answer = officer.post(grid_page(call), {**shown, "lines": act})
        assert "Nothing was saved yet" not in answer.content.decode()
        shown = values(answer.content.decode())
    shown |= {
        "sections-0-title_en": "Quality",
        "sections-0-title_hy": "Որակ",
        "sections-0-min": "4",
        "sections-0-criteria-0-title_en": "Clear",
        "sections-0-criteria-0-weight": "2",
        "sections-0-criteria-1-title_en": "Useful",
        "sections-0-criteria-1-weight": "0.5",
        "ties-0-code": "1.2",
        "pass_mark": "7,5",
        "selection_rule": "count",
        "selection_limit": "3",
    }
    answer = officer.post(grid_page(call), shown)
    assert answer.status_code == 302, answer.context["form"].faults
    made = grid(call)
    assert [section.code for section in made.sections] == ["quality"]
    assert [(one.code, one.weight) for one in made.criteria()] == [("1.1", Decimal(2)), ("1.2", Decimal("0.5"))]
    assert made.maximum() == Decimal("12.5")
    assert made.pass_mark == Decimal("7.5")
    assert made.tie_break == ("1.2", "lot-draw")
    assert (made.selection.rule, made.selection.limit) == ("count", 3)


def test_the_tie_break_follows_a_new_code(officer: Client, call: Call) -> None:
    assert send(officer, grid_page(call), **{"sections-0-code": "fit"}).status_code == 302
    assert grid(call).tie_break == ("fit", "1.1", "lot-draw")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sections-1-code": "relevance"}, "Another line has this code already"),
        ({"sections-1-criteria-0-code": "1.1"}, "Another section or criterion has this code already"),
        ({"sections-1-code": "lot-draw"}, "This is the name of the draw"),
        ({"sections-0-code": "Relevance"}, "Small Latin letters"),
        ({"sections-0-criteria-0-weight": "0"}, "greater than or equal to 0.01"),
        ({"sections-0-criteria-0-weight": "1,234"}, "can be read in two ways"),
        ({"assessors": "0"}, "greater than or equal to 1"),
        ({"pass_mark": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_the_text_is_still_there(
    officer: Client, call: Call, changes: dict[str, str], sentence: str
) -> None:
    before = dump_text(written(call))
    answer = send(officer, grid_page(call), **changes, **{"sections-0-criteria-1-title_en": "Typed and kept"})
    assert answer.status_code == 200
    faults = answer.context["form"].faults
    (name,) = changes
    assert [address for address, _label, said in faults if sentence in said] == [f"#id_{name}"]
    assert values(answer.content.decode())["sections-0-criteria-1-title_en"] == "Typed and kept"
    assert dump_text(written(call)) == before


def test_an_unreachable_threshold_is_said_and_counted_but_can_be_kept_while_one_works(
    officer: Client, call: Call
) -> None:
    assert send(officer, grid_page(call), pass_mark="51").status_code == 302
    assert "51 cannot be reached: scale and weights allow at most 50." in page(officer, grid_page(call))
    assert grid(call).pass_mark == 51


def test_what_somebody_else_saved_meanwhile_stands_beside(officer: Client, call: Call) -> None:
    mine = values(page(officer, grid_page(call)))
    send(officer, grid_page(call), pass_mark="25", **{"sections-0-criteria-0-weight": "3"})
    answer = officer.post(grid_page(call), {**mine, "pass_mark": "40", "sections-0-criteria-0-weight": "4"})
    html = answer.content.decode()
    assert "Somebody else changed this meanwhile" in html
    assert "×3" in html
    assert grid(call).pass_mark == 25
    assert officer.post(grid_page(call), values(html)).status_code == 302
    assert grid(call).pass_mark == 40
    assert next(grid(call).criteria()).weight == 4


def test_the_grid_of_another_call_is_taken_over(officer: Client, call: Call) -> None:
    source = make_call(PORTFOLIO)
    stage = source.stages.exclude(grid=None)[0]
    assert officer.post(grid_page(call, "copy"), {"source": stage.pk}).context["form"].errors["replace"]
    officer.post(grid_page(call, "copy"), {"source": stage.pk, "replace": "on"})
    theirs = next(one for one in written(source).stages if one.code == stage.code)
    assert grid(call) == theirs.evaluation


def test_totals_by_hand() -> None:
    found = totals(Decimal(5), [[Decimal(2), Decimal("1.25")], [Decimal("0.5")]])
    assert found.sections == (Decimal("16.25"), Decimal("2.5"))
    assert found.whole == Decimal("18.75")
    assert found.percent(Decimal("12.5")) == Decimal("66.7")
    assert totals(Decimal(5), [[None]]).whole is None
    assert totals(None, [[Decimal(1)]]).percent(Decimal(1)) is None
    assert totals(Decimal(5), []).whole == 0


def cost(client: Client, path: str) -> int:
    page(client, path)
    with CaptureQueriesContext(connection) as captured:
        page(client, path)
    return len(captured)


def test_pages_cost_the_same_for_one_and_three_sections(officer: Client) -> None:
    for code, count in ((PILOT, 1), (INNOVATION, 3)):
        call = make_call(code, published=False)
        send(officer, grid_page(call), **{f"sections-{place}-DELETE": "on" for place in range(count, 9)})
        assert cost(officer, grid_page(call)) == 11
        assert cost(officer, at(call, "stages", first(call).pk, "checks")) == 5


@pytest.mark.parametrize(
    ("role", "draft", "published"),
    [("programme_officer", 200, 200), ("auditor", 200, 200), ("country_officer", 404, 200), ("assessor", 404, 404)],
)
@pytest.mark.parametrize("name", ["applicant", "assessor"])
def test_previews_open_for_staff_who_may_read_the_call(
    client: Client, role: str, draft: int, published: int, name: str
) -> None:
    hidden, shown = make_call(PILOT, published=False), make_call(INNOVATION)
    client.force_login(make_staff(role, country="AM" if role == "country_officer" else None))
    for call, status in ((hidden, draft), (shown, published)):
        frame = at(call, "preview", name, first(call).pk)
        assert client.get(frame).status_code == status
        inner = client.get(f"{frame}page/")
        assert inner.status_code == status
        assert client.post(f"{frame}page/").status_code == 405
        if status == 200:
            assert inner["X-Frame-Options"] == "SAMEORIGIN"
            assert "frame-ancestors 'self'" in inner["Content-Security-Policy"]


def test_the_assessors_preview_shows_the_grid_in_both_languages_and_keeps_nothing(officer: Client, call: Call) -> None:
    inner = at(call, "preview", "assessor", first(call).pk) + "page/"
    assert "Relevance to the objectives and priorities of the call" in page(officer, inner)
    assert "Sample municipality" in page(officer, inner)
    assert "Հրավերի նպատակներին եւ առաջնահերթություններին" in page(officer, inner.replace("/en/", "/hy/"))
    officer.post(grid_page(call, "remove"))
    assert "has no evaluation grid" in page(officer, inner)
