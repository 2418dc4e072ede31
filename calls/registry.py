"""What the storeys above tell about calls. They register in ``AppConfig.ready()``; they are not imported."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from calls.eligibility import Facts
from calls.models import Call, CallState, Stage
from portal.accounts.models import Municipality, Person

FactsProvider = Callable[[Call, Municipality], Mapping[str, Any]]


@dataclass(frozen=True)
class ResultRow:
    """One application that was announced as selected, ready to print.

    ``lot`` is a lot's code (None in a call without lots), ``number`` the application's, ``amount`` in the
    call's currency.
    """

    lot: str | None
    number: str
    municipality: str
    title: str
    amount: Decimal | None = None
    place: str = ""


@dataclass(frozen=True)
class Action:
    """A button beside the deadline of a call: apply, go on with an application. Quiet ones stand back."""

    title: str
    url: str
    quiet: bool = False


@dataclass(frozen=True)
class OwnApplication:
    """What the reader's municipality has in a call. ``tone``: done, open, neutral, warn or error."""

    title: str
    url: str
    word: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Visit:
    """Who looks at which call: the municipality is the one that the reader works for, if any."""

    call: Call
    municipality: Municipality | None
    person: Any
    may_apply: bool
    stage: str | None


StaffLinksProvider = Callable[[Call, Any], Iterable[Action]]
PreviewProvider = Callable[[HttpRequest, Call, Stage, str], HttpResponse]


@dataclass(frozen=True)
class Preview:
    """One way to look at a stage of a call before it is published: as an applicant, as an assessor.

    ``provider(request, call, stage, part)`` returns the whole page, in the active language, and keeps nothing. ``part``
    is the code of a section or the like, "" for the first one. Whoever serves previews passes ``request.GET["part"]``;
    the page leads to its other parts by the relative address ``?part=CODE``. Who may look is for the caller to say.
    """

    name: str
    title: "str | Promise"
    provider: PreviewProvider


@dataclass(frozen=True)
class NewsItem:
    """Something new in a public call, in the active language: published, corrected, a question answered.

    Attributes:
        moment: when it became public, aware.
        text: plain text, may be empty.
        url: where to read it, from the root of the site.
        key: what makes it the same item for ever and in every language, unique in the call: "published",
            "corrigendum-2", "answer-17". Feed readers know it by that.
    """

    moment: datetime
    title: str
    text: str
    url: str
    key: str


ResultsProvider = Callable[[Call], Iterable[ResultRow]]
NewsProvider = Callable[[Call], Iterable[NewsItem]]
DecidedProvider = Callable[[Iterable[int]], Iterable[int]]
ActionsProvider = Callable[[Visit], Iterable[Action]]
OwnProvider = Callable[[Visit], Iterable[OwnApplication]]
FollowersProvider = Callable[[Call], Iterable[Person]]
FixedProvider = Callable[[Call], Mapping[str, "Iterable[str | Promise]"]]

_facts: list[FactsProvider] = []
_results: list[tuple[ResultsProvider, DecidedProvider | None]] = []
_actions: list[ActionsProvider] = []
_own: list[OwnProvider] = []
_news: list[NewsProvider] = []
_previews: dict[str, Preview] = {}
_staff_links: list[StaffLinksProvider] = []
_followers: list[FollowersProvider] = []
_fixed: list[FixedProvider] = []


def register_facts(provider: FactsProvider) -> None:
    """Add a source of facts about a municipality.

    It returns values for some fields of ``calls.eligibility.Facts``: what the municipality has in all calls
    (``applications``), references of its overdue reports (``overdue_reports``). Each field has one source.
    """
    if provider not in _facts:
        _facts.append(provider)


def gather_facts(call: Call, municipality: Municipality) -> dict[str, Any]:
    """Return what all sources know, by the names of the fields of ``Facts``.

    Raises:
        ValueError: a source names an unknown field, or one that another source has given.
    """
    known = {item.name for item in fields(Facts)}
    gathered: dict[str, Any] = {}
    for provider in _facts:
        given = provider(call, municipality)
        if wrong := set(given) - known | set(given) & set(gathered):
            raise ValueError(f"facts given twice or unknown: {', '.join(sorted(wrong))}")
        gathered.update(given)
    return gathered


