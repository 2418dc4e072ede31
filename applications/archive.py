"""An archive (ZIP) that is written while it is sent: one file after another, none of them kept in memory.

Whoever opens it can check every file against the SHA-256 that the last one, the manifest, says.
"""

import hashlib
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import structlog
import zipstream

log = structlog.get_logger(__name__)

MANIFEST: Final = "manifest.json"
_FORMAT: Final = "manifest/1"
_LENGTH: Final = 80
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
)
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_PACKED: Final = (".pdf", ".jpg", ".jpeg", ".png", ".zip", ".docx", ".xlsx", ".odt", ".ods", ".webp", ".heic")


@dataclass(frozen=True)
class Item:
    """One file of an archive.

    Attributes:
        path: folders and name, parted by "/"; each part is made fit for every file system.
        content: called when its turn comes; returns the bytes in pieces. OSError where it cannot be read.
        sha256: what the content has to have, where that is known.
    """

    path: str
    content: Callable[[], Iterable[bytes]]
    sha256: str = ""


@dataclass(frozen=True)
class Written:
    """A file as it stands in the archive, in the manifest's words. ``fault`` says in English what is wrong with it."""

    name: str
    size: int
    sha256: str
    fault: str = ""


class Archive:
    """An archive on its way out. ``add`` and ``close`` yield the bytes to be sent."""

    def __init__(self) -> None:
        self._zip = zipstream.ZipStream()
        self._names: set[str] = set()
        self._written: list[Written] = []
        self._missing: list[Written] = []

    @property
    def faults(self) -> list[Written]:
        """What could not be put in, and what differs from what it should be."""
        return [*self._missing, *(one for one in self._written if one.fault)]

    def add(self, item: Item) -> Iterator[bytes]:
        """Put a file in. One that cannot be read is left out and named in the manifest: the others are worth having."""
        name = self._free_name(item.path)
        try:
            pieces = item.content()
        except OSError as error:
            self._missing.append(Written(name, 0, item.sha256, _fault(error)))
            log.warning("file left out of an archive", name=name, error=type(error).__name__)
            return
        packed = name.lower().endswith(_PACKED)
        method = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        self._zip.add(self._measured(name, pieces, item.sha256), name, compress_type=method)
        yield from self._zip.file()

    def close(self, about: dict[str, Any]) -> Iterator[bytes]:
        """Put the manifest in, which begins with ``about``, and end the archive."""
        manifest = {
            "format": _FORMAT,
            **about,
            "files": [_record(one) for one in self._written],
            "missing": [_record(one) for one in self._missing],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        self._zip.add(text, MANIFEST, compress_type=zipfile.ZIP_DEFLATED)
        yield from self._zip.finalize()

    def _measured(self, name: str, pieces: Iterable[bytes], expected: str) -> Iterator[bytes]:
        """Pass the pieces on. What was begun has to be ended: one that breaks off is named broken in the manifest."""
        digest, size, fault = hashlib.sha256(), 0, ""
        try:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece
        except OSError as error:
            fault = _fault(error)
        found = digest.hexdigest()
        if not fault and expected and found != expected:
            fault = f"its SHA-256 should be {expected}"
        if fault:
            log.error("file of an archive is broken", name=name, fault=fault)
        self._written.append(Written(name, size, found, fault))

    def _free_name(self, path: str) -> str:
        """Return the name under which a file goes in: fit for every file system, and told apart also without case."""
        folder, _slash, last = "/".join(safe_name(part) for part in path.split("/")).rpartition("/")
        stem, dot, extension = last.rpartition(".")
        stem, extension = (stem, f".{extension}") if dot and stem else (last, "")
        name, number = last, 1
        while (whole := f"{folder}/{name}" if folder else name).casefold() in self._names:
            number += 1
            name = f"{stem} ({number}){extension}"
        self._names.add(whole.casefold())
        return whole


def _record(one: Written) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value != ""}


def _fault(error: OSError) -> str:
    """Return what is wrong without saying where on our disk it is."""
    if isinstance(error, FileNotFoundError):
        return "not found"
    return "may not be opened" if isinstance(error, PermissionError) else "cannot be read"


def safe_name(name: str) -> str:
    """Return a name that Windows, macOS and Linux take: no sign they forbid, no name they reserve, not too long."""
    visible = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in unicodedata.normalize("NFC", name))
    clean = " ".join("".join("_" if sign in _FORBIDDEN else sign for sign in visible).split())
    stem, dot, extension = clean.rpartition(".")
    if dot and stem and len(extension) <= 8:
        clean = f"{stem[: _LENGTH - len(extension) - 1].rstrip('. ')}.{extension}"
    clean = clean[:_LENGTH].strip(" ").rstrip(".")
    if clean.partition(".")[0].lower() in _RESERVED:
        clean = f"_{clean}"
    return clean or "_"


def in_folder(folder: str, item: Item) -> Item:
    """Return the same file in a folder."""
    return replace(item, path=f"{folder}/{item.path}")


def of_bytes(content: bytes) -> Callable[[], Iterable[bytes]]:
    """Return the content of a file that is at hand."""
    return lambda: (content,)
