"""Finding calls by words: in every language, by stems and beginnings, however և is written, with typing errors.

What is searched is kept by the database (``CallSearch``), which also reads what was typed (``calls_query``): both are
folded by the same function.
"""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.contrib.postgres.search import SearchQueryField
from django.db import connection, transaction
from django.db.models import BooleanField, F, FloatField, Func, Q, QuerySet, Value
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from calls.models import Call
from portal.armenian import fold

MOST: Final = 200
"""Characters of a search; the eight first words of them count."""
LIKENESS: Final = 0.5
"""How much of the trigrams of a word another one must have to be taken for it, of 1."""
NEARNESS: Final = 0.3
"""The same of a word that is suggested for another one."""

_WORD = re.compile(r"[^\W_][\w՛՜՞՝]*")


class _Asked(Func):
    """What was typed as a query of the database."""

    function = "calls_query"
    output_field = SearchQueryField()


class _Matches(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Resembles(Func):
    """A word is, but for a few letters, one of a text's; with the index on the text."""

    template = "%(expressions)s"
    arg_joiner = " <%% "
    output_field = BooleanField()


def searched(calls: "QuerySet[Call]", text: str) -> "QuerySet[Call]":
    """Keep the calls that have every word, with ``rank``: the greater, the nearer (titles weigh most).

    The order of the calls stays; a text without a letter or digit keeps all of them.
    """
    if not words_of(text):
        return calls.alias(rank=Value(0.0))
    asked = _Asked(Value(text[:MOST]))
    rank = Func(F("search__vector"), asked, function="ts_rank", output_field=FloatField())
    return calls.filter(_Matches(F("search__vector"), asked)).alias(rank=rank)


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: letters and digits only, folded."""
    return re.findall(r"[^\W_]+", fold(text[:MOST]))[:8]


# Typing errors


@transaction.atomic
def similar(calls: "QuerySet[Call]", text: str, limit: int, *, every: bool = False) -> list[Call]:
    """Return the calls that have a word which is spelled nearly so; first those with the most and the nearest.

    Args:
        every: for each word there has to be one, as where something was found already.
    """
    words = words_of(text)
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)])
    likeness = sum((_likeness(word) for word in words[1:]), _likeness(words[0]))
    resembling = reduce(and_ if every else or_, (Q(_Resembles(Value(word), F("search__folded"))) for word in words))
    calls = calls.filter(resembling)
    return list(calls.alias(likeness=likeness).order_by("-likeness", *calls.query.order_by)[:limit])


def _likeness(word: str) -> Any:
    return Func(Value(word), F("search__folded"), function="word_similarity", output_field=FloatField())


def meant(call: Call, text: str) -> str:
    """Return what was typed with each word as the call has it, without what it has not; empty where that is all."""
    words = words_of(text)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (asked.place) asked.word, kept.word
            FROM unnest(%s::text[]) WITH ORDINALITY asked (word, place),
                calls_callsearch found, regexp_split_to_table(found.spelled, '[^[:alnum:]՛՜՞՝]+') kept (word)
            WHERE found.call_id = %s AND similarity(calls_folded(kept.word), asked.word) >= %s
            ORDER BY asked.place, calls_folded(kept.word) = asked.word DESC,
                similarity(calls_folded(kept.word), asked.word) DESC, length(kept.word), kept.word
            """,
            [words, call.pk, NEARNESS],
        )
        nearest = dict(cursor.fetchall())
    suggestion = " ".join(nearest[word] for word in words if word in nearest)
    return suggestion if words_of(suggestion) != words else ""


# Showing what was found


def matching(text: str, shown: Iterable[str], language: str) -> frozenset[str]:
    """Return those words of texts on the page, in its language, for which they were found; one query."""
    words = {word.lower() for passage in shown for word in _WORD.findall(passage)}
    if not words or not words_of(text):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS MATERIALIZED (SELECT calls_query(word) AS query FROM unnest(%s::text[]) word)
            SELECT word FROM unnest(%s::text[]) word, calls_vector(word, %s) vector
            WHERE EXISTS (SELECT FROM asked WHERE vector @@ query)
            """,
            [words_of(text), sorted(words), language],
        )
        return frozenset(word for (word,) in cursor.fetchall())


def marked(passage: str, found: frozenset[str]) -> SafeString:
    """Return a text, escaped, with the words that were found between ``mark`` tags."""
    words = [word for word in _WORD.finditer(passage) if word[0].lower() in found]
    starts = [0, *(word.end() for word in words)]
    pieces = ((passage[start : word.start()], word[0]) for start, word in zip(starts, words, strict=False))
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), passage[starts[-1] :])
