"""Frozen shortlists: recomputed by anyone, exported with the right scope, and with few queries however many rows."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from applications.answers import digest_of
from calls.callfile.dump import dump_text
from calls.transfer import spec_of
from evaluation.assembly import frame_of
from evaluation.assessments_file import recompute
from evaluation.content import verify
from evaluation.models import Assessment, Shortlist
from evaluation.ranking_json import result_document
from portal.accounts.models import Person
from tests.evaluation.factories import begin, frozen, judged, make_assessor, make_entry, make_stage, post_scores
from tests.factories import make_municipality, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shortlist() -> Shortlist:
    """Two applications from Armenia and two from Georgia in one lot, one Ukrainian in another; one seed."""
    stage, people = make_stage(), [make_assessor() for _ in range(3)]
    georgia = {"country": "GE"}
    judged(stage, people[:2], "555555", "544444", municipality=make_municipality("Kutaisi", **georgia))
    judged(stage, people[:2], "444444", "544444", municipality=make_municipality("=SUM(A1)"))
    judged(stage, people, "555555", "222222", "333333", municipality=make_municipality("Poti", **georgia))
    judged(stage, people[:2], "222222", "222222", municipality=make_municipality("Goris"))
    judged(stage, people[:2], "444444", "444444", lot="LOT2", municipality=make_municipality("Lviv", country="UA"))
    return frozen(stage, make_staff())


def export(client: Client, person: Person, shortlist: Shortlist, kind: str) -> bytes:
    client.force_login(person)
    response = client.get(reverse("admin:evaluation_export", args=[shortlist.pk, kind]))
    assert response.status_code == 200
    data: bytes = response.getvalue()
    return data


# --- anyone can recompute it


def test_the_content_recomputes_to_itself_by_the_pure_core(shortlist: Shortlist) -> None:
    shortlist.refresh_from_db()
    assert shortlist.content
    assert digest_of(shortlist.content) == shortlist.digest
    frame = frame_of(spec_of(shortlist.stage.call), "concept")
    assert frame
    ranking = recompute(json.dumps(shortlist.content).encode(), frame)
    assert json.loads(json.dumps(result_document(ranking))) == shortlist.content["shortlist"]["result"]
    for row in shortlist.rows.select_related("entry__application"):
        place = next(one for one in ranking.places if one.application.number == row.entry.application.number)
        assert (row.rank, row.outcome) == (place.rank, place.outcome)


def test_no_person_is_named_in_it(shortlist: Shortlist) -> None:
    text = json.dumps(shortlist.content)
    for person in Person.objects.all():
        assert person.email not in text
        assert person.name not in text
    assert shortlist.content
    names = [one["assessor"] for app in shortlist.content["applications"] for one in app["assessments"]]
    assert set(names) == {"a1", "a2", "a3"}


def test_commands_export_verify_and_rank_the_same(shortlist: Shortlist, tmp_path: Path, capsys: Any) -> None:
    exported, call = tmp_path / "shortlist.json", tmp_path / "call.yaml"
    code = shortlist.stage.call.code
    call_command("export_shortlist", code, "concept", output=exported)
    call_command("verify_shortlist", exported)
    assert "equals its own recomputation" in capsys.readouterr().out
    call.write_text(dump_text(spec_of(shortlist.stage.call)), encoding="utf-8")
    call_command("rank", call, "concept", exported)
    assert shortlist.content
    assert json.loads(capsys.readouterr().out) == shortlist.content["shortlist"]["result"]
    for kind in ("xlsx", "csv"):
        call_command("export_shortlist", code, "concept", format=kind, output=tmp_path / kind, country="GE")
    assert b"Kutaisi" in (tmp_path / "csv").read_bytes()
    assert b"Goris" not in (tmp_path / "csv").read_bytes()
    with pytest.raises(CommandError):
        call_command("export_shortlist", code, "full")


def tampered(shortlist: Shortlist, change: Any) -> bytes:
    from evaluation.exports import verifiable

    document = json.loads(verifiable(shortlist))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["applications"][1]["assessments"][0]["scores"].update({"1.1": 5}), ["digest", "score", "totals"]),
        (lambda d: d.update(seed=d["seed"] + 1), ["digest"]),
        (lambda d: d["shortlist"]["result"]["applications"][1].update(outcome="failed"), ["digest", "outcome"]),
        (lambda d: d["shortlist"]["result"]["applications"].reverse(), ["digest", "order"]),
        (lambda d: d["shortlist"]["evaluation"].update(pass_mark="49"), ["digest", "failed"]),
        (lambda d: d["shortlist"]["lots"][0].update(budget="1.00"), ["digest", "budget"]),
        (lambda d: d["shortlist"].pop("digest"), ["digest"]),
    ],
)
def test_whatever_is_changed_is_found_and_named(shortlist: Shortlist, change: Any, words: list[str]) -> None:
    lines = verify(tampered(shortlist, change))
    for word in words:
        assert any(word in line for line in lines), (word, lines)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"call": 1, "shortlist": {}}', b'{"shortlist": 3}'])
def test_what_is_no_shortlist_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(data)
    with pytest.raises(CommandError):
        call_command("verify_shortlist", file, stderr=io.StringIO())


# --- exports


def test_the_workbook_has_a_sheet_for_each_lot_and_numbers_are_numbers(client: Client, shortlist: Shortlist) -> None:
    book = load_workbook(io.BytesIO(export(client, make_staff(), shortlist, "xlsx")))
    assert book.sheetnames == ["LOT1", "LOT2", "LOT3", "About this list"]
    sheet = book["LOT1"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:8] == ["Rank", "Outcome", "Number", "Municipality", "Region", "Country", "Requested, EUR", "Score"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [row["Rank"] for row in rows] == [1, 2, None, None]
    assert [row["Score"] for row in rows] == [46, 41, 25, 20]
    assert rows[0]["Relevance of the action"] == 28
    assert rows[0]["Requested, EUR"] == 500000
    assert [rows[2][f"Assessment {n}, total"] for n in (1, 2, 3)] == [50, 20, 30]
    assert "=SUM(A1)" in {row["Municipality"] for row in rows}, "a text, not a formula"
    about = {row[0].value: row[1].value for row in book["About this list"].iter_rows(min_row=2)}
    assert about["SHA-256"] == shortlist.digest


def test_the_csv_has_a_bom_and_no_formula(client: Client, shortlist: Shortlist) -> None:
    data = export(client, make_staff(), shortlist, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["Lot"] for row in rows] == ["LOT1"] * 4 + ["LOT2"]
    assert "'=SUM(A1)" in {row["Municipality"] for row in rows}
    assert Decimal(rows[0]["Score"]) == 46


@pytest.mark.parametrize(
    ("country", "names", "ranks"), [("GE", {"Kutaisi", "Poti"}, ["1", ""]), ("AM", {"'=SUM(A1)", "Goris"}, ["2", ""])]
)
def test_a_country_office_exports_its_own_rows_with_the_ranks_of_the_whole(
    client: Client, shortlist: Shortlist, country: str, names: set[str], ranks: list[str]
) -> None:
    officer = make_staff("country_officer", country=country)
    rows = list(csv.DictReader(io.StringIO(export(client, officer, shortlist, "csv").decode("utf-8-sig"))))
    assert {row["Municipality"] for row in rows} == names
    assert [row["Rank"] for row in rows] == ranks
    assert not any("total" in head for head in rows[0]), "single assessors' totals stay with the programme"
    book = load_workbook(io.BytesIO(export(client, officer, shortlist, "xlsx")))
    told = str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])
    strangers = {"Kutaisi", "Poti", "=SUM(A1)", "Goris", "Lviv"} - {name.strip("'") for name in names}
    assert not [name for name in strangers if name in told]
    assert f"Only applications from {country} are shown" in told
    assert "3 applications from other countries are left out" in told
    text = client.get(reverse("admin:evaluation_shortlist_change", args=[shortlist.pk])).content.decode()
    assert not [name for name in strangers if name in text]
    assert "3 applications from other countries are left out" in text


def test_the_office_of_a_country_outside_the_call_sees_nothing(client: Client, shortlist: Shortlist) -> None:
    call = shortlist.stage.call
    call.countries = ["AM", "GE"]
    call.save()
    client.force_login(make_staff("country_officer", country="UA"))
    assert client.get(reverse("admin:evaluation_shortlist_change", args=[shortlist.pk])).status_code == 404


# --- queries


def counted(client: Client, method: str, address: str, data: Any = None) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = getattr(client, method)(address, data)
        assert response.status_code in (200, 302)
        b"".join(response.streaming_content) if response.streaming else response.content
    # What the frame of the administration asks of Django's own permissions is not ours to count.
    return sum("auth_permission" not in query["sql"] for query in queries)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_and_exports_need_few_queries_however_many_applications(client: Client, number: int) -> None:
    stage, people = make_stage(), [make_assessor() for _ in range(2)]
    for _ in range(number):
        judged(stage, people, "444444", "444444")
    client.force_login(make_staff())
    pages = {
        name: reverse(f"admin:{name}", args=[stage.pk])
        for name in ("evaluation_ranking", "evaluation_checks", "evaluation_assign")
    }
    found = {name: counted(client, "get", address) for name, address in pages.items()}
    found["stages"] = counted(client, "get", reverse("admin:evaluation_stages"))
    found["list"] = counted(client, "get", reverse("admin:evaluation_assessment_changelist"))
    shortlist = frozen(stage)
    found["shortlist"] = counted(client, "get", reverse("admin:evaluation_shortlist_change", args=[shortlist.pk]))
    for kind in ("xlsx", "csv", "json"):
        found[kind] = counted(client, "get", reverse("admin:evaluation_export", args=[shortlist.pk, kind]))
    assert found == {
        "evaluation_ranking": 11,
        "evaluation_checks": 9,
        "evaluation_assign": 9,
        "stages": 3,
        "list": 6,
        "shortlist": 6,
        "xlsx": 5,
        "csv": 5,
        "json": 3,
    }


@pytest.mark.parametrize("number", [1, 3])
def test_scoring_needs_few_queries_however_many_applications(client: Client, number: int) -> None:
    stage, me = make_stage(), make_assessor()
    mine, *_others = [begin(make_entry(stage), me) for _ in range(number)]
    client.force_login(me)
    address = reverse("admin:evaluation_score", args=[mine.pk])
    data, whole = post_scores(mine, "44...."), post_scores(mine, "444444", complete="1")
    whole = {**whole, "version": 2}
    found = {
        "my": counted(client, "get", reverse("admin:evaluation_my")),
        "page": counted(client, "get", address),
        "save": counted(client, "post", address, data),
        "complete": counted(client, "post", address, whole),
    }
    assert Assessment.objects.get(pk=mine.pk).total == 40
    assert found == {"my": 3, "page": 7, "save": 8, "complete": 16}