def register_results(provider: ResultsProvider, decided: DecidedProvider | None = None) -> None:
    """Add a source of announced results.

    Args:
        provider: returns the announced rows of one call, by lot and rank.
        decided: of the given primary keys of calls, those that have announced results, in one query;
            without it the results are on the call's own pages only, not among recent results.
    """
    if (provider, decided) not in _results:
        _results.append((provider, decided))


def results_of(call: Call) -> list[ResultRow]:
    """Return the announced rows of a call; none as long as nothing was announced."""
    return [row for provider, _decided in _results for row in provider(call)]


def decided_among(calls: Iterable[int]) -> set[int]:
    """Return the primary keys of those calls that have announced results."""
    keys = list(calls)
    return {key for _provider, decided in _results if decided and keys for key in decided(keys)}


def register_actions(provider: ActionsProvider) -> None:
    """Add a source of buttons on a call's page."""
    if provider not in _actions:
        _actions.append(provider)


def actions_for(visit: Visit) -> list[Action]:
    """Return the buttons for this reader of a call's page."""
    return [action for provider in _actions for action in provider(visit)]


def register_own_applications(provider: OwnProvider) -> None:
    """Add a source of what the reader's municipality has in a call."""
    if provider not in _own:
        _own.append(provider)


def own_applications(visit: Visit) -> list[OwnApplication]:
    """Return what the reader's municipality has in a call."""
    return [item for provider in _own for item in provider(visit)]


def register_news(provider: NewsProvider) -> None:
    """Add a source of what is new in a call: for its page and its feed.

    It is asked only about calls that anyone may read, and returns only what anyone may read. It works in the
    active language, with a number of queries that does not grow with its items.
    """
    if provider not in _news:
        _news.append(provider)


def news_of(call: Call) -> list[NewsItem]:
    """Return what is new in a call, the newest first; nothing for a draft, whoever asks."""
    if call.state == CallState.DRAFT:
        return []
    found = [item for provider in _news for item in provider(call)]
    return sorted(found, key=lambda item: (item.moment, item.key), reverse=True)


def register_preview(name: str, title: "str | Promise", provider: PreviewProvider) -> None:
    """Add a way to look at a stage before it is published, under a name that addresses can hold."""
    _previews[name] = Preview(name, title, provider)


def previews() -> tuple[Preview, ...]:
    """Return the ways to look at a stage before it is published, in the order in which they registered."""
    return tuple(_previews.values())


def register_followers(provider: FollowersProvider) -> None:
    """Add a source of people whom a change of a call concerns though they do not follow it: who work on a draft."""
    if provider not in _followers:
        _followers.append(provider)


def followers_named(call: Call) -> list[Person]:
    """Return whom the storeys above name for a call; ``calls.following.followers`` has all, each once."""
    return [person for provider in _followers for person in provider(call)]


def register_fixed(provider: FixedProvider) -> None:
    """Add a source of what rests on the stages of a call already, so that their form, checks and grid stay.

    It returns, by the code of the stage, what that is, in words: "scores were given".
    """
    if provider not in _fixed:
        _fixed.append(provider)


def fixed_stages(call: Call) -> dict[str, tuple[str, ...]]:
    """Return what rests on the stages of a call, by their codes, in the active language; only stages that have any."""
    found: dict[str, tuple[str, ...]] = {}
    for provider in _fixed:
        for code, reasons in provider(call).items():
            found[code] = (*found.get(code, ()), *map(str, reasons))
    return {code: reasons for code, reasons in found.items() if reasons}


def register_staff_links(provider: StaffLinksProvider) -> None:
    """Add a source of links on the page of a call in the administration: to its applications, its evaluation."""
    if provider not in _staff_links:
        _staff_links.append(provider)


def staff_links(call: Call, person: Any) -> list[Action]:
    """Return the links for this member of staff on the page of a call in the administration."""
    return [action for provider in _staff_links for action in provider(call, person)]
