"""What the applicant confirms in the form."""

from typing import ClassVar, Literal

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding
from calls.eligibility.rule import ListedRule, RuleWords
from calls.spec import CallSpec, Code, Text
from calls.spec.words import marked as _


class DeclarationRule(ListedRule):
    """The applicant confirms a statement."""

    identity_keys: ClassVar[tuple[str, ...]] = ("code",)

    rule: Literal["declaration"] = "declaration"
    code: Code
    text: Text

    words: ClassVar[RuleWords] = RuleWords(
        title=_("Statement to confirm"),
        explanation=_("The applicant confirms a statement of yours in the application form."),
        asks={},
        reasons={
            "to_confirm": _("To be confirmed in the application form."),
            "unconfirmed": _("This has not been confirmed in the application form."),
        },
        labels={"code": _("code"), "text": _("statement to confirm")},
    )

    @property
    def statement(self) -> tuple[str, Text]:
        return self.code, self.text

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """The statement is confirmed; before anyone was asked, it is something to be confirmed in the form."""
        if facts.declarations is None:
            return self.left_open("to_confirm", declaration=self.code)
        holds = self.code in facts.declarations
        return self.found("confirmed" if holds else "unconfirmed", holds=holds, declaration=self.code)
