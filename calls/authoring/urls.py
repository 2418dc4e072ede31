"""The addresses of authoring, under the calls of the administration."""

from typing import Any

from django.urls import URLPattern

from calls.authoring import kinds as _kinds  # noqa: F401 - registers the parts
from calls.authoring import setup, starting, views
from calls.authoring.builder.urls import ROUTES as BUILDER
from calls.authoring.desk import routes


def urls(admin: Any) -> list[URLPattern]:
    """Return the addresses; those of whole words stand before those with a name of a part."""
    return routes(
        admin,
        ("<int:pk>/setup/", setup.page, "setup"),
        ("new/", starting.new, "setup_new"),
        ("<int:pk>/copy/", starting.copy, "setup_copy"),
        ("<int:pk>/setup/unschedule/", setup.unschedule, "setup_unschedule"),
        *BUILDER,
        ("<int:pk>/setup/<slug:part>/", views.part_list, "setup_list"),
        ("<int:pk>/setup/<slug:part>/add/", views.add, "setup_add"),
        ("<int:pk>/setup/<slug:part>/order/", views.order, "setup_order"),
        ("<int:pk>/setup/<slug:part>/<int:row>/", views.part_page, "setup_part"),
        ("<int:pk>/setup/<slug:part>/<int:row>/remove/", views.remove, "setup_remove"),
    )
