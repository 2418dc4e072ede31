"""What the pages of the evaluation show, starting from what the person may see."""

from evaluation.assembly import grid_lines
from evaluation.queries.clarified import Clarified, clarified
from evaluation.queries.ranking import LotTable, RankingPage, RankingRow, ranking_page
from evaluation.queries.shortlists import ShortlistPage, shortlist_for, shortlist_page
from evaluation.queries.stages import (
    UNSEEN,
    EntryFilter,
    assessors,
    checklist,
    entries_of,
    entry_for,
    lots_of_stage,
    stage_for,
    stages_for,
)
from evaluation.queries.work import (
    assessment_for,
    given_scores,
    my_work,
    next_after,
    others_scores,
)

__all__ = [
    "UNSEEN",
    "Clarified",
    "EntryFilter",
    "LotTable",
    "RankingPage",
    "RankingRow",
    "ShortlistPage",
    "assessment_for",
    "assessors",
    "checklist",
    "clarified",
    "entries_of",
    "entry_for",
    "given_scores",
    "grid_lines",
    "lots_of_stage",
    "my_work",
    "next_after",
    "others_scores",
    "ranking_page",
    "shortlist_for",
    "shortlist_page",
    "stage_for",
    "stages_for",
]
