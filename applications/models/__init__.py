"""Applications and all that belongs to them."""

from applications.models.answers import AnswersVersion, Attachment, Reuse, SectionAnswers
from applications.models.application import (
    ENTRY_TRANSITIONS,
    WITHOUT_SUBMISSION,
    Application,
    ApplicationQuerySet,
    EntryState,
    NumberSeries,
    StageEntry,
    StageEntryQuerySet,
)
from applications.models.clarification import CLARIFICATION_TRANSITIONS, Clarification, ClarificationState
from applications.models.submission import Acknowledgement, Submission
from applications.models.together import Helper, HelperQuerySet, Remark

__all__ = [
    "CLARIFICATION_TRANSITIONS",
    "ENTRY_TRANSITIONS",
    "WITHOUT_SUBMISSION",
    "Acknowledgement",
    "AnswersVersion",
    "Application",
    "ApplicationQuerySet",
    "Attachment",
    "Clarification",
    "ClarificationState",
    "EntryState",
    "Helper",
    "HelperQuerySet",
    "NumberSeries",
    "Remark",
    "Reuse",
    "SectionAnswers",
    "StageEntry",
    "StageEntryQuerySet",
    "Submission",
]
