"""The JSON Schema of the call file, made from ``calls.spec``: for editors, and for other programs that write calls."""

import json
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from calls.spec import ColumnSpec, KIND_KEYS, CallFile, QuestionSpec

_MOMENT: Final = r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
_LANGUAGE: Final = "^[a-z]{2}$"


class _Schema(GenerateJsonSchema):
    """Numbers are numbers and moments are local, as they stand in the file."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        found: JsonSchemaValue = {"type": "number"}
        for limit, name in (("ge", "minimum"), ("gt", "exclusiveMinimum"), ("le", "maximum")):
            if schema.get(limit) is not None:
                found[name] = schema[limit]  # type: ignore[literal-required]
        return found

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": _MOMENT}
