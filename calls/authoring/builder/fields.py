"""Fields that only questions need."""

from decimal import Decimal
from typing import Any

from calls.authoring.fields import NumberField

_MINUS = ("-", "\N{MINUS SIGN}")


class SignedField(NumberField):
    """A number with at most four decimals that may lie below zero: the least or the greatest answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 4, **kwargs})

    def to_python(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str) and text.startswith(_MINUS):
            found = super().to_python(text[1:])
            return None if found is None else -found
        return super().to_python(text)

    def prepare_value(self, value: Any) -> Any:
        """Numbers in settings are kept as text; they are shown as numbers."""
        if isinstance(value, Decimal | int) and value < 0:
            return f"-{super().prepare_value(-value)}"
        return super().prepare_value(value)
