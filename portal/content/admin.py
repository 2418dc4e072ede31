"""Pages in the administration."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.models import Role
from portal.accounts.staff import TextsAdmin
from portal.content import lifecycle
from portal.content.models import Page


@admin.register(Page)
class PageAdmin(TextsAdmin):
    """The pages of the site that are only text."""

    editors = (Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER)
    removers = (Role.ADMINISTRATOR,)
    list_display = ("title", "slug", "in_footer", "position")
    list_filter = ("in_footer",)
    search_fields = ("title_hy", "title_en", "slug")

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        lifecycle.save_page(obj)

    def delete_model(self, request: HttpRequest, obj: Page) -> None:
        lifecycle.delete_page(obj)
