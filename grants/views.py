"""Grants on the site: a municipality's own, and the page that confirms a letter."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from grants import queries
from grants.models import Grant


class GrantList(LoginRequiredMixin, ListView[Grant]):
    """The grants of the municipalities that the reader works for, with their letters."""

    template_name = "grants/list.html"
    context_object_name = "grants"

    def get_queryset(self) -> "QuerySet[Grant]":
        return queries.own_grants(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["rows"] = [_row(grant) for grant in context["grants"]]
        return context


def _row(grant: Grant) -> dict[str, Any]:
    letters = [letter for letter in grant.letters.all() if letter.file]
    return {
        "grant": grant,
        "application": grant.entry.application,
        "call": grant.entry.application.call,
        "title": queries.project_title(grant),
        "letters": letters,
    }


@require_safe
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a letter with this code was issued, without showing what it says; anyone may ask."""
    letter = queries.letter_by_code(code)
    status = 200 if letter else 404
    return render(request, "grants/confirm.html", {"letter": letter, "code": code[:40]}, status=status)
