"""Whether the municipality owes a report on an earlier grant."""

from typing import ClassVar, Literal

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding
from calls.eligibility.rule import ListedRule, RuleWords
from calls.spec import CallSpec
from calls.spec.words import marked as _


class NoOverdueReportRule(ListedRule):
    """No report on an earlier grant of the municipality is overdue."""

    private: ClassVar[bool] = True

    rule: Literal["no_overdue_report"] = "no_overdue_report"

    words: ClassVar[RuleWords] = RuleWords(
        title=_("No overdue report"),
        explanation=_("The municipality owes no report on a grant that it was given earlier."),
        asks={"": _("No report on an earlier grant is overdue")},
        reasons={"overdue": _("Overdue: %(reports)s.")},
    )

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """No report on an earlier grant is overdue."""
        overdue = sorted(facts.overdue_reports)
        return self.found("overdue" if overdue else "none", holds=not overdue, reports=overdue)
