"""Applications for staff: to find and to read. What changes them is elsewhere, by actions only."""

from applications.admin.application import ApplicationAdmin
from applications.admin.clarification import ClarificationAdmin
from applications.admin.entry import StageEntryAdmin
from applications.admin.findable import READERS, Findable

__all__ = ["READERS", "ApplicationAdmin", "ClarificationAdmin", "Findable", "StageEntryAdmin"]
