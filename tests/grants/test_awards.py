"""Awarding: from which shortlists, by whom, how much, to whom, and never twice."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from calls.models import Call, Lot
from evaluation.lifecycle import freeze_shortlist, make_shortlist
from evaluation.models import Outcome, Shortlist, ShortlistState
from grants import queries
from grants.lifecycle import Addressees, AwardRefused, amount_of, award_shortlist
from grants.models import GRANT_TRANSITIONS, Grant, GrantState, Letter
from portal.accounts.models import Country, Municipality, Region, Role
from portal.notices.models import Message
from tests.factories import make_country, make_municipality, make_person, make_staff
from tests.grants.helpers import (
    PORTFOLIO,
    awarded,
    decided,
    freeze,
    make_open_call,
    municipalities,
    with_a_later_stage,
)
from tests.support import Clock

pytestmark = pytest.mark.django_db


def shortlist_of(count: int = 2, **call: Any) -> Shortlist:
    return decided(make_open_call(**call), municipalities(count))


# --- who may, and from what


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER])
def test_those_who_run_the_programme_award(role: str) -> None:
    officer = make_staff(role)
    grants = award_shortlist(shortlist_of(), by=officer)
    assert [grant.state for grant in grants] == [GrantState.AWARDED] * 2
    assert {grant.awarded_by for grant in grants} == {officer}


@pytest.mark.parametrize("role", [Role.GRANT_OFFICER, Role.COUNTRY_OFFICER, Role.ASSESSOR, Role.AUDITOR, None])
def test_nobody_else_awards(role: str | None) -> None:
    person = make_staff(role, country="AM" if role == Role.COUNTRY_OFFICER else None) if role else make_person()
    with pytest.raises(AwardRefused, match="run the programme"):
        award_shortlist(shortlist_of(1), by=person)
    assert not Grant.objects.exists()


def test_a_draft_is_not_awarded() -> None:
    shortlist = shortlist_of(1)
    draft = make_shortlist(shortlist.stage, by=None)
    assert draft.state == ShortlistState.DRAFT
    with pytest.raises(AwardRefused, match="frozen"):
        award_shortlist(draft, by=make_staff())


def test_a_shortlist_that_was_replaced_is_not_awarded() -> None:
    old = shortlist_of(1)
    freeze(old.stage)
    with pytest.raises(AwardRefused, match="in force"):
        award_shortlist(old, by=make_staff())


def test_an_earlier_stage_only_invites() -> None:
    shortlist = shortlist_of(1, change=with_a_later_stage)
    with pytest.raises(AwardRefused, match="last stage"):
        award_shortlist(shortlist, by=make_staff())
    assert not queries.awardable_shortlists().exists()


def test_what_can_be_awarded_is_listed_until_all_is_awarded(django_assert_num_queries: Any) -> None:
    shortlist = shortlist_of(2)
    first = shortlist.rows.order_by("position")[0]
    with django_assert_num_queries(1):
        assert list(queries.awardable_shortlists()) == [shortlist]
    award_shortlist(shortlist, by=make_staff(), only={first.pk})
    assert list(queries.awardable_shortlists()) == [shortlist]
    award_shortlist(shortlist, by=make_staff())
    assert not queries.awardable_shortlists().exists()


# --- what, and what is left alone


def test_only_what_was_selected_is_awarded() -> None:
    shortlist = decided(make_open_call(), municipalities(3), scores=[4, 2, 5])
    grants = award_shortlist(shortlist, by=make_staff())
    outcomes = dict(shortlist.rows.values_list("entry__application__municipality__name_en", "outcome"))
    assert outcomes["Place 2"] == Outcome.FAILED
    assert [grant.entry.application.municipality_name_en for grant in grants] == ["Place 3", "Place 1"], "by rank"


def test_rows_that_have_a_grant_are_left_alone() -> None:
    shortlist = shortlist_of(3)
    rows = list(shortlist.rows.order_by("position"))
    officer = make_staff()
    first = award_shortlist(shortlist, by=officer, only={rows[1].pk})
    second = award_shortlist(shortlist, by=officer)
    assert [grant.row for grant in first] == [rows[1]]
    assert [grant.row for grant in second] == [rows[0], rows[2]]
    assert award_shortlist(shortlist, by=officer) == []
    numbers = Letter.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [f"M4EG-2021-INNOVATION-L000{n}" for n in (1, 2, 3)]


def test_a_shortlist_that_replaces_another_awards_only_what_has_no_grant() -> None:
    old = shortlist_of(2)
    officer = make_staff()
    (grant,) = award_shortlist(old, by=officer, only={old.rows.order_by("position")[0].pk})
    new = freeze(old.stage)
    assert list(queries.awardable_shortlists()) == [new]
    (second,) = award_shortlist(new, by=officer)
    assert second.entry != grant.entry
    assert not queries.awardable_shortlists().exists()


def test_a_row_of_another_shortlist_is_not_awarded() -> None:
    shortlist, other = shortlist_of(1), shortlist_of(1, code=PORTFOLIO)
    assert award_shortlist(shortlist, by=make_staff(), only={other.rows.get().pk}) == []


def test_each_call_numbers_its_own_letters() -> None:
    officer = make_staff()
    for code in ("M4EG-2021-INNOVATION", PORTFOLIO):
        award_shortlist(shortlist_of(1, code=code), by=officer)
    numbers = Letter.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["M4EG-2021-INNOVATION-L0001", "M4EG-2021-PORTFOLIO-L0001"]


@pytest.mark.parametrize(
    ("of_lot", "of_call", "requested", "given"),
    [
        ("40000", "60000", "50000", "40000"),
        (None, "60000", "50000", "60000"),
        (None, None, "50000.25", "50000.25"),
        ("0", "60000", "50000", "0"),
    ],
)
def test_the_amount_is_the_fixed_one_of_lot_or_call_else_what_was_requested(
    of_lot: str | None, of_call: str | None, requested: str, given: str
) -> None:
    row = shortlist_of(1).rows.select_related("entry__application__call").get()
    row.requested = Decimal(requested)
    row.lot = Lot(grant_fixed=Decimal(of_lot) if of_lot else None)
    row.entry.application.call.grant_fixed = Decimal(of_call) if of_call else None
    assert amount_of(row) == Decimal(given)


def test_a_fixed_amount_is_awarded_whatever_was_requested() -> None:
    (grant,) = awarded()
    assert (grant.entry.requested, grant.amount, grant.currency) == (Decimal(60000), Decimal(60000), "EUR")
    Call.objects.update(grant_fixed=None)
    row = grant.row
    row.requested = Decimal(12)
    row.entry.application.call.refresh_from_db()
    assert amount_of(row) == Decimal(12)


def test_a_call_without_money_gives_a_notice_of_selection() -> None:
    (with_money,), (without,) = awarded(), awarded(code=PORTFOLIO)
    assert (with_money.letters.get().kind, with_money.amount) == (Letter.Kind.AWARD, Decimal(60000))
    assert (without.letters.get().kind, without.amount) == (Letter.Kind.SELECTION, Decimal(0))


def test_nobody_is_told_before_the_letter_is_there() -> None:
    awarded()
    assert not Message.objects.filter(kind="award_letter").exists()


def test_a_letter_is_dated_by_the_clock_of_the_call(clock: Clock) -> None:
    clock.set(datetime(2027, 3, 14, 19, 59, tzinfo=UTC))
    shortlist = shortlist_of(2)
    first, second = shortlist.rows.order_by("position")
    (before,) = award_shortlist(shortlist, by=make_staff(), only={first.pk})
    clock.set(datetime(2027, 3, 14, 20, 0, tzinfo=UTC))
    (after,) = award_shortlist(shortlist, by=make_staff(), only={second.pk})
    assert [str(one.letters.get().dated) for one in (before, after)] == ["2027-03-14", "2027-03-15"]


def test_an_award_that_fails_in_the_middle_leaves_nothing() -> None:
    shortlist = shortlist_of(2)
    last = shortlist.rows.order_by("-position")[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        award_shortlist(shortlist, by=make_staff(), addressees={last.pk: Addressees("x" * 301, "y")})
    assert not Grant.objects.exists()
    assert not Letter.objects.exists()
    award_shortlist(shortlist, by=make_staff())
    assert Letter.objects.filter(number="M4EG-2021-INNOVATION-L0001").exists(), "no number is lost"


# --- at once


@pytest.mark.django_db(transaction=True)
def test_two_who_award_at_once_give_one_grant_and_one_letter_each() -> None:
    shortlist = shortlist_of(3)
    officers = [make_staff() for _each in range(4)]
    barrier, counts = threading.Barrier(len(officers)), []

    def award(officer: Any) -> None:
        barrier.wait()
        counts.append(len(award_shortlist(shortlist, by=officer)))
        connection.close()

    threads = [threading.Thread(target=award, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 3]
    assert Grant.objects.count() == 3
    numbers = Letter.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"M4EG-2021-INNOVATION-L000{n}" for n in (1, 2, 3)]


# --- the database's own guards


def test_the_database_refuses_every_step_that_is_not_in_the_table() -> None:
    (grant,) = awarded()
    rows = Grant.objects.filter(pk=grant.pk)
    for present, to in product(GrantState.values, repeat=2):
        with pgtrigger.ignore("grants.Grant:state_transitions"):
            rows.update(state=present)
        if to == present or to in GRANT_TRANSITIONS[present]:
            assert rows.update(state=to) == 1
        else:
            with pytest.raises(DatabaseError, match="transition"), transaction.atomic():
                rows.update(state=to)


def test_a_grant_and_its_letter_leave_history() -> None:
    awarded()
    with connection.cursor() as cursor:
        for table in ("grants_grantevent", "grants_letterevent"):
            cursor.execute(f"SELECT pgh_label FROM {table}")
            assert [label for (label,) in cursor.fetchall()] == ["insert"]


# --- to whom


def place(name_hy: str, name_en: str, region: tuple[str, str] | None, country: str = "AM") -> Municipality:
    found = None
    if region:
        found, _made = Region.objects.get_or_create(
            code=f"{country}-LO",
            defaults={
                "country": make_country(country),
                "name_hy": "…",
                "full_name_hy": region[0],
                "full_name_en": region[1],
            },
        )
    return make_municipality(name_en, country=country, name_hy=name_hy, region=found)


@pytest.mark.parametrize(
    ("name_hy", "name_en", "region", "country", "hy", "en"),
    [
        (
            "Ալավերդի",
            "Alaverdi",
            ("Լոռու մարզ", "Lori marz"),
            "AM",
            "Լոռու մարզի Ալավերդի համայնքին",
            "Municipality of Alaverdi, Lori marz, Armenia",
        ),
        (
            "Երևան",
            "Yerevan",
            ("Երևան քաղաք", "Yerevan"),
            "AM",
            "Երևան համայնքին",
            "Municipality of Yerevan, Armenia",
        ),
        ("Գավառ", "Gavar", None, "AM", "Գավառ համայնքին", "Municipality of Gavar, Armenia"),
        ("Քութայիսի", "Kutaisi", None, "GE", "Քութայիսի համայնքին, Վրաստան", "Municipality of Kutaisi, Georgia"),
    ],
)
def test_the_usual_addressee(
    name_hy: str, name_en: str, region: tuple[str, str] | None, country: str, hy: str, en: str
) -> None:
    municipality = place(name_hy, name_en, region, country)
    assert queries.addressee(municipality, name_hy, "hy") == hy
    assert queries.addressee(municipality, name_en, "en") == en


def test_the_addressee_has_the_name_under_which_the_municipality_applied() -> None:
    shortlist = decided(make_open_call(), [place("Ալավերդի", "Alaverdi", ("Լոռու մարզ", "Lori marz"))])
    Municipality.objects.update(name_hy="Նոր Ալավերդի", name_en="New Alaverdi")
    Country.objects.update(name_en="Republic of Armenia")
    (grant,) = award_shortlist(shortlist, by=make_staff())
    letter = grant.letters.get()
    assert letter.addressee_hy == "Լոռու մարզի Ալավերդի համայնքին"
    assert letter.addressee_en.startswith("Municipality of Alaverdi, Lori marz")


def test_staff_may_address_a_letter_otherwise() -> None:
    shortlist = shortlist_of(2)
    first, second = shortlist.rows.order_by("position")
    lines = Addressees("Լոռու մարզի Տաշիր համայնքի ղեկավարին", "The Mayor of Tashir")
    award_shortlist(shortlist, by=make_staff(), addressees={first.pk: lines})
    letters = Letter.objects.order_by("number")
    assert letters[0].addressee_en == "The Mayor of Tashir"
    assert letters[0].addressee_hy == "Լոռու մարզի Տաշիր համայնքի ղեկավարին"
    assert letters[1].addressee_en == f"Municipality of {second.entry.application.municipality_name_en}, Armenia"


def test_a_draft_that_will_replace_a_shortlist_does_not_hold_up_its_awards() -> None:
    shortlist = shortlist_of(2)
    officer = make_staff()
    draft = make_shortlist(shortlist.stage, by=None)
    assert len(award_shortlist(shortlist, by=officer, only={shortlist.rows.order_by("position")[0].pk})) == 1
    freeze_shortlist(draft, by=None)
    with pytest.raises(AwardRefused, match="in force"):
        award_shortlist(shortlist, by=officer)
