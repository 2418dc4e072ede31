"""What a kind of rule is, and where kinds are registered.

A kind is one class: its keys in the call file, how it is checked, and its words. All else (call file, schema,
database, pages, forms) takes it from the registry. Everything that it has to say is in ``calls/eligibility/kinds``.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding, Verdict
from calls.spec import RULES, CallSpec, Rule


@dataclass(frozen=True)
class RuleWords:
    """The words of a kind of rule: English, marked for translation, with places such as ``%(population)s``.

    Attributes:
        title: its name.
        explanation: one sentence for who writes a call.
        asks: what the rule asks of a municipality, by variant; the usual one is "". None: it has words of its own.
        reasons: why, or how far, it is fulfilled, by outcome. What is passed may do without.
        labels: what its keys are called in a form.
        choices: words of the values of a key, where it has a fixed set of them.
        names: which keys name something else: a ``call``, a ``stage``, a ``programme``.
    """

    title: str
    explanation: str
    asks: Mapping[str, str]
    reasons: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleFault:
    """What is wrong with a rule as it is written.

    Attributes:
        message: English, marked for translation; ``%(expected)s`` in it are the options.
        key: the key at fault; "" for the rule as a whole.
        reads: other keys of the rule that this was concluded from, and ``reads_call`` paths within the call.
        options, found: what could stand there, and what does.
    """

    message: str
    key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    reads_call: tuple[tuple[str | int, ...], ...] = ()
    options: tuple[str, ...] = ()
    found: str = ""


class ListedRule(Rule):
    """A kind of rule that calls can list. Its name is the default of ``rule``, its fields are the keys it has.

    A field ``code`` (of letters, digits and hyphens) and a field ``text`` (by language) have columns of their own;
    the others are kept as JSON.
    """

    words: ClassVar[RuleWords]
    private: ClassVar[bool] = False
    """Whether it rests on affairs of the municipality that strangers do not learn of."""

    @abstractmethod
    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """Hold the rule against what is known."""

    def variant(self) -> str:
        """Return which of ``words.asks`` says what the rule asks."""
        return ""

    def faults(self, call: CallSpec) -> Iterator[RuleFault]:
        """Yield what is wrong with the rule in this call, beyond what its types exclude."""
        return iter(())

    def found(self, outcome: str, /, *, holds: bool, **detail: Any) -> Finding:
        """Return a finding; where the rule does not hold, the call says how grave that is, and why."""
        if holds:
            return self._finding(outcome, Verdict.PASS, detail)
        return self._finding(outcome, Verdict(self.otherwise), detail, self.reason)

    def left_open(self, outcome: str, /, **detail: Any) -> Finding:
        """Return a finding on what cannot be said yet: nobody is kept out by it."""
        return self._finding(outcome, Verdict.CAVEAT, detail)

    def _finding(
        self, outcome: str, verdict: Verdict, detail: Mapping[str, Any], reason: Mapping[str, str] | None = None
    ) -> Finding:
        own = self.statement[1] if self.statement else {}
        return Finding(
            rule=self.rule,
            code=f"{self.rule}.{outcome}",
            verdict=verdict,
            text=dict(own),
            reason=dict(reason or {}),
            detail=detail,
            variant=self.variant(),
            identity=self.identity,
            private=self.private,
        )


def register_rule(kind: type[ListedRule]) -> type[ListedRule]:
    """Make a kind of rule known: to call files and their schema, the database, the pages and the forms.

    Raises:
        ValueError: another kind has this name.
    """
    name = str(kind.model_fields["rule"].default)
    if RULES.setdefault(name, kind) is not kind:
        raise ValueError(f"there is a rule {name} already")
    return kind


def unregister_rule(kind: type[ListedRule]) -> None:
    """Take a kind away again, as after a trial."""
    del RULES[str(kind.model_fields["rule"].default)]


def kinds() -> dict[str, type[ListedRule]]:
    """Return all kinds by their names, in the order in which they were registered."""
    return cast("dict[str, type[ListedRule]]", dict(RULES))
