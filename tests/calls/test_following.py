"""Following a call: by one's own choice, and who else is told of its changes."""

from typing import Any

import pytest

from calls import registry
from calls.following import follow, followers, follows, unfollow
from calls.models import Call, CallSubscription
from portal.accounts.models import Person
from tests.factories import make_call, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The sources of further people, those of the storeys above left out."""
    empty: list[Any] = []
    monkeypatch.setattr(registry, "_followers", empty)
    return empty


def test_a_person_follows_a_call_once_and_leaves_it(providers: list[Any]) -> None:
    call, other, person = make_call(), make_call("M4EG-2021-PILOT"), make_person()
    assert follow(call, person) == follow(call, person)
    assert CallSubscription.objects.count() == 1
    assert (follows(call, person), follows(other, person)) == (True, False)
    assert (followers(call), followers(other)) == ([person], [])
    unfollow(call, person)
    unfollow(call, person)
    assert followers(call) == []


def test_followers_are_active_people_each_once(providers: list[Any]) -> None:
    call = make_call()
    both, own, named, gone, left = (make_person() for _ in range(5))
    for person in (both, own, left):
        follow(call, person)
    Person.objects.filter(pk__in=[gone.pk, left.pk]).update(is_active=False)
    gone.refresh_from_db()

    def working_on_drafts(asked: Call) -> list[Person]:
        assert asked == call
        return [named, both, gone]

    registry.register_followers(working_on_drafts)
    registry.register_followers(working_on_drafts)
    assert followers(call) == [both, own, named]


def test_whom_others_named_for_a_call_costs_one_query_here(
    providers: list[Any], django_assert_num_queries: Any
) -> None:
    call = make_call()
    for count in (1, 3):
        while CallSubscription.objects.count() < count:
            follow(call, make_person())
        with django_assert_num_queries(1):
            assert len(followers(call)) == count
