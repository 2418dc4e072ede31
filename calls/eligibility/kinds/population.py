"""How many inhabitants the municipality has."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding
from calls.eligibility.rule import ListedRule, RuleFault, RuleWords
from calls.spec import CallSpec, Natural
from calls.spec.words import marked as _


class PopulationRule(ListedRule):
    """The municipality's population lies within the limits, both included."""

    rule: Literal["population"] = "population"
    min: Natural | None = None
    max: Natural | None = None

    words: ClassVar[RuleWords] = RuleWords(
        title=_("Population"),
        explanation=_(
            "The municipality has at least, at most, or from so many to so many inhabitants; an unknown number is "
            "left to be confirmed."
        ),
        asks={
            "": _("The population is known"),
            "min": _("The population is at least %(min)s"),
            "max": _("The population is at most %(max)s"),
            "both": _("The population is from %(min)s to %(max)s"),
        },
        reasons={
            "within": _("It is %(population)s."),
            "below": _("It is %(population)s."),
            "above": _("It is %(population)s."),
            "unknown": _("The population is not recorded; it will be confirmed by the country office."),
        },
        labels={"min": _("at least, inhabitants"), "max": _("at most, inhabitants")},
    )

    def variant(self) -> str:
        given = [name for name, limit in (("min", self.min), ("max", self.max)) if limit is not None]
        return "both" if len(given) > 1 else "".join(given)

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """The population lies within the limits, both included; an unknown one is left to be confirmed."""
        population, detail = facts.population, {"population": facts.population, "min": self.min, "max": self.max}
        if population is None:
            return self.left_open("unknown", **detail)
        if self.min is not None and population < self.min:
            return self.found("below", holds=False, **detail)
        if self.max is not None and population > self.max:
            return self.found("above", holds=False, **detail)
        return self.found("within", holds=True, **detail)

    def faults(self, call: CallSpec) -> Iterator[RuleFault]:
        if self.min is None and self.max is None:
            yield RuleFault(_("names no limit; write “min”, “max” or both"), reads=("min", "max"))
        elif self.min is not None and self.max is not None and self.min > self.max:
            message = _("%(least)s is above the maximum, %(most)s; write at most that, or raise the maximum")
            yield RuleFault(message, "min", {"least": self.min, "most": self.max}, reads=("max",))
