"""Waivers: a rule that fails becomes a caveat for one municipality, by named staff, with a reason, on record."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from calls import queries
from calls.eligibility import NetworkMemberRule, PopulationRule
from calls.models import Call, CallState, Waiver
from calls.spec import CallSpec, Rule
from calls.transfer import spec_of
from calls.waivers import (
    IN_FORCE,
    MERGED,
    NO_REASON,
    NO_SUCH_RULE,
    NOT_PUBLISHED,
    OTHER_COUNTRY,
    REVOKED,
    WaiverRefused,
    grant_waiver,
    kind_in_words,
    revoke_waiver,
)
from portal.accounts.models import Municipality, Person
from portal.notices.models import Message
from tests.factories import make_call, make_country, make_member, make_municipality, make_staff
from tests.support import Clock

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 21, 0, tzinfo=UTC)
"""In Yerevan it is the next day already."""
PORTFOLIO = "M4EG-2021-PORTFOLIO"
POPULATION = PopulationRule(min=50_000)
MEMBER = NetworkMemberRule(programme="M4EG")


@pytest.fixture(autouse=True)
def _at_now(clock: Clock) -> None:
    clock.set(NOW)


@pytest.fixture
def sevan() -> Municipality:
    return make_municipality("Sevan", name_hy="Սևան")


@pytest.fixture
def officer() -> Person:
    return make_staff("programme_officer", name="Anahit Officer")


def with_rules(*rules: Rule, code: str = "STRICT", **fields: Any) -> Call:
    def change(spec: CallSpec) -> CallSpec:
        return spec.model_copy(update={"code": code, "eligibility": rules, **fields})

    return make_call(PORTFOLIO, change=change)


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return re.sub(r"[ \n]+", " ", response.content.decode())


def found(call: Call, municipality: Municipality) -> dict[str, tuple[str, str]]:
    right = queries.right_to_apply(call, municipality)
    return {finding.rule: (finding.code, str(finding.verdict)) for finding in right.findings}


# What a waiver does


def test_a_waived_rule_becomes_a_caveat_with_the_day_of_the_waiver(sevan: Municipality, officer: Person) -> None:
    call = with_rules(POPULATION, MEMBER)
    assert found(call, sevan)["population"] == ("population.below", "fail")
    grant_waiver(call, sevan, "population", reason="Merged on paper only", by=officer)
    right = queries.right_to_apply(call, sevan)
    [waived] = [finding for finding in right.findings if finding.rule == "population"]
    assert (waived.code, waived.verdict) == ("population.waived", "caveat")
    assert waived.reason == {
        "hy": "Ծրագիրը բացառություն է արել. 02.06.2027։",
        "en": "Waived by the programme on 2 June 2027.",
    }
    assert [finding.rule for finding in right.failed] == ["network_member"], "one waiver, one rule"
    recorded = next(item for item in right.record()["findings"] if item["rule"] == "population")
    assert recorded["detail"]["waived_on"] == "2027-06-02"
    assert recorded["detail"]["without_waiver"] == "population.below"
    assert "Anahit" not in str(right.record())


def test_a_waiver_is_for_one_municipality_in_one_call(sevan: Municipality, officer: Person) -> None:
    call, other_call = with_rules(POPULATION), with_rules(POPULATION, code="OTHER")
    other = make_municipality("Gavar")
    grant_waiver(call, sevan, "population", reason="One", by=officer)
    assert found(call, sevan)["population"][1] == "caveat"
    assert found(call, other)["population"][1] == "fail"
    assert found(other_call, sevan)["population"][1] == "fail"


def test_a_rule_that_holds_needs_no_waiver(sevan: Municipality, officer: Person) -> None:
    call = with_rules(POPULATION)
    grant_waiver(call, sevan, "population", reason="In advance", by=officer)
    Municipality.objects.filter(pk=sevan.pk).update(population=60_000)
    assert found(call, Municipality.objects.get(pk=sevan.pk))["population"] == ("population.within", "pass")


def test_the_public_check_does_not_show_a_waiver(client: Client, sevan: Municipality, officer: Person) -> None:
    call = with_rules(POPULATION)
    grant_waiver(call, sevan, "population", reason="Merged on paper only", by=officer)
    path = f"/en/calls/{call.code}/?municipality={sevan.pk}"
    public = body(client, path)
    assert "You may not apply" in public
    assert "Waived" not in public
    client.force_login(make_member(make_municipality("Gavar"), "head"))
    assert "Waived" not in body(client, path)
    client.force_login(make_member(sevan))
    own = body(client, path)
    assert "Waived by the programme on 2 June 2027." in own
    assert "Anahit" not in own
    assert "Merged on paper only" not in own
    client.force_login(officer)
    assert "Waived by the programme on 2 June 2027." in body(client, path)


def test_a_revoked_waiver_has_no_effect_and_can_be_granted_again(sevan: Municipality, officer: Person) -> None:
    call = with_rules(POPULATION)
    waiver = grant_waiver(call, sevan, "population", reason="One", by=officer)
    revoke_waiver(waiver, reason="By mistake", by=officer)
    assert found(call, sevan)["population"][1] == "fail"
    grant_waiver(call, sevan, "population", reason="After all", by=officer)
    assert found(call, sevan)["population"][1] == "caveat"
    assert Waiver.objects.in_force().count() == 1
    assert Waiver.objects.count() == 2


def test_the_history_has_every_step(sevan: Municipality, officer: Person) -> None:
    waiver = grant_waiver(with_rules(POPULATION), sevan, "population", reason="One", by=officer)
    revoke_waiver(waiver, reason="By mistake", by=officer)
    events = apps.get_model("calls", "WaiverEvent")._default_manager.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "reason", "revocation_reason")) == [
        ("insert", "One", ""),
        ("update", "One", "By mistake"),
    ]


# What is refused


def refusal(call: Call, municipality: Municipality, rule: str = "population", reason: str = "Because") -> str:
    with translation.override("en"), pytest.raises(WaiverRefused) as caught:
        grant_waiver(call, municipality, rule, reason=reason, by=None)
    return str(caught.value)


def test_what_cannot_be_waived(sevan: Municipality) -> None:
    with translation.override("en"):
        call = with_rules(POPULATION, countries=("AM",))
        implied = ("country", "region", "limit", "merger", "suspension", "lots", "invitation")
        for rule in (*implied, "network_member:M4EG", ""):
            assert refusal(call, sevan, rule) == str(NO_SUCH_RULE)
        assert refusal(call, sevan, reason=" \n ") == str(NO_REASON)
        assert refusal(call, make_municipality("Gori", country="GE")) == str(OTHER_COUNTRY)
        assert refusal(call, make_municipality("Tsovagyugh", merged_into=sevan)) == str(MERGED)
        grant_waiver(call, sevan, "population", reason="One", by=None)
        assert refusal(call, sevan) == str(IN_FORCE)
        for state in (CallState.CANCELLED, CallState.ARCHIVED):
            Call.objects.filter(pk=call.pk).update(state=state)
            assert refusal(call, sevan) == str(NOT_PUBLISHED)
        assert Waiver.objects.count() == 1


def test_a_waiver_is_revoked_once_and_with_a_reason(sevan: Municipality) -> None:
    waiver = grant_waiver(with_rules(POPULATION), sevan, "population", reason="One", by=None)
    with translation.override("en"):
        with pytest.raises(WaiverRefused, match=str(NO_REASON)):
            revoke_waiver(waiver, reason="", by=None)
        revoke_waiver(waiver, reason="By mistake", by=None)
        with pytest.raises(WaiverRefused, match=str(REVOKED)):
            revoke_waiver(waiver, reason="Again", by=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"rule": ""},
        {"revoked_at": NOW},
        {"revocation_reason": "Why"},
        {"revoked_at": NOW - timedelta(days=1), "revocation_reason": "Before it was granted"},
    ],
)
def test_the_database_refuses_half_a_record(sevan: Municipality, wrong: dict[str, Any]) -> None:
    waiver = grant_waiver(with_rules(POPULATION), sevan, "population", reason="One", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(call=waiver.call, municipality=sevan, rule="population", reason="Twice")


# Who is told


def test_heads_and_editors_are_told_in_their_language(sevan: Municipality, officer: Person) -> None:
    call = with_rules(POPULATION)
    head = make_member(sevan, "head", language="hy", name="Հասմիկ")
    editor = make_member(sevan, "editor", language="en")
    make_member(sevan, "viewer")
    make_member(sevan, "head", is_active=False)
    make_member(make_municipality("Gavar"), "head")
    waiver = grant_waiver(call, sevan, "population", reason="Merged on paper only", by=officer)
    told = {message.recipient: message for message in Message.objects.filter(kind="waiver")}
    assert set(told) == {head, editor}
    assert "The population is at least 50,000" in told[editor].text
    assert f"/en/calls/STRICT/?municipality={sevan.pk}#may" in told[editor].text
    assert "Բնակչության թիվն առնվազն" in told[head].text
    assert "/hy/calls/STRICT/" in told[head].text
    for message in told.values():
        assert "Merged on paper only" not in message.text
        assert "Anahit" not in message.text
    revoke_waiver(waiver, reason="By mistake", by=officer)
    assert set(Message.objects.filter(kind="waiver_revoked").values_list("recipient", flat=True)) == {
        head.pk,
        editor.pk,
    }


def test_nobody_is_told_of_a_waiver_that_was_not_granted(sevan: Municipality) -> None:
    make_member(sevan, "head")
    refusal(with_rules(POPULATION), sevan, "country")
    assert not Message.objects.exists()


# What it costs


def test_the_right_and_the_page_cost_the_same_for_one_rule_and_for_three(
    client: Client, sevan: Municipality, officer: Person, django_assert_num_queries: Any
) -> None:
    one = with_rules(MEMBER, code="ONE")
    three = with_rules(POPULATION, MEMBER, NetworkMemberRule(programme="EU4CITIES"), code="THREE")
    reader = make_member(sevan)
    for call in (one, three):
        spec = spec_of(call)
        for rule in spec.eligibility:
            grant_waiver(call, sevan, rule.identity, reason="Why not", by=officer)
        with django_assert_num_queries(5):
            queries.right_to_apply(call, sevan, spec=spec)
        for person, cost in ((reader, 32), (officer, 29)):
            client.force_login(person)
            page = f"/en/calls/{call.code}/?municipality={sevan.pk}"
            body(client, page)
            with django_assert_num_queries(cost):
                assert body(client, page).count("Waived by the programme") == len(spec.eligibility)


# The administration


def address(waiver: Waiver, step: str = "change") -> str:
    return f"/en/admin/calls/waiver/{waiver.pk}/{step}/"


LIST, ADD = "/en/admin/calls/waiver/", "/en/admin/calls/waiver/add/"


def test_an_officer_waives_a_rule_and_takes_it_back(client: Client, sevan: Municipality, officer: Person) -> None:
    with_rules(POPULATION, MEMBER)
    other = make_municipality("Sevanik", name_hy="Սևանիկ")
    client.force_login(officer)
    assert "Show the rules" in body(client, ADD)
    assert "No municipality of the call" in body(client, f"{ADD}?call=STRICT&name=Atlantis")
    choice = body(client, f"{ADD}?call=STRICT&name=սեւան")
    chosen = f"?call=STRICT&amp;municipality={sevan.pk}"
    assert chosen in choice
    assert f"municipality={other.pk}" in choice
    path = f"{ADD}?call=STRICT&municipality={sevan.pk}"
    rules = body(client, path)
    assert "The population is at least 50,000" in rules
    assert "It is 12,000." in rules
    assert rules.count('type="radio"') == 2
    empty = client.post(path, {"rule": "population", "reason": ""}).content.decode()
    assert "This field is required" in empty
    assert re.search(r'value="population"\s+checked', empty), "what was chosen stays"
    assert client.post(path, {"rule": "country", "reason": "Because"}).status_code == 200
    assert not Waiver.objects.exists()
    assert client.post(path, {"rule": "population", "reason": "Because"}).status_code == 302
    waiver = Waiver.objects.get()
    assert (waiver.granted_by, waiver.granted_at, waiver.reason) == (officer, NOW, "Because")
    assert body(client, path).count('type="radio"') == 1, "what is waived is not offered again"
    page = body(client, address(waiver))
    assert "The population is at least 50,000" in page
    assert "Anahit Officer" in page
    assert "holds for the municipality again" in body(client, address(waiver, "revoke"))
    assert Waiver.objects.in_force().exists(), "looking does nothing"
    assert "This field is required" in client.post(address(waiver, "revoke"), {"reason": ""}).content.decode()
    assert client.post(address(waiver, "revoke"), {"reason": "By mistake"}).status_code == 302
    waiver.refresh_from_db()
    assert (waiver.revoked_by, waiver.revocation_reason) == (officer, "By mistake")
    assert client.get(address(waiver, "revoke")).status_code == 404
    assert "By mistake" in body(client, address(waiver))


@pytest.mark.parametrize(
    ("role", "country", "seen", "grants"),
    [
        ("administrator", None, 200, True),
        ("programme_officer", None, 200, True),
        ("grant_officer", None, 200, False),
        ("auditor", None, 200, False),
        ("country_officer", "AM", 200, False),
        ("country_officer", "GE", 404, False),
        ("assessor", None, 404, False),
    ],
)
def test_roles(client: Client, sevan: Municipality, role: str, country: str | None, seen: int, grants: bool) -> None:
    waiver = grant_waiver(with_rules(POPULATION, MEMBER), sevan, "population", reason="One", by=None)
    client.force_login(make_staff(role, country=country))
    assert client.get(address(waiver)).status_code == seen
    for path in (ADD, f"{ADD}?call=STRICT&municipality={sevan.pk}", address(waiver, "revoke")):
        assert client.get(path).status_code == (200 if grants else 404), path
    if not grants:
        values = {"rule": "network_member:M4EG", "reason": "Because"}
        assert client.post(f"{ADD}?call=STRICT&municipality={sevan.pk}", values).status_code == 404
        assert client.post(address(waiver, "revoke"), values).status_code == 404
        assert Waiver.objects.in_force().get() == waiver
    if role != "assessor":
        assert ("Sevan" in body(client, LIST)) == (seen == 200)


def test_the_list_is_filtered_and_searched_and_costs_the_same(client: Client, sevan: Municipality) -> None:
    call, other = with_rules(POPULATION), with_rules(POPULATION, code="OTHER")
    client.force_login(make_staff("auditor"))

    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    waiver = grant_waiver(call, sevan, "population", reason="One", by=make_staff())
    assert (cost(LIST), cost(address(waiver))) == (6, 18)
    make_country("GE")
    for place in (make_municipality("Gori", country="GE"), make_municipality("Gavar")):
        grant_waiver(other, place, "population", reason="One", by=make_staff())
    assert (cost(LIST), cost(address(waiver))) == (6, 18)
    assert "Gori" not in body(client, f"{LIST}?municipality__country__code__exact=AM")
    assert "Sevan" not in body(client, f"{LIST}?call__id__exact={other.pk}")
    for typed in ("Սեւան", "սեվան", "sevan"):
        found = body(client, f"{LIST}?q={typed}")
        assert "Sevan" in found
        assert "Gori" not in found


def test_a_rule_is_named_by_its_identity_also_after_it_is_gone() -> None:
    with translation.override("en"):
        assert kind_in_words("network_member:M4EG") == "Member of a network · M4EG"
        assert kind_in_words("gone:X") == "gone · X"
