"""A statement whose rule is waived may stay unconfirmed; the submission records that."""

import pytest

from applications.lifecycle import save_section, submit_application
from applications.queries import dossier_of
from applications.refusals import NotComplete
from calls.waivers import grant_waiver
from portal import clock as portal_clock
from tests.applications.helpers import fill
from tests.factories import make_call, make_draft, make_member, make_municipality

pytestmark = pytest.mark.django_db


def test_a_waived_statement_may_stay_unconfirmed() -> None:
    call, municipality = make_call(), make_municipality()
    head = make_member(municipality, "head")
    entry = fill(make_draft(call, municipality, by=head), head)
    version = dossier_of(entry).version("basics")
    save_section(entry, "basics", {"declaration.ledp": ""}, version, by=head)
    with pytest.raises(NotComplete):
        submit_application(entry, by=head, received_at=portal_clock.now())
    grant_waiver(call, municipality, "declaration:ledp", reason="The plan is in the council", by=None)
    submitted = submit_application(entry, by=head, received_at=portal_clock.now())
    found = {finding["rule"]: finding for finding in submitted.eligibility["findings"]}["declaration"]
    assert (found["code"], found["verdict"]) == ("declaration.waived", "caveat")
    assert found["detail"]["without_waiver"] == "declaration.unconfirmed"
    assert "Waived by the programme" in found["reason"]["en"]
