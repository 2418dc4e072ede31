"""Changing a call after publication: working copies, their review, and corrigenda. See docs/corrigenda.md."""

from calls.corrigenda.copies import (
    CopyIsGone,
    NotAmendable,
    begin_changes,
    discard_changes,
    renew_copy,
)
from calls.corrigenda.lifecycle import (
    ChangesRefused,
    CopyHasFaults,
    NothingChanged,
    StaleCopy,
    SummaryMissing,
    apply_harmless,
    digest_of,
    extend_deadline,
    issue_corrigendum,
)
from calls.corrigenda.review import Review, review_of

__all__ = [
    "ChangesRefused",
    "CopyHasFaults",
    "CopyIsGone",
    "NotAmendable",
    "NothingChanged",
    "Review",
    "StaleCopy",
    "SummaryMissing",
    "apply_harmless",
    "begin_changes",
    "digest_of",
    "discard_changes",
    "extend_deadline",
    "issue_corrigendum",
    "renew_copy",
    "review_of",
]
