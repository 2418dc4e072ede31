"""Programmes, their networks and calls, for staff."""

from calls.admin.call import CallAdmin
from calls.admin.programme import ProgrammeAdmin, ProgrammeMembershipAdmin

__all__ = ["CallAdmin", "ProgrammeAdmin", "ProgrammeMembershipAdmin"]
