"""The register of municipalities, spelling, and roles."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from portal.accounts import registry
from portal.accounts.lifecycle import add_member, end_role, grant_role, make_person
from portal.accounts.models import Country, MemberRole, Municipality, Person, Region, Role, today
from portal.armenian import fold


@pytest.fixture
def loaded(db: None) -> None:
    registry.load_registry()


def test_the_lists_hold_what_they_say(loaded: None) -> None:
    counts = {
        country: Municipality.objects.filter(country=country).count()
        for country in ("AM", "AZ", "BY", "GE", "MD", "UA")
    }
    assert counts == {"AM": 79, "AZ": 78, "BY": 0, "GE": 64, "MD": 98, "UA": 1470}
    assert Municipality.objects.filter(country="AM").current().count() == 70
    assert "Բելառուսի" in Country.objects.values_list("note_hy", flat=True).get(code="BY")


def test_loading_again_changes_nothing_and_keeps_what_staff_set(loaded: None) -> None:
    Country.objects.filter(code="BY").update(suspended_from=date(2022, 3, 1))
    registry.load_registry()
    assert Municipality.objects.count() == 1789
    assert Country.objects.get(code="BY").suspended_on(date(2022, 3, 1))
    assert not Country.objects.get(code="BY").suspended_on(date(2022, 2, 28))


def test_unknown_population_is_not_zero(loaded: None) -> None:
    assert not Municipality.objects.filter(population=0).exists()
    assert Municipality.objects.get(country="AM", code="01001000").population == 1086677


def test_a_merged_municipality_points_at_its_successor(loaded: None) -> None:
    gorayk = Municipality.objects.select_related("merged_into").get(country="AM", code="09028000")
    assert gorayk.merged_into
    assert gorayk.merged_into.name_hy == "Սիսիան"
    assert gorayk.merged_on == date(2022, 9, 1)


def test_regions_have_their_official_names(loaded: None) -> None:
    assert Region.objects.values_list("full_name_hy", flat=True).get(code="AM-LO") == "Լոռու մարզ"
    assert not Region.objects.filter(name_en="").exists()


@pytest.mark.parametrize("written", ["Արևիկ", "Արեւիկ", "արեվիկ", "ԱՐԵՎԻԿ", "Արեւի՞կ"])
def test_spellings_fold_to_one_key(written: str) -> None:
    assert fold(written) == "արեվիկ"


def test_the_database_folds_as_python_does(loaded: None) -> None:
    keys = Municipality.objects.values_list("name_hy", "sort_key")
    assert [key for name, key in keys if key != fold(name)] == []


def test_armenian_names_stand_in_armenian_order(loaded: None) -> None:
    names = list(Municipality.objects.filter(country="AM").current().values_list("name_hy", flat=True))
    assert names[0] == "Աբովյան"
    assert names == sorted(names, key=fold)


def test_a_role_opens_the_administration_until_its_last_day(db: None) -> None:
    person = make_person("officer@m4eg.example")
    held = grant_role(person, Role.PROGRAMME_OFFICER)
    assert grant_role(person, Role.PROGRAMME_OFFICER) == held
    assert person.is_staff
    assert person.sees_everything
    end_role(held, until=today())
    assert Person.objects.get(pk=person.pk).is_staff
    held.since = today() - timedelta(days=9)
    held.save()
    end_role(held, until=today() - timedelta(days=1))
    assert not Person.objects.get(pk=person.pk).is_staff


def test_a_country_officer_needs_a_country(loaded: None) -> None:
    person = make_person("office@m4eg.example")
    with pytest.raises(IntegrityError, match="country_officer_has_a_country"), transaction.atomic():
        grant_role(person, Role.COUNTRY_OFFICER)
    grant_role(person, Role.COUNTRY_OFFICER, country="AM")
    assert person.office_countries == ["AM"]
    assert not person.sees_everything
    assert set(Municipality.objects.visible_to(person).values_list("country", flat=True)) == {"AM"}


def test_a_member_sees_the_own_municipality(loaded: None) -> None:
    person, alaverdi = make_person("clerk@alaverdi.example"), Municipality.objects.get(country="AM", name_en="Alaverdi")
    add_member(person, alaverdi, MemberRole.EDITOR)
    membership = add_member(person, alaverdi, MemberRole.HEAD)
    assert membership.role == MemberRole.HEAD
    assert list(Municipality.objects.visible_to(person)) == [alaverdi]


def test_people_are_kept_in_lower_case(db: None) -> None:
    person = make_person("  Clerk@Example.AM ")
    assert person.email == "clerk@example.am"
    assert make_person("CLERK@example.am") == person
    with pytest.raises(IntegrityError):
        Person.objects.filter(pk=person.pk).update(email="Clerk@example.am")


def test_history_sees_bulk_changes_and_raw_sql_and_no_personal_data(loaded: None) -> None:
    person = make_person("clerk@alaverdi.example", name="Անի")
    Person.objects.filter(pk=person.pk).update(language="en")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET language = 'hy' WHERE id = %s", [person.pk])
        cursor.execute("SELECT pgh_label, language FROM accounts_personevent ORDER BY pgh_id")
        assert cursor.fetchall() == [("insert", "hy"), ("update", "en"), ("update", "hy")]
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'accounts_personevent'")
        columns = {row[0] for row in cursor.fetchall()}
    assert columns.isdisjoint({"email", "name", "phone", "password"})


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_personevent SET language = 'xx'", "DELETE FROM accounts_personevent"]
)
def test_history_is_closed_to_the_application(db: None, statement: str) -> None:
    make_person("clerk@alaverdi.example")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
