"""Who asks for a clarification."""

from typing import Any

from portal.accounts.models import Role


def may_ask(person: Any) -> bool:
    """Whether the person asks for clarifications and takes them back: who runs the checks, and nobody for a country.

    A request stops the clock of the whole stage for an application, so it is for those who run the evaluation.
    """
    return bool(person.is_authenticated and person.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER))
