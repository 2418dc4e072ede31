"""The kinds of eligibility rules in words, with their keys: all that a form for rules is made from."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.callfile import shapes
from calls.callfile.shapes import FieldShape
from calls.eligibility import ListedRule, kinds

FieldKind = Literal["integer", "decimal", "boolean", "text", "texts", "list", "choice", "choices"]


@dataclass(frozen=True)
class RuleField:
    """One key of a kind of rule.

    Attributes:
        name: the key in the call file, and the name of the attribute of the rule.
        label: what a form calls it.
        kind: ``text`` is one line; ``texts`` a text in each language of the call (a dict by language); ``choice``
            one of the choices, ``choices`` a tuple of some, ``list`` a tuple of texts. The others are as in Python.
        required: it has to be given (of ``texts``: in each language).
        choices: values and their words; empty unless ``kind`` is ``choice`` or ``choices``.
        names: what a code stands for (``call``, ``stage``, ``programme``), to offer those that there are; else "".
        hint: what belongs there, as error lines of call files say it ("a code of A-Z, …"); "" for texts and choices.
    """

    name: str
    label: "str | Promise"
    kind: FieldKind
    required: bool
    choices: "tuple[tuple[str, str | Promise], ...]" = ()
    names: str = ""
    hint: object = ""


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule: ``name`` as in the call file, ``title`` and ``explanation`` for who writes a call."""

    name: str
    title: "str | Promise"
    explanation: "str | Promise"
    fields: tuple[RuleField, ...]
    model: type[ListedRule]


def rule_kinds() -> tuple[RuleKind, ...]:
    """Return all registered kinds of rules, each with what a form for it needs; texts are lazy.

    Example, a form made of a kind and read back::

        kind = next(kind for kind in rule_kinds() if kind.name == "population")
        kind.title                # "Population", in the language of the reader
        kind.explanation          # one sentence below it
        for field in kind.fields: # min, max, and last, as for every kind: otherwise, reason
            field.name, field.label, field.kind, field.required
        # ("min", "at least, inhabitants", "integer", False), …
        # ("otherwise", "otherwise", "choice", False) with the choices fail and caveat, default "fail"
        # ("reason", "reason shown to the applicant", "texts", False)

        # What was typed becomes a rule; keys left empty are left out. Then it is stored as a row:
        rule = kind.model.model_validate({"min": 1000, "reason": {"hy": "…", "en": "…"}})  # pydantic.ValidationError
        call.eligibility_rules.create(position=place, **calls.transfer.rule_values(rule))
        # What is wrong with it within its call (min above max, the same rule twice) is in callfile.problems(spec).
    """
    return tuple(_kind(name, model) for name, model in kinds().items())


def _kind(name: str, model: type[ListedRule]) -> RuleKind:
    shown = [shape for shape in shapes.fields(model) if shape.name != "rule"]
    shown.sort(key=lambda shape: shape.name in _COMMON)
    words = model.words
    return RuleKind(
        name=name,
        title=gettext_lazy(words.title),
        explanation=gettext_lazy(words.explanation),
        fields=tuple(_field(shape, model) for shape in shown),
        model=model,
    )


def _field(shape: FieldShape, model: type[ListedRule]) -> RuleField:
    hint = shapes.without_null(shape.hint) if shapes.may_be_null(shape.hint) else shape.hint
    kind = _field_kind(hint)
    label = _COMMON.get(shape.name) or gettext_lazy(model.words.labels.get(shape.name, shape.key))
    return RuleField(
        name=shape.name,
        label=label,
        kind=kind,
        required=shape.required,
        choices=_choices(shape.name, hint, model) if kind in ("choice", "choices") else (),
        names=model.words.names.get(shape.name, ""),
        hint=shapes.words(hint) if kind in ("integer", "decimal", "text") else "",
    )


def _field_kind(hint: Any) -> FieldKind:
    kind = shapes.bare(hint)
    origin = get_origin(kind) or kind
    if origin is tuple:
        return "choices" if get_origin(shapes.bare(get_args(kind)[0])) is Literal else "list"
    return _KINDS[origin]


def _choices(name: str, hint: Any, model: type[ListedRule]) -> "tuple[tuple[str, str | Promise], ...]":
    kind = shapes.bare(hint)
    options = get_args(shapes.bare(get_args(kind)[0]) if get_origin(kind) is tuple else kind)
    if name == "otherwise":
        return tuple((option, _OTHERWISE[option]) for option in options)
    words = model.words.choices.get(name, {})
    return tuple((option, gettext_lazy(words.get(option, option))) for option in options)


_KINDS: Final[dict[Any, FieldKind]] = {
    int: "integer",
    Decimal: "decimal",
    bool: "boolean",
    str: "text",
    dict: "texts",
    Literal: "choice",
}
_COMMON: "Final[dict[str, str | Promise]]" = {
    "otherwise": _("otherwise"),
    "reason": _("reason shown to the applicant"),
}
_OTHERWISE: "Final[dict[str, str | Promise]]" = {"fail": _("cannot apply"), "caveat": _("may apply, with a caveat")}
