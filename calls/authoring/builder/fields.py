"""Fields that only questions need."""

from typing import Any

from calls.authoring.fields import NumberField


class SignedField(NumberField):
    """A number with at most four decimals that may lie below zero: the least or the greatest answer."""

    signed = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 4, **kwargs})
