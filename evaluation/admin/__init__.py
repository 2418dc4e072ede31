"""The evaluation's pages in the administration."""

from evaluation.admin.assessments import AssessmentAdmin
from evaluation.admin.shortlists import ShortlistAdmin

__all__ = ["AssessmentAdmin", "ShortlistAdmin"]
