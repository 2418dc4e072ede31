"""Every change of state in the evaluation, one function each."""

from evaluation.lifecycle.assessments import (
    ScoreInput,
    complete_assessment,
    declare_conflict,
    declare_no_conflict,
    reopen_assessment,
    save_scores,
)
from evaluation.lifecycle.assignment import Plan, assign_assessor, assign_many, begin_consensus, plan_assignment
from evaluation.lifecycle.checks import record_check, record_checks, reject_entry
from evaluation.lifecycle.errors import CannotFreeze, Incomplete, NewerVersion, Refused
from evaluation.lifecycle.shortlists import freeze_shortlist, make_shortlist

__all__ = [
    "CannotFreeze",
    "Incomplete",
    "NewerVersion",
    "Plan",
    "Refused",
    "ScoreInput",
    "assign_assessor",
    "assign_many",
    "begin_consensus",
    "complete_assessment",
    "declare_conflict",
    "declare_no_conflict",
    "freeze_shortlist",
    "make_shortlist",
    "plan_assignment",
    "record_check",
    "record_checks",
    "reject_entry",
    "reopen_assessment",
    "save_scores",
]
