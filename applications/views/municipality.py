"""The page of a person's municipality, the archive of all it has, and what the portal wrote to the person."""

import structlog
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from applications import own
from applications.exports import archive_name, archive_of
from applications.messages import language
from applications.own import Place
from applications.pages.frame import Crumb
from applications.pages.municipality import PAGE_SIZE, helped_rows, municipality_page, notes
from applications.views.common import member_page, person_of
from portal import clock
from portal.accounts.models import Person
from portal.content import formatting
from portal.notices.models import Message

log = structlog.get_logger(__name__)
_ELSEWHERE = "Europe/Brussels"
"""By whose clock messages are dated for somebody who works for no municipality."""


@require_safe
@member_page
def my_applications(request: HttpRequest) -> HttpResponse:
    """Show the person's municipality, the first one by name where there are several; for others what they help with."""
    person = person_of(request)
    places = own.places_of(person)
    if places:
        return _page(request, person, places, places[0])
    return render(request, "applications/list.html", {"helped": helped_rows(person, clock.now())})


@require_safe
@member_page
def municipality(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of the municipalities that the person works for; one that merged on the page of its successor."""
    person = person_of(request)
    places = own.places_of(person)
    return _page(request, person, places, _named(places, pk))


def _named(places: list[Place], pk: int) -> Place:
    found = next((place for place in places if pk in place.keys), None)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, person: Person, places: list[Place], place: Place) -> HttpResponse:
    page = municipality_page(person, places, place, clock.now(), request.GET.get("page"))
    return render(request, "applications/municipality.html", {"page": page})


@require_GET
@member_page
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send all that a municipality has as an archive, written while it is sent."""
    person = person_of(request)
    place, moment = _named(own.places_of(person), pk), clock.now()
    log.info("municipality exported", municipality=place.municipality.pk, person=person.pk)
    archive = archive_of(person, place, moment, language())
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, archive_name(place, moment))
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _crumb() -> Crumb:
    return Crumb(_("My municipality"), reverse("applications:list"))


def _zone(person: Person) -> str:
    """Return the zone of the first municipality that a person works for."""
    places = own.places_of(person)
    return places[0].municipality.country.time_zone if places else _ELSEWHERE


@require_safe
@member_page
def messages(request: HttpRequest) -> HttpResponse:
    """List what the portal wrote to this very person, the last one first."""
    person = person_of(request)
    page = Paginator(own.messages_to(person), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"notes": notes(page.object_list, _zone(person)), "pages": page, "crumbs": (_crumb(),)}
    return render(request, "applications/municipality_messages.html", context)


@require_safe
@member_page
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message to the person to whom it was written, and to nobody else."""
    person = person_of(request)
    found = get_object_or_404(Message.objects.filter(recipient=person), pk=pk)
    zone = _zone(person)
    context = {
        "message": found,
        "when": formatting.moment(found.created_at, zone, language()),
        "sent": formatting.moment(found.sent_at, zone, language()) if found.sent_at else "",
        "place": formatting.place(zone, language()),
        "crumbs": (_crumb(), Crumb(_("Messages to me"), reverse("applications:messages"))),
    }
    return render(request, "applications/municipality_message.html", context)
