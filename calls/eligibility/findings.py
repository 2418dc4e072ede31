"""How a rule came out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from calls.spec import Text


class Verdict(StrEnum):
    """How a rule came out. With a caveat one may apply, but something needs attention."""

    PASS = "pass"  # noqa: S105 - no password
    CAVEAT = "caveat"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """How one rule came out.

    Attributes:
        rule: kind of the rule, as in the call file; the implied ones are ``country``, ``region``, ``lots``,
            ``suspension``, ``merger``, ``limit`` and ``invitation``.
        code: what was found, by which its sentence is chosen (``population.unknown``).
        text: what the rule asks; empty until a sentence is made for it.
        reason: why it is not plainly fulfilled; the call's own words where it has any.
        detail: what the finding rests on, fit for JSON. In sentences ``country``, ``region``, ``programme``, ``call``
            and ``stage`` are codes that become names, numbers are written as such, lists are joined, texts by
            language are said, and what ends in ``_on`` or ``_from`` is a day (ISO 8601).
        variant: which of its kind's sentences says what the rule asks.
        identity: of the rule, where the call lists it (``calls.spec.Rule.identity``).
        private: a stranger learns of it only that it is shown after logging in.
    """

    rule: str
    code: str
    verdict: Verdict
    text: Text = field(default_factory=dict)
    reason: Text = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""
    identity: str = ""
    private: bool = False

    @property
    def outcome(self) -> str:
        """The code without the kind: ``unknown`` of ``population.unknown``."""
        return self.code.partition(".")[2]

    def record(self) -> dict[str, Any]:
        """Return the finding as JSON, to be kept with what was submitted."""
        return {
            "rule": self.rule,
            "code": self.code,
            "verdict": str(self.verdict),
            "text": dict(self.text),
            "reason": dict(self.reason),
            "detail": dict(self.detail),
        }


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict of all findings together: the gravest one."""
    order = list(Verdict)
    return max((finding.verdict for finding in findings), key=order.index, default=Verdict.PASS)
