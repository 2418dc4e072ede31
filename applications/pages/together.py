"""Who else is at work on an application, and what colleagues changed in a section that is open on a page."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from applications.answers.merging import mark_of
from applications.forms.fields import shown_value
from applications.forms.section import SIMPLE_KINDS
from applications.messages import say
from applications.models import StageEntry
from applications.presence import Somebody
from applications.queries import basics, call_spec, stage_of
from calls.spec import SectionSpec


def here_lines(entry: StageEntry, others: tuple[Somebody, ...]) -> list[str]:
    """Return a line for each colleague who is at work on the application now."""
    if not others:
        return []
    spec = call_spec(entry.stage.call)
    sections = (basics(spec), *stage_of(spec, entry.stage.code).form.sections)
    titles = {section.code: say(section.title) for section in sections}
    return [_line(other.name, titles.get(other.section, "")) for other in others]


def _line(name: str, section: str) -> str:
    if section:
        return _("%(name)s is in “%(section)s” now") % {"name": name, "section": section}
    return _("%(name)s has the application open now") % {"name": name}


def shown_anew(section: SectionSpec, answers: Mapping[str, Any], keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return, by question, what a page that is open needs to show answers as they are kept now.

    Returns:
        ``mark`` and ``label``; for a simple question also ``value``, what stands in its fields. The others have to be
        loaded anew.
    """
    found: dict[str, dict[str, Any]] = {}
    for question in section.questions:
        if question.key in keys:
            kept = answers.get(question.key)
            found[question.key] = {"mark": mark_of(kept), "label": say(question.label)}
            if question.kind in SIMPLE_KINDS:
                found[question.key]["value"] = _listed(shown_value(question, kept))
    return found


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
