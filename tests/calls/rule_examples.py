"""Examples of each kind of rule: what is known, and how the rule comes out.

A new kind has here at least one that is passed, one with a caveat and one that fails; ``test_rule_kinds`` sees to it.
"""

from datetime import date
from typing import Any, Final

from calls.eligibility import (
    DeclarationRule,
    EarlierApplicationRule,
    Facts,
    KnownApplication,
    ListedRule,
    NetworkMemberRule,
    NoOverdueReportRule,
    PopulationRule,
)

FACTS: Final = Facts(country="AM", region="AM-LO", day=date(2027, 5, 1))
OWN_REASON: Final = {"hy": "Պատճառը", "en": "The reason"}


def applied(state: str, **fields: Any) -> KnownApplication:
    return KnownApplication(**({"call": "TEST", "stage": "concept", "state": state, "key": "1"} | fields))


EARLIER = EarlierApplicationRule(call="PORTFOLIO", stage="eoi", states=("draft", "submitted"), reason=OWN_REASON)
EOI = {"call": "PORTFOLIO", "stage": "eoi"}
MEMBER = NetworkMemberRule(programme="M4EG", otherwise="caveat", reason=OWN_REASON)
DECLARED = DeclarationRule(code="ledp", text={"hy": "Ունենք ծրագիր", "en": "We have a plan"}, reason=OWN_REASON)


Example = tuple[ListedRule, dict[str, Any], str, str]
EXAMPLES: Final[tuple[Example, ...]] = (
    (EARLIER, {}, "earlier_application.missing", "fail"),
    (EARLIER, {"applications": (applied("draft", **EOI),)}, "earlier_application.found", "pass"),
    (EARLIER, {"applications": (applied("submitted", **EOI),)}, "earlier_application.found", "pass"),
    (EARLIER, {"applications": (applied("withdrawn", **EOI),)}, "earlier_application.other_state", "fail"),
    (
        EARLIER,
        {"applications": (applied("withdrawn", **EOI), applied("draft", key="2", **EOI))},
        "earlier_application.found",
        "pass",
    ),
    (
        EARLIER,
        {"applications": (applied("draft", call="PORTFOLIO", stage="other"),)},
        "earlier_application.missing",
        "fail",
    ),
    (EARLIER.model_copy(update={"otherwise": "caveat"}), {}, "earlier_application.missing", "caveat"),
    (
        EarlierApplicationRule(states=("selected",)),
        {"applications": (applied("selected"),)},
        "earlier_application.found",
        "pass",
    ),
    (PopulationRule(min=1000, max=5000), {"population": 1000}, "population.within", "pass"),
    (PopulationRule(min=1000, max=5000), {"population": 5000}, "population.within", "pass"),
    (PopulationRule(min=1000), {"population": 999}, "population.below", "fail"),
    (PopulationRule(max=5000), {"population": 5001}, "population.above", "fail"),
    (PopulationRule(min=1000, otherwise="caveat"), {"population": 999}, "population.below", "caveat"),
    (PopulationRule(min=1000), {"population": None}, "population.unknown", "caveat"),
    (PopulationRule(max=5000), {"population": None}, "population.unknown", "caveat"),
    (PopulationRule(min=1000), {"population": 0}, "population.below", "fail"),
    (MEMBER, {"programmes": frozenset({"M4EG"})}, "network_member.member", "pass"),
    (MEMBER, {"programmes": frozenset({"OTHER"})}, "network_member.not_member", "caveat"),
    (NetworkMemberRule(programme="M4EG"), {}, "network_member.not_member", "fail"),
    (NoOverdueReportRule(), {}, "no_overdue_report.none", "pass"),
    (NoOverdueReportRule(), {"overdue_reports": ("G-1",)}, "no_overdue_report.overdue", "fail"),
    (
        NoOverdueReportRule(otherwise="caveat"),
        {"overdue_reports": ("G-1",)},
        "no_overdue_report.overdue",
        "caveat",
    ),
    (DECLARED, {"declarations": None}, "declaration.to_confirm", "caveat"),
    (DECLARED, {"declarations": frozenset()}, "declaration.unconfirmed", "fail"),
    (DECLARED, {"declarations": frozenset({"other"})}, "declaration.unconfirmed", "fail"),
    (DECLARED, {"declarations": frozenset({"ledp"})}, "declaration.confirmed", "pass"),
)
"""The rule, what is known beside ``FACTS``, the code of the finding and its verdict."""
