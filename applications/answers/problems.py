"""What is wrong with an answer, as plain values; ``applications.messages`` has the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.numbers import Unreadable

__all__ = ["Problem", "Unreadable"]


@dataclass(frozen=True)
class Problem:
    """One thing that stands between a draft and its submission.

    Attributes:
        code: which sentence says it.
        target: the field to go to; within a question that has several, ``KEY.0-COLUMN`` and the like.
        key, section: where the question is; an empty section is the application as a whole.
        missing: nothing was answered yet, as against an answer that cannot stand.
    """

    code: str
    target: str = ""
    key: str = ""
    section: str = ""
    missing: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)

    def of(self, section: str, key: str) -> "Problem":
        """Return the same problem placed at a question."""
        return replace(self, section=section, key=key, target=self.target or key)

    def at(self, target: str) -> "Problem":
        """Return the same problem at one of a question's fields."""
        return replace(self, target=target)
