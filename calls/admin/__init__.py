"""Programmes, their networks and calls, for staff."""

from calls.admin.call import CallAdmin
from calls.admin.enquiry import EnquiryAdmin
from calls.admin.programme import ProgrammeAdmin, ProgrammeMembershipAdmin
from calls.admin.waiver import WaiverAdmin

__all__ = ["CallAdmin", "EnquiryAdmin", "ProgrammeAdmin", "ProgrammeMembershipAdmin", "WaiverAdmin"]
