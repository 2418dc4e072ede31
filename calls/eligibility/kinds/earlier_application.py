"""What the municipality has applied for before."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding
from calls.eligibility.rule import ListedRule, RuleFault, RuleWords
from calls.spec import AT_LEAST_ONE, ApplicationState, CallCode, CallSpec, StageCode
from calls.spec.words import marked as _


class EarlierApplicationRule(ListedRule):
    """The municipality has an application in another call, or in an earlier stage of this one."""

    identity_keys: ClassVar[tuple[str, ...]] = ("call", "stage")
    private: ClassVar[bool] = True

    rule: Literal["earlier_application"] = "earlier_application"
    call: CallCode | None = None
    stage: StageCode | None = None
    states: Annotated[tuple[ApplicationState, ...], AT_LEAST_ONE]

    words: ClassVar[RuleWords] = RuleWords(
        title=_("Earlier application"),
        explanation=_(
            "The municipality has an application in another call, or in an earlier stage of this one, in one of the "
            "states that count."
        ),
        asks={
            "": _("The municipality has an application in “%(call)s”"),
            "stage": _("The municipality has an application in “%(call)s”, stage “%(stage)s”"),
        },
        reasons={
            "missing": _("The municipality has no such application."),
            "other_state": _("The municipality has such an application, but its state does not count."),
        },
        labels={
            "call": _("call (empty: this one)"),
            "stage": _("stage (empty: any of that call)"),
            "states": _("states that count"),
        },
        choices={
            "states": {
                "draft": _("draft, not submitted"),
                "submitted": _("submitted"),
                "clarification": _("clarification requested"),
                "withdrawn": _("withdrawn"),
                "rejected": _("rejected at the checks"),
                "failed": _("below the threshold"),
                "selected": _("selected"),
                "reserve": _("on the reserve list"),
                "not_selected": _("not selected"),
            }
        },
        names={"call": "call", "stage": "stage"},
    )

    def variant(self) -> str:
        return "stage" if self.stage else ""

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """The municipality has an application in the call and stage named, in one of the states that count."""
        wanted = self.call or call.code
        states = sorted(
            item.state for item in facts.applications if item.call == wanted and self.stage in (None, item.stage)
        )
        holds = any(state in self.states for state in states)
        outcome = "found" if holds else "other_state" if states else "missing"
        detail = {"call": wanted, "stage": self.stage, "counting": list(self.states), "states": states}
        return self.found(outcome, holds=holds, **detail)

    def faults(self, call: CallSpec) -> Iterator[RuleFault]:
        """A rule about this very call names one of its stages."""
        if self.call not in (None, call.code):
            return
        codes = tuple(stage.code for stage in call.stages)
        reads_call = (("code",), *(("stages", place, "code") for place in range(len(codes))))
        if self.stage is None:
            message = _("is missing; within the call itself, name the earlier stage: %(expected)s")
            yield RuleFault(message, "stage", {}, ("call",), reads_call, codes)
        elif self.stage not in codes:
            message = _("“%(stage)s” is no stage of this call; write %(expected)s")
            yield RuleFault(message, "stage", {"stage": self.stage}, ("call",), reads_call, codes, self.stage)
