"""What a submission freezes, and the digest that proves it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.answers.sheet import Sheet

FORMAT = 1


@dataclass(frozen=True)
class FrozenFile:
    """A file as it was submitted."""

    question: str
    name: str
    kind: str
    size: int
    sha256: str
    token: str

    def record(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind, "size": self.size, "sha256": self.sha256, "token": self.token}


def snapshot_of(
    sheet: Sheet, files: Iterable[FrozenFile], *, number: str, sequence: int, municipality: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all that a submission says, fit for JSON and without a float: form, answers, files, amounts, applicant.

    Args:
        municipality: code, country and names of the applicant as the application was made under.
    """
    amounts = sheet.amounts
    lot = sheet.call.lot(sheet.lot)
    return {
        "format": FORMAT,
        "call": {"code": sheet.call.code, "title": sheet.call.title, "currency": sheet.call.currency},
        "stage": {"code": sheet.stage.code, "title": sheet.stage.title, "kind": sheet.stage.kind},
        "number": number,
        "sequence": sequence,
        "municipality": dict(municipality),
        "lot": {"code": lot.code, "title": lot.title} if lot else None,
        "form": [section.model_dump(mode="json", by_alias=True, exclude_defaults=True) for section in sheet.sections],
        "hidden": sorted(sheet.hidden),
        "answers": sheet.shown_answers,
        "files": _by_question(sheet, files),
        "amounts": {
            "requested": money_text(amounts.requested),
            "total_cost": money_text(amounts.total),
            "months": amounts.months,
        },
    }


def _by_question(sheet: Sheet, files: Iterable[FrozenFile]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        if file.question not in sheet.hidden:
            grouped.setdefault(file.question, []).append(file.record())
    return grouped


def money_text(amount: Decimal | None) -> str:
    """Return an amount as it is written into files: two places; nothing asked is 0.00."""
    return format(amount or Decimal(0), ".2f")


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """Return the one sequence of bytes that stands for a snapshot: keys sorted, no spaces, UTF-8."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(snapshot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a snapshot in hexadecimal; reading it back from the database gives the same."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()
