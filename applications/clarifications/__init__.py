"""Clarification: what staff ask about an application that was submitted, and what the applicant answered.

Its steps are in ``applications.lifecycle.clarifying``.
"""

from applications.clarifications.comparing import Compared, compared
from applications.clarifications.queries import asked_of, clarifications_for, intervals_of
from applications.clarifications.rules import may_ask

__all__ = ["Compared", "asked_of", "clarifications_for", "compared", "intervals_of", "may_ask"]
