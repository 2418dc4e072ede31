"""Who may do what with grants."""

from typing import Any

from portal.accounts.models import Role


def may_award(person: Any) -> bool:
    """Those who run the programme award; a country office and an auditor only read."""
    return bool(person.is_authenticated and person.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER))
