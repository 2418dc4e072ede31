"""The page of a draft in the administration: what is done, what is missing, and what happens next."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from calls.authoring.desk import desk


def page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """The checklist."""
    here = desk(request, admin, pk)
    return here.show("checklist", _("Set-up"))
