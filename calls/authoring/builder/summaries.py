"""Lines of a question as one text: to see whether somebody else changed them meanwhile, and to show it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError


def typed_line(line: Any, languages: Sequence[str]) -> dict[str, Any]:
    """What was typed in a line, as it would be kept."""
    line.is_valid()
    try:
        kept: dict[str, Any] = line.spec().model_dump(mode="json", exclude_defaults=True)
    except (KeyError, ValidationError):
        return {"code": line["was"].value()}
    return kept


def summary(lines: Sequence[Mapping[str, Any]]) -> str:
    """Lines as one text, to compare them and to show them."""
    return "; ".join(_line_text(line) for line in lines)


def _line_text(line: Mapping[str, Any]) -> str:
    said = []
    for name, value in sorted(line.items()):
        if isinstance(value, Mapping):
            said.append(" / ".join(str(words) for _language, words in sorted(value.items())))
        elif isinstance(value, list | tuple):
            said.append(f"[{summary(value)}]")
        elif isinstance(value, Decimal):
            said.append(f"{value.normalize():f}")
        elif value is not None:
            said.append(str(name) if value is True else str(value))
    return ", ".join(said)
