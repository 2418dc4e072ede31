from calls.models.call import (
    CALL_TRANSITIONS,
    Call,
    CallDocument,
    CallState,
    EligibilityRule,
    Lot,
    Objective,
    Priority,
    Programme,
    ProgrammeMembership,
)
from calls.models.corrigendum import Corrigendum
from calls.models.enquiry import (
    ANSWER_TRANSITIONS,
    ENQUIRY_TRANSITIONS,
    AnswerCorrection,
    AnswerState,
    Enquiry,
    EnquiryAnswer,
    EnquiryState,
)
from calls.models.extension import Extension
from calls.models.following import CallAnnouncement, CallSubscription, SavedSearch
from calls.models.publication import WarningOverride
from calls.models.search import CallSearch
from calls.models.stage import (
    CheckItem,
    Criterion,
    FormSection,
    Grid,
    GridSection,
    Question,
    Stage,
)
from calls.models.waiver import Waiver

__all__ = [
    "ANSWER_TRANSITIONS",
    "CALL_TRANSITIONS",
    "ENQUIRY_TRANSITIONS",
    "AnswerCorrection",
    "AnswerState",
    "Call",
    "CallAnnouncement",
    "CallDocument",
    "CallSearch",
    "CallState",
    "CallSubscription",
    "CheckItem",
    "Corrigendum",
    "Criterion",
    "EligibilityRule",
    "Enquiry",
    "EnquiryAnswer",
    "EnquiryState",
    "Extension",
    "FormSection",
    "Grid",
    "GridSection",
    "Lot",
    "Objective",
    "Priority",
    "Programme",
    "ProgrammeMembership",
    "Question",
    "SavedSearch",
    "Stage",
    "Waiver",
    "WarningOverride",
]
