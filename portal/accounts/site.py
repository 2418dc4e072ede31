"""The administration: for staff only, with the portal's own way to log in. What one may not see does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    """The site of the administration."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who holds a role today."""
        user: Any = request.user
        return user.is_authenticated and user.is_active and bool(user.active_roles)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the portal's own login; the administration has none."""
        response: HttpResponse = secure_admin_login(self.index)(request)
        return response

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Answer 404, not 403, to whoever is logged in and may not see a page."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            try:
                return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
            except PermissionDenied as error:
                raise Http404 from error

        return inner
