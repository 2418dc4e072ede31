"""The portal's addresses, and one for previews: who may look at them is for the administration to say."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from calls.models import Call
from calls.registry import previews
from portal import urls


def preview(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    (found,) = (one for one in previews() if one.name == "applicant")
    call = Call.objects.get(code=code)
    return found.provider(request, call, call.stages.get(code=stage), request.GET.get("part", ""))


urlpatterns = [*i18n_patterns(path("preview/<str:code>/<str:stage>/", preview)), *urls.urlpatterns]
