"""JSON read without loss: no floats, no NaN, and a key given twice is remembered instead of overwritten."""

import json
from decimal import Decimal, InvalidOperation

LONGEST_WHOLE_NUMBER = 4000  # digits; Python refuses to convert somewhat longer ones


class JsonObject(dict[str, object]):
    """A JSON object that knows which of its keys were `repeated`."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = sorted({key for key in keys if keys.count(key) > 1}) if len(keys) > len(self) else []


def decimal_number(text: str) -> Decimal:
    """A JSON number as Decimal; NaN if its exponent is beyond all measure, so that its reader refuses it."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def whole_number(text: str) -> int | Decimal:
    """A JSON number without fraction and exponent."""
    return int(text) if len(text) <= LONGEST_WHOLE_NUMBER else Decimal(text)


def read_json(data: bytes) -> object:
    """The value of a JSON text in UTF-8: objects as `JsonObject`, numbers as int or Decimal.

    `NaN` and `Infinity`, which are not JSON but widely written, become Decimals that are not finite: the
    reader of the value refuses them where they stand. Raises ValueError for what is not JSON in UTF-8.
    """
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=JsonObject,
            parse_float=decimal_number,
            parse_int=whole_number,
            parse_constant=Decimal,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
