"""The addresses of form builder, checks, grid and previews; they stand before those with a name of a part."""

from functools import partial

from calls.authoring.builder import parts as _parts  # noqa: F401 - registers the parts
from calls.authoring.builder import previews, stage_views, views
from calls.authoring.desk import View
from calls.authoring.grid import views as grid

_STAGE = "<int:pk>/setup/stages/<int:stage>"
_QUESTION = "<int:pk>/setup/question/<int:row>"
_PREVIEW = "<int:pk>/setup/preview/<slug:name>/<int:stage>"


def _named(view: View, **values: str) -> View:
    """A view with some of its arguments given; it keeps its name, by which it is wrapped."""
    made = partial(view, **values)
    made.__name__ = view.__name__  # type: ignore[attr-defined]
    return made


ROUTES: tuple[tuple[str, View, str], ...] = (
    (f"{_STAGE}/form/", views.form_page, "setup_stage_form"),
    (f"{_STAGE}/form/copy/", _named(stage_views.copy_page, what="form"), "setup_form_copy"),
    (f"{_STAGE}/checks/", stage_views.checks_page, "setup_stage_checks"),
    (f"{_STAGE}/grid/", grid.grid_page, "setup_stage_grid"),
    (f"{_STAGE}/grid/add/", grid.add, "setup_grid_add"),
    (f"{_STAGE}/grid/remove/", grid.remove, "setup_grid_remove"),
    (f"{_STAGE}/grid/copy/", _named(stage_views.copy_page, what="grid"), "setup_grid_copy"),
    ("<int:pk>/setup/question/add/", views.kinds_page, "setup_question_add"),
    (f"{_QUESTION}/", views.question_page, "setup_question"),
    (f"{_QUESTION}/move/", views.move_page, "setup_question_move"),
    (f"{_QUESTION}/duplicate/", views.duplicate, "setup_question_duplicate"),
    (f"{_QUESTION}/remove/", _named(views.remove_page, part="question"), "setup_question_remove"),
    ("<int:pk>/setup/section/<int:row>/remove/", _named(views.remove_page, part="section"), "setup_section_remove"),
    (f"{_PREVIEW}/", previews.frame, "setup_preview"),
    (f"{_PREVIEW}/page/", previews.page, "setup_preview_page"),
)
