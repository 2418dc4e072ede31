"""The least page: a view that asks nothing and renders nothing, behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


urlpatterns = [path("nothing/", nothing)]
