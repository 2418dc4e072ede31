"""The kinds of rules that calls can list: one module each.

A new kind is one class here, one entry in ``KINDS``, and its examples in ``tests/calls/rule_examples.py``. See
docs/call-file.md, "Adding to the format".
"""

from typing import Final

from calls.eligibility.kinds.declaration import DeclarationRule
from calls.eligibility.kinds.earlier_application import EarlierApplicationRule
from calls.eligibility.kinds.network_member import NetworkMemberRule
from calls.eligibility.kinds.no_overdue_report import NoOverdueReportRule
from calls.eligibility.kinds.population import PopulationRule
from calls.eligibility.rule import ListedRule, register_rule

KINDS: Final[tuple[type[ListedRule], ...]] = (
    EarlierApplicationRule,
    PopulationRule,
    NetworkMemberRule,
    NoOverdueReportRule,
    DeclarationRule,
)
"""In the order in which the format, error lines and forms name them."""

for kind in KINDS:
    register_rule(kind)

__all__ = [
    "KINDS",
    "DeclarationRule",
    "EarlierApplicationRule",
    "NetworkMemberRule",
    "NoOverdueReportRule",
    "PopulationRule",
]
