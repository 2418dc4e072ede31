"""Why a step of the evaluation is refused. Every text is for people."""

from collections.abc import Sequence


class Refused(Exception):
    """The step is not possible now; its text says why."""


class NewerVersion(Refused):
    """Somebody, perhaps the same person in another window, has saved since this page was opened."""


class Incomplete(Refused):
    """An assessment lacks what completing it needs: ``faults`` holds (criterion code, message)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _code, message in faults))
        self.faults = tuple(faults)


class CannotFreeze(Refused):
    """A shortlist cannot be frozen yet: ``obstacles`` has one text for each reason."""

    def __init__(self, obstacles: Sequence[str]) -> None:
        super().__init__(" ".join(obstacles))
        self.obstacles = tuple(obstacles)
