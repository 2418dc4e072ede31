"""Why something cannot be done now. The text of each is for people; nothing typed is lost by any of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.answers import Problem

if TYPE_CHECKING:
    from calls.queries import Right


class Refused(Exception):
    """Something that the rules do not allow now."""


class NotOpen(Refused):
    """The call or the stage takes no applications."""

    def __init__(self) -> None:
        super().__init__(_("This stage of the call does not take applications now."))


class TooLate(Refused):
    """The request arrived after the deadline."""

    def __init__(self, received_at: datetime, deadline: datetime) -> None:
        super().__init__(
            _("The deadline has passed, so the application could not be submitted. All that was typed is kept.")
        )
        self.received_at = received_at
        self.deadline = deadline


class NotAcknowledged(Refused):
    """The call was changed, and nobody who writes has taken note of it; ``number`` is that of the last corrigendum."""

    def __init__(self, number: int) -> None:
        text = _("The call was changed. Please read corrigendum No %(number)s and confirm that, then submit again.")
        super().__init__(text % {"number": number})
        self.number = number


class NotEligible(Refused):
    """The municipality may not apply; ``right`` says why, rule by rule."""

    def __init__(self, right: "Right") -> None:
        super().__init__(_("The municipality may not apply in this call. The reasons are given below."))
        self.right = right


class NotComplete(Refused):
    """Answers are missing or cannot stand."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("The application could not be submitted yet: some answers are missing or need correction."))
        self.problems = tuple(problems)


class NoLot(Refused):
    """The call has lots, and none of them was chosen, or one that it does not have."""

    def __init__(self) -> None:
        super().__init__(_("Please choose a lot."))


class LotTaken(Refused):
    """The municipality has another application in that lot already."""

    def __init__(self) -> None:
        super().__init__(_("The municipality already has an application in this lot."))


class NotADraft(Refused):
    """It was submitted or withdrawn in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("This application is no longer a draft, so its answers cannot be changed."))


class FixedAnswer(Refused):
    """The answer was settled by the earlier stage, or is not among those that are to be clarified."""

    def __init__(self) -> None:
        super().__init__(_("This answer is fixed and cannot be changed now."))


class NotYours(Refused):
    """The stage has it that somebody else of the municipality confirms and submits."""

    def __init__(self) -> None:
        super().__init__(_("In this call only the head of the municipality confirms and submits."))
