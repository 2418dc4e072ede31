"""What every page of the administration stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, NoReturn

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from modeltranslation.admin import TranslationAdmin
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from portal import languages
from portal.accounts.models import Role

View = Callable[..., HttpResponseBase]
WHOLE_PROGRAMME: tuple[str, ...] = tuple(Role.programme_wide())


class ByRole:
    """Permissions from the roles of a person: ``viewers`` read, ``editors`` add and change, ``removers`` delete."""

    viewers: ClassVar[tuple[str, ...]] = WHOLE_PROGRAMME
    editors: ClassVar[tuple[str, ...]] = ()
    removers: ClassVar[tuple[str, ...]] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _holds(request, (*self.viewers, *self.editors))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _holds(request, (*self.viewers, *self.editors))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _holds(request, self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _holds(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _holds(request, self.removers)


def _holds(request: HttpRequest, roles: tuple[str, ...]) -> bool:
    person: Any = request.user
    return bool(person.is_authenticated and person.has_role(*roles))


class StaffAdmin(ByRole, ModelAdmin):  # type: ignore[misc]
    """A list and a page of the administration; both start from what the person may see."""

    list_fullwidth = True
    warn_unsaved_form = True
    show_full_result_count = False
    save_on_top = False
    actions: ClassVar[Any] = None

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        """Answer 404 also where an address has a word in the place of a key that is a number."""
        patterns: list[URLPattern] = super().get_urls()
        for pattern in patterns:
            pattern.callback = _of_a_row(pattern.callback, self.opts.pk)
        return patterns

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """Answer 404 for what is not there or may not be seen, where Django leads to its first page."""
        raise Http404


def only_post(view: View) -> View:
    """Decorate a view that changes something; a page of this address does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _of_a_row(view: Any, key: Any) -> Any:
    """Guard a view, so that it gets only what can be the key of a row."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, object_id: str | None = None, **kwargs: Any) -> Any:
        if object_id is None:
            return view(request, *args, **kwargs)
        try:
            key.to_python(unquote(object_id))
        except ValidationError as error:
            raise Http404 from error
        return view(request, *args, object_id=object_id, **kwargs)

    return guarded


class TextsAdmin(StaffAdmin, TranslationAdmin):  # type: ignore[type-arg]
    """Texts in the languages that the site speaks; what is kept in others stays as it is."""

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Leave out the columns of the other languages."""
        return [*(super().get_exclude(request, obj) or ()), *self._unspoken()]

    def replace_orig_field(self, option: Any) -> Any:
        """Put the columns of the site's languages where a translated field is named."""
        unspoken = self._unspoken()
        return [name for name in super().replace_orig_field(option) or () if name not in unspoken]

    def _unspoken(self) -> set[str]:
        columns = (column for columns in self.trans_opts.all_fields.values() for column in columns)
        return {column.name for column in columns if column.language not in languages.spoken()}


class StaffTabularInline(ByRole, TabularInline):  # type: ignore[misc]
    """Rows of a part on the page of the whole."""

    extra = 0


class StaffStackedInline(ByRole, StackedInline):  # type: ignore[misc]
    """Parts, one below another, on the page of the whole."""

    extra = 0
