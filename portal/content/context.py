"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from portal.content.identity import identity


def site(request: HttpRequest) -> dict[str, Any]:
    """Name, mark and colours of the site, as ``site``."""
    return {"site": identity()}
