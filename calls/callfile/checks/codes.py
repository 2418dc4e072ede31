"""Codes and keys: each once among its siblings, and none that is reserved."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import CALL, under
from calls.callfile.problems import Path, Problem, dotted
from calls.spec import BUILTIN_SECTION, LOT_DRAW, CallSpec

Codes = Iterable[tuple[Path, str]]


def repeated(codes: Codes) -> Iterator[Problem]:
    """One problem for each code that was there before."""
    first: dict[str, Path] = {}
    for path, code in codes:
        before = first.setdefault(code, path)
        if before != path:
            message = _("“%(code)s” is already at %(first)s; write each only once, or choose another code")
            yield Problem(path, message, {"code": code, "first": dotted(before)}, reads=(before,))


def call_codes(call: CallSpec) -> Iterator[Problem]:
    """Languages, countries, priorities, lots and stages stand once each."""
    yield from repeated(under((*CALL, "languages"), call.languages))
    yield from repeated(under((*CALL, "countries"), call.countries))
    yield from repeated(_codes((*CALL, "priorities", "list"), call.priorities.list))
    yield from repeated(_codes((*CALL, "lots"), call.lots))
    yield from repeated(_codes((*CALL, "stages"), call.stages))
    for path, lot in under((*CALL, "lots"), call.lots):
        yield from repeated(under((*path, "countries"), lot.countries))
        yield from repeated(under((*path, "regions"), lot.regions))


def stage_codes(call: CallSpec) -> Iterator[Problem]:
    """Sections, checks and question keys stand once in their stage."""
    for path, stage in walk.stages(call):
        yield from repeated(_codes((*path, "form", "sections"), stage.form.sections))
        yield from repeated(_codes((*path, "checks"), stage.checks))
        yield from repeated(((*place, "key"), question.key) for place, question in walk.questions(path, stage))
        for place, section in walk.sections(path, stage):
            if section.code == BUILTIN_SECTION:
                message = _("“%(code)s” is the section every form begins with; choose another code")
                yield Problem((*place, "code"), message, {"code": section.code})


def question_codes(call: CallSpec) -> Iterator[Problem]:
    """Columns, choices, categories and endings stand once in their question."""
    for path, question in walk.all_questions(call):
        columns = under((*path, "columns"), question.columns)
        yield from repeated(((*place, "key"), column.key) for place, column in columns)
        yield from repeated(_codes((*path, "categories"), question.categories))
        yield from repeated(under((*path, "accept"), question.accept))
    for path, field in walk.fields(call):
        yield from repeated(_codes((*path, "choices"), field.choices))


def grid_codes(call: CallSpec) -> Iterator[Problem]:
    """Sections and criteria of a grid share one set of names (call file format, scoring rule 4)."""
    for path, grid in walk.grids(call):
        names = list(_grid_names(path, grid.sections))
        yield from repeated(names)
        for place, code in names:
            if code == LOT_DRAW:
                yield Problem(place, _("“%(code)s” is the name of the draw; choose another code"), {"code": code})


def _grid_names(path: Path, sections: tuple[object, ...]) -> Iterator[tuple[Path, str]]:
    for place, section in under((*path, "sections"), sections):
        yield from _codes_of(place, section)
        yield from _codes((*place, "criteria"), getattr(section, "criteria", ()))


def _codes(path: Path, items: tuple[object, ...]) -> Codes:
    return (code for place, item in under(path, items) for code in _codes_of(place, item))


def _codes_of(path: Path, item: object) -> Codes:
    yield (*path, "code"), getattr(item, "code", "")


CHECKS = (call_codes, stage_codes, question_codes, grid_codes)
