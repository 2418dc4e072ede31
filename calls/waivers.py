"""Waiving a rule of eligibility for one municipality, and taking a waiver back: by named staff, with a reason."""

from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls import sentences
from calls.eligibility import Facts, kinds, listed
from calls.models import Call, CallState, Waiver
from calls.queries import names_for
from calls.spec import CallSpec, Text
from calls.transfer import spec_of
from portal import clock, languages
from portal.accounts.models import MemberRole, Municipality, Person
from portal.accounts.queries import people_of
from portal.notices.lifecycle import enqueue_all
from portal.transitions import Refusal


class WaiverRefused(Refusal):
    """A rule cannot be waived, or a waiver not be taken back; the text says why, in the language of the reader."""


NOT_PUBLISHED: Final = _("A rule is waived while a call is published.")
OTHER_COUNTRY: Final = _("The call is not for this municipality's country, and that cannot be waived.")
MERGED: Final = _("The municipality has merged into another one: waive the rule for that one.")
NO_SUCH_RULE: Final = _("The call has no such rule.")
IN_FORCE: Final = _("This rule is waived for the municipality already.")
REVOKED: Final = _("This waiver was revoked already.")
NO_REASON: Final = _("Say why: it stays on record.")


@transaction.atomic
def grant_waiver(call: Call, municipality: Municipality, rule: str, *, reason: str, by: Person | None) -> Waiver:
    """Waive a rule that a call lists for one municipality: where it fails, it becomes a caveat.

    What follows from the call itself (country, region, limits, merger, suspension, invitation) cannot be waived.

    Args:
        rule: the identity of the rule (``calls.spec.Rule.identity``).
        reason: for the record of the programme's staff; the municipality does not see it.
        by: who grants; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: the waiver, on record; a notice to the heads and editors of the municipality.

    Raises:
        WaiverRefused: the call is not published, is not for this municipality or has no such rule, the rule is waived
            already, or no reason is given.
    """
    # Whoever waives the same rule at the same moment waits here, and then finds the waiver.
    locked: Call = Call.objects.select_for_update().get(pk=call.pk)
    spec = spec_of(locked)
    if refusal := _refusal(locked, spec, municipality, rule, reason):
        raise WaiverRefused(refusal)
    waiver = Waiver.objects.create(
        call=locked,
        municipality=municipality,
        rule=rule,
        reason=reason.strip(),
        granted_by=by,
        granted_at=clock.now(),
    )
    _tell(waiver, spec, "waiver")
    return waiver


def _refusal(call: Call, spec: CallSpec, municipality: Municipality, rule: str, reason: str) -> "str | Promise | None":
    """Return why a rule cannot be waived; None where it can."""
    if call.state != CallState.PUBLISHED:
        return NOT_PUBLISHED
    if municipality.merged_into_id is not None:
        return MERGED
    if municipality.country_id not in spec.countries:
        return OTHER_COUNTRY
    if rule not in {listed_rule.identity for listed_rule in spec.eligibility}:
        return NO_SUCH_RULE
    if not reason.strip():
        return NO_REASON
    taken = Waiver.objects.in_force().filter(call=call, municipality=municipality, rule=rule).exists()
    return IN_FORCE if taken else None


@transaction.atomic
def revoke_waiver(waiver: Waiver, *, reason: str, by: Person | None) -> Waiver:
    """Take a waiver back: from now on the rule holds for the municipality as for all others.

    What was submitted in the meantime stays as it was recorded.

    Args:
        reason: for the record of the programme's staff; the municipality does not see it.
        by: who revokes; the caller has asked ``rules.may_prepare``. None for the portal itself.

    Effects: the waiver ends, on record; a notice to the heads and editors of the municipality.

    Raises:
        WaiverRefused: it was revoked already, or no reason is given.
    """
    locked: Waiver = (
        Waiver.objects.select_for_update(of=("self",)).select_related("call", "municipality").get(pk=waiver.pk)
    )
    if locked.revoked_at is not None:
        raise WaiverRefused(REVOKED)
    if not reason.strip():
        raise WaiverRefused(NO_REASON)
    locked.revoked_at, locked.revoked_by, locked.revocation_reason = clock.now(), by, reason.strip()
    locked.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    _tell(locked, spec_of(locked.call), "waiver_revoked")
    return locked


def _tell(waiver: Waiver, spec: CallSpec, kind: str) -> None:
    people = people_of(waiver.municipality, MemberRole.HEAD, MemberRole.EDITOR)
    asked, key = rules_in_words(spec).get(waiver.rule, {}), waiver.municipality_id

    def context(person: Person) -> dict[str, Any]:
        own = {"waiver": waiver, "call": waiver.call, "municipality": waiver.municipality, "key": str(key)}
        return {**own, "rule": languages.said(asked, person.language)}

    enqueue_all(kind, people, lambda person: f"{kind}:{person.pk}:{waiver.pk}", context)


# Waivers and rules in words


def rules_in_words(spec: CallSpec) -> dict[str, Text]:
    """Return what each rule that a call lists asks, in the call's languages, by its identity."""
    found = listed(spec, Facts(country="", day=clock.now().date()))
    worded = sentences.in_words(found, spec, names_for(found, spec))
    return {rule.identity: finding.text for rule, finding in zip(spec.eligibility, worded, strict=True)}


def kind_in_words(identity: str) -> str:
    """Return the kind of a rule by its identity, with what tells it from the next of its kind; no query."""
    name, _colon, rest = identity.partition(":")
    kind = kinds().get(name)
    title = str(_(kind.words.title)) if kind else name
    return " · ".join(part for part in (title, *rest.split(":")) if part)
