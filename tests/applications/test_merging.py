"""Two people write one section: what follows from what each saw, typed and kept."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from applications.answers.merging import mark_of, marks_of, merge

KEYS = ("one", "two", "three")
answers = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(st.text(max_size=3), st.booleans(), st.lists(st.dictionaries(st.just("a"), st.text(max_size=2)))),
)


def test_each_keeps_what_they_alone_changed_and_both_choose_where_both_did() -> None:
    shown = {"title": "A square", "need": "No place", "months": "10"}
    mine = {"title": "A square for all", "need": "No place", "months": "12"}
    theirs = {"title": "A square", "need": "No place to meet", "months": "9"}
    merged = merge(marks_of(shown), mine, theirs)
    assert merged.answers == {"title": "A square for all", "need": "No place to meet", "months": "9"}
    assert (set(merged.clashing), set(merged.theirs)) == ({"months"}, {"need"})


def test_an_answer_taken_away_is_a_change_too() -> None:
    shown = {"title": "A square", "need": "No place"}
    assert merge(marks_of(shown), {"need": "No place"}, shown).answers == {"need": "No place"}
    assert merge(marks_of(shown), shown, {"need": "No place"}).answers == {"need": "No place"}
    assert merge(marks_of(shown), {"need": "No place"}, {**shown, "title": "Other"}).clashing == {"title"}


def test_without_marks_every_difference_is_to_be_decided() -> None:
    merged = merge(None, {"title": "A", "need": "B"}, {"title": "C", "need": "B"})
    assert (dict(merged.answers), set(merged.clashing)) == ({"title": "C", "need": "B"}, {"title"})


@given(answers, answers, answers)
def test_nothing_typed_is_lost_in_silence(shown: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(marks_of(shown), mine, theirs)
    for key in KEYS:
        kept, typed, other, seen = (found.get(key) for found in (merged.answers, mine, theirs, shown))
        assert kept in (typed, other)
        if typed != seen and typed != other:
            assert kept == typed or key in merged.clashing
        if other != seen and other != typed:
            assert kept == other
        assert (key in merged.clashing) == (len({mark_of(one) for one in (typed, other, seen)}) == 3)


@given(answers, answers)
def test_who_is_alone_is_never_asked(shown: dict[str, Any], mine: dict[str, Any]) -> None:
    merged = merge(marks_of(shown), mine, shown)
    assert (merged.answers, merged.clashing, merged.theirs) == (mine, frozenset(), frozenset())
