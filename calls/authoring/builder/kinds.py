"""The kinds of questions as they are offered: each with its sign, its name and one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.spec import KIND_KEYS


@dataclass(frozen=True)
class Kind:
    """One kind of question. ``icon`` is a name in the icon font of the administration."""

    name: str
    icon: str
    title: "str | Promise"
    sentence: "str | Promise"


_KINDS: Final = (
    Kind("short_text", "short_text", _("One line of text"), _("A title, a name: a few words on one line.")),
    Kind("long_text", "subject", _("Text"), _("Paragraphs, with a limit of words or characters shown while typing.")),
    Kind("integer", "tag", _("Whole number"), _("How many: beneficiaries, months, pieces.")),
    Kind("decimal", "decimal_increase", _("Any number"), _("A measure with a fraction, such as hectares.")),
    Kind("percent", "percent", _("Percentage"), _("A number from 0 to 100, or within narrower limits.")),
    Kind("money", "payments", _("Amount"), _("Money in the currency of the call, shown back in words of the page.")),
    Kind("date", "calendar_month", _("Date"), _("A day, by calendar or typed.")),
    Kind("yes_no", "toggle_on", _("Yes or no"), _("One of two answers; good to let further questions depend on it.")),
    Kind("choice", "radio_button_checked", _("One of several answers"), _("Exactly one from a list that you write.")),
    Kind("choices", "check_box", _("Any of several answers"), _("As many from a list that you write as apply.")),
    Kind("table", "table", _("Table"), _("Rows that the applicant adds, in columns that you describe.")),
    Kind("budget", "account_balance", _("Budget"), _("Costs by category, sources and sums; a form has one.")),
    Kind("file", "attach_file", _("File"), _("Documents to attach, with kinds and sizes; a template can go with it.")),
    Kind("declaration", "verified", _("Declaration"), _("A statement that the applicant confirms.")),
    Kind("heading", "title", _("Heading"), _("A title and a text between questions; nothing is asked.")),
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _KINDS}
"""All kinds of the format, in the order in which they are offered."""

LOST: Final[Mapping[str, "str | Promise"]] = {
    "max_words": _("the limit of words"),
    "max_characters": _("the limit of characters"),
    "min": _("the least number"),
    "max": _("the greatest number"),
    "choices": _("the answers to choose from"),
    "columns": _("the columns"),
    "rows": _("the least and greatest number of rows"),
    "categories": _("the budget categories"),
    "accept": _("the kinds of files"),
    "max_mb": _("the size of files"),
    "max_files": _("the number of files"),
    "template": _("the template to download"),
    "text": _("the text of the statement"),
    "required": _("that an answer is required"),
    "fixed": _("that the answer of the earlier stage stays"),
}
"""What a question loses with a key of its settings that another kind does not have."""


def icon(kind: str) -> str:
    """Return the sign of a kind."""
    return KINDS[kind].icon if kind in KINDS else "help"


def own_keys(kind: str) -> frozenset[str]:
    """Return the keys that only questions of such a kind have."""
    return KIND_KEYS.get(kind, frozenset())
