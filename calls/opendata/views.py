"""The open data over HTTP: the calls, their schema, and a page for people about both."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from calls import changes, outlets
from calls.models import Call
from calls.opendata import reading, shapes
from calls.pages.call import crumbs
from portal import clock
from portal.content.identity import identity
from portal.languages import spoken

PAGE_SIZE: Final = 100
"""How many calls one answer has."""
LICENCE: Final = shapes.Licence(name="CC BY 4.0", url="https://creativecommons.org/licenses/by/4.0/")

View = Callable[[HttpRequest], HttpResponse]


def _open_to_scripts(view: View) -> View:
    """Let the scripts of any site read the answer (CORS), conditionally too: nothing in it depends on who asks."""

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response["Access-Control-Max-Age"] = "86400"
        return response

    return require_http_methods(["GET", "HEAD", "OPTIONS"])(inner)


@_open_to_scripts
def calls(request: HttpRequest) -> HttpResponse:
    """Give a page of the public calls as JSON; ``?page=2`` is the second one, and a page that is not there is 404."""
    paginator: Paginator[Call] = Paginator(reading.public_calls(), PAGE_SIZE)
    try:
        page = paginator.page(request.GET.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    rows = list(page.object_list)
    known, now = changes.revisions(rows), clock.now()
    content = _answer(page, [reading.of_call(call, known[call.pk], now) for call in rows])
    seal = _json({**content, "generated": ""}).decode()
    modified = reading.last_change(rows, known.values(), now)
    response = outlets.answer(request, _json(content), "application/json", seal=seal, modified=modified)
    if links := _link_header(content["paging"]):
        response["Link"] = links
    return response


def _answer(page: "Page[Call]", found: list[shapes.Call]) -> dict[str, Any]:
    paginator = page.paginator
    answer = shapes.Answer(
        format=shapes.FORMAT,
        schema_url=_schema_address(),
        generated=reading.utc(clock.now()),
        licence=LICENCE,
        publisher=shapes.Publisher(name=_names(), url=outlets.absolute("/")),
        paging=shapes.Paging(
            page=page.number,
            pages=paginator.num_pages,
            size=PAGE_SIZE,
            total=paginator.count,
            previous=_address(page.number - 1) if page.has_previous() else None,
            next=_address(page.number + 1) if page.has_next() else None,
        ),
        calls=found,
    )
    return answer.model_dump(mode="json", by_alias=True)


def _names() -> dict[str, str]:
    names = {}
    for language in spoken():
        with translation.override(language):
            names[language] = identity().name
    return names


def _address(number: int) -> str:
    address = outlets.absolute(reverse("opendata_calls"))
    return f"{address}?page={number}" if number > 1 else address


def _schema_address() -> str:
    return outlets.absolute(reverse("opendata_schema"))


def _link_header(paging: Mapping[str, Any]) -> str:
    ways = {"prev": paging["previous"], "next": paging["next"]}
    return ", ".join(f'<{address}>; rel="{way}"' for way, address in ways.items() if address)


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@_open_to_scripts
def schema(request: HttpRequest) -> HttpResponse:
    """Give the JSON Schema of the open data."""
    text = json.dumps(shapes.schema(_schema_address()), ensure_ascii=False, indent=2)
    return outlets.answer(request, text.encode(), "application/schema+json")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show people what the open data are, where they stand and on what terms."""
    context = {
        "licence": LICENCE,
        "calls_url": outlets.absolute(reverse("opendata_calls")),
        "schema_url": _schema_address(),
        "calendar_url": outlets.absolute(reverse("calls:calendar_of_all")),
        "feed_url": outlets.absolute(reverse("calls:feed_of_all")),
        "page_size": PAGE_SIZE,
        "fresh_minutes": outlets.FRESH_SECONDS // 60,
        "crumbs": crumbs(),
    }
    return render(request, "calls/opendata.html", context)
