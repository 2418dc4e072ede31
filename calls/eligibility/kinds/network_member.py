"""Whether the municipality belongs to the network of a programme."""

from typing import ClassVar, Literal

from calls.eligibility.facts import Facts
from calls.eligibility.findings import Finding
from calls.eligibility.rule import ListedRule, RuleWords
from calls.spec import CallSpec, LotCode
from calls.spec.words import marked as _


class NetworkMemberRule(ListedRule):
    """The municipality is a member of the named programme."""

    identity_keys: ClassVar[tuple[str, ...]] = ("programme",)

    rule: Literal["network_member"] = "network_member"
    programme: LotCode

    words: ClassVar[RuleWords] = RuleWords(
        title=_("Member of a network"),
        explanation=_("The municipality belongs to the network of the programme on the day."),
        asks={"": _("The municipality is a member of the network: %(programme)s")},
        reasons={"not_member": _("The municipality is not a member of the network.")},
        labels={"programme": _("programme")},
        names={"programme": "programme"},
    )

    def check(self, call: CallSpec, facts: Facts) -> Finding:
        """The municipality is a member of the programme's network on the day."""
        holds = self.programme in facts.programmes
        return self.found("member" if holds else "not_member", holds=holds, programme=self.programme)
