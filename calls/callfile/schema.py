"""The JSON Schema of the call file, made from ``calls.spec``: for editors and for other programs."""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from calls.eligibility import kinds
from calls.spec import KIND_KEYS, NEEDED_KEYS, CallFile, ColumnSpec, QuestionSpec, Strict

_MOMENT: Final = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
_LANGUAGE: Final = "^[a-z]{2}$"
_LIMITS: Final = (("ge", "minimum"), ("gt", "exclusiveMinimum"), ("le", "maximum"))


class _Generator(GenerateJsonSchema):
    """Numbers are numbers and moments are local, as they stand in the file."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        limits = {name: _number(schema[key]) for key, name in _LIMITS if key in schema}  # type: ignore[literal-required]
        return {"type": "number", **limits}

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": _MOMENT}


def schema_text() -> str:
    """The JSON Schema (draft 2020-12) as it is published under docs/, with a last line break."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of a whole call file."""
    made: dict[str, Any] = _tidy(CallFile.model_json_schema(schema_generator=_Generator))
    parts = made["$defs"]
    parts["Text"] = {
        "description": "A text for people, by language.",
        "type": "object",
        "propertyNames": {"pattern": _LANGUAGE},
        "additionalProperties": {"type": "string", "minLength": 1},
    }
    for rule in kinds().values():
        parts[rule.__name__]["required"] = ["rule", *parts[rule.__name__].get("required", [])]
    for model in (QuestionSpec, ColumnSpec):
        parts[model.__name__]["allOf"] = _kinds(model, parts[model.__name__]["properties"]["kind"]["enum"])
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Call file, format 1",
        "description": "A whole call for proposals. What a schema cannot say is in call-file.md.",
    }
    return {**head, **made}


def _kinds(model: type[Strict], kinds: list[str]) -> list[dict[str, Any]]:
    """For each group of kinds with the same keys, those keys and the one they cannot do without."""
    groups: dict[tuple[tuple[str, ...], str | None], list[str]] = defaultdict(list)
    for kind in kinds:
        groups[tuple(sorted(model.keys(kind))), NEEDED_KEYS.get(kind)].append(kind)
    return [
        {
            "if": {"properties": {"kind": {"enum": group}}},
            "then": {"propertyNames": {"enum": list(keys)}, **({"required": [needed]} if needed else {})},
        }
        for (keys, needed), group in groups.items()
        if set(group) <= KIND_KEYS.keys()
    ]


def _tidy(part: Any) -> Any:
    """Without generated titles, with patterns and defaults that any validator understands."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidy(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(tidy.get("pattern"), str):
        tidy["pattern"] = tidy["pattern"].replace(r"\A", "^").replace(r"\z", "$")
    if tidy.get("additionalProperties") == {"type": "string"}:
        default = {"default": tidy["default"]} if "default" in tidy else {}
        return {"$ref": "#/$defs/Text", **default}
    if tidy.get("type") == "number" and "default" in tidy:
        tidy["default"] = _number(Decimal(tidy["default"]))
    return tidy


def _number(value: Decimal | int) -> int | float:
    return int(value) if value == int(value) else float(value)
