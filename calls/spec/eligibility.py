"""Rules of eligibility."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from calls.spec.values import (
    ApplicationState,
    CallCode,
    Code,
    LotCode,
    Natural,
    Otherwise,
    StageCode,
    Strict,
    Text,
)


class Rule(Strict):
    """A condition of eligibility. A new kind is one subclass here and its name in ``EligibilityRule``."""

    rule: str
    otherwise: Otherwise = "fail"
    reason: Text = {}


class EarlierApplicationRule(Rule):
    """The municipality has an application in another call, or in an earlier stage of this one."""

    rule: Literal["earlier_application"] = "earlier_application"
    call: CallCode | None = None
    stage: StageCode | None = None
    states: Annotated[tuple[ApplicationState, ...], Field(min_length=1)]


class PopulationRule(Rule):
    """The municipality's population lies within the limits, both included."""

    rule: Literal["population"] = "population"
    min: Natural | None = None
    max: Natural | None = None


class NetworkMemberRule(Rule):
    """The municipality is a member of the named programme."""

    rule: Literal["network_member"] = "network_member"
    programme: LotCode


class NoOverdueReportRule(Rule):
    """No report on an earlier grant of the municipality is overdue."""

    rule: Literal["no_overdue_report"] = "no_overdue_report"


class DeclarationRule(Rule):
    """The applicant confirms a statement."""

    rule: Literal["declaration"] = "declaration"
    code: Code
    text: Text


EligibilityRule = Annotated[
    EarlierApplicationRule | PopulationRule | NetworkMemberRule | NoOverdueReportRule | DeclarationRule,
    Field(discriminator="rule"),
]
RULES: Final[Mapping[str, type[Rule]]] = {
    kind.model_fields["rule"].default: kind for kind in get_args(get_args(EligibilityRule)[0])
}
"""Each kind of rule under its name in the call file."""
