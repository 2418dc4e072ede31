"""Files that somebody brings to be checked, read without trusting them: a receipt as JSON or inside its PDF, or an
application as JSON. Whatever they hold, at most ``MOST_BYTES`` are looked at, and nothing in them is run or opened."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from applications.receipts.seal import FORMAT, Seal

MOST_BYTES: Final = 5 * 1024 * 1024
RECEIPT_BYTES: Final = 16 * 1024
_STREAMS: Final = 3000
"""How many parts of a PDF are looked into."""
_TEXTS: Final = ("format", "call", "stage", "number", "received_at", "digest")
_SIGNS: Final = 100


class Unreadable(Exception):
    """A file is neither a receipt nor an application of this portal. ``code`` says in which way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt as the file tells it. ``seal`` is None where the file has none."""

    record: Mapping[str, Any]
    seal: Seal | None


@dataclass(frozen=True)
class ApplicationFile:
    """An application as JSON: the digest of the file as it is, and the number that it gives itself."""

    digest: str
    number: str


def read(content: bytes) -> ReceiptFile | ApplicationFile:
    """Return what a file is.

    Raises:
        Unreadable: ``empty``, ``too_large``, ``pdf_without_receipt``, ``other_format`` (neither PDF nor JSON) or
            ``other_json``.
    """
    if not content:
        raise Unreadable("empty")
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large")
    if content.lstrip()[:5] == b"%PDF-":
        return _in_pdf(content)
    found = _parsed(content)
    if found is None:
        raise Unreadable("other_format")
    if "receipt" in found:
        return _receipt(found)
    number = found.get("number")
    if "form" in found and "answers" in found and _is_text(number):
        return ApplicationFile(hashlib.sha256(content).hexdigest(), str(number))
    raise Unreadable("other_json")


def _parsed(content: bytes) -> Mapping[str, Any] | None:
    """Return the object that a JSON text holds, None for anything else."""
    try:
        found = json.loads(content, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refused(name: str) -> None:
    raise ValueError(name)


def _receipt(found: Mapping[str, Any]) -> ReceiptFile:
    record = found["receipt"]
    if not isinstance(record, dict) or not _is_record(record):
        raise Unreadable("other_json")
    seal = found.get("seal")
    if not isinstance(seal, dict):
        return ReceiptFile(record, None)
    return ReceiptFile(record, Seal(_short(seal.get("signature")), _short(seal.get("public_key"))))


def _is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has exactly what a receipt says, in the right kinds."""
    sequence = record.get("sequence")
    return (
        set(record) == {*_TEXTS, "sequence"}
        and all(_is_text(record[name]) for name in _TEXTS)
        and isinstance(sequence, int)
        and not isinstance(sequence, bool)
        and 0 < sequence < 32768
        and record["format"] == FORMAT
    )


def _is_text(value: Any) -> bool:
    """Whether a value is a short text that a database can be asked for: no NUL and no half of a character in it."""
    return isinstance(value, str) and len(value) <= _SIGNS and value.isprintable()


def _short(text: Any) -> str:
    return text if isinstance(text, str) and len(text) <= _SIGNS else ""


def _in_pdf(content: bytes) -> ReceiptFile:
    """Return the receipt that is kept inside a PDF, whatever program wrote the PDF anew."""
    for part in _streams(content):
        if part.lstrip()[:1] == b"{" and (found := _parsed(part)) is not None and "receipt" in found:
            return _receipt(found)
    raise Unreadable("pdf_without_receipt")


def _streams(content: bytes) -> Iterator[bytes]:
    """Yield the beginning of each part of a PDF, unpacked as far as a receipt can be long."""
    place = 0
    for _part in range(_STREAMS):
        begin = content.find(b"stream", place)
        end = content.find(b"endstream", begin)
        if begin < 0 or end < 0:
            return
        raw = content[begin + len(b"stream") : end].lstrip(b"\r\n")
        yield _unpacked(raw)
        place = end + len(b"endstream")


def _unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw, RECEIPT_BYTES)
    except zlib.error:
        return raw[:RECEIPT_BYTES]
