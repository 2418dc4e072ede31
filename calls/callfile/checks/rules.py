"""Rules of eligibility: each once, and what each kind says of itself."""

from collections.abc import Iterator
from typing import cast

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.callfile.checks.walk import CALL, under
from calls.callfile.messages import OneOf
from calls.callfile.problems import Path, Problem, dotted
from calls.eligibility import ListedRule, RuleFault
from calls.spec import CallSpec, Rule

_RULES: Path = (*CALL, "eligibility")


def own_faults(call: CallSpec) -> Iterator[Problem]:
    """What a rule finds wrong with itself in this call."""
    for path, rule in _read(call):
        for fault in cast(ListedRule, rule).faults(call):
            yield _problem(path, fault)


def _problem(path: Path, fault: RuleFault) -> Problem:
    expected = {"expected": OneOf(fault.options, fault.found)} if fault.options else {}
    reads = (*((*path, key) for key in fault.reads), *((*CALL, *place) for place in fault.reads_call))
    place = (*path, fault.key) if fault.key else path
    return Problem(place, gettext_lazy(fault.message), {**fault.values, **expected}, reads)


def once(call: CallSpec) -> Iterator[Problem]:
    """No rule stands twice: waivers and later versions of the call know it by its identity."""
    first: dict[str, Path] = {}
    for path, rule in _read(call):
        keys = rule.identity_keys
        place = (*path, keys[0]) if len(keys) == 1 else path
        before = first.setdefault(rule.identity, place)
        if before == place:
            continue
        values = {"first": dotted(before), "code": getattr(rule, keys[0]) if len(keys) == 1 else ""}
        reads = tuple((*where, key) for where in (before, path) for key in keys)
        yield Problem(place, _REPEATED if len(keys) == 1 else _SAME, values, (before, *reads))


_REPEATED = _("“%(code)s” is already at %(first)s; write each only once, or choose another code")
_SAME = _("asks the same as %(first)s; keep one of them")


def _read(call: CallSpec) -> Iterator[tuple[Path, Rule]]:
    """The rules that could be read."""
    return ((path, rule) for path, rule in under(_RULES, call.eligibility) if rule.rule)


CHECKS = (own_faults, once)
