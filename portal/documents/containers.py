"""Office files, which are archives: what one is, and whether it is safe to keep and to open."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from portal.documents import foreign
from portal.documents.foreign import MACROS, PASSWORD
from portal.documents.refusals import UploadRefused

_ENTRIES = 5_000
_UNPACKED = 300 << 20
_RATIO = 200
_SMALL = 10 << 20
_READ = 1 << 20
_NESTED = 20 << 20

_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_ODF_KINDS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "content.xml", "ods": "content.xml"}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".cab", ".iso")
_PROGRAMS = (
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".bat",
    ".cmd",
    ".ps1",
    ".vbs",
    ".js",
    ".jar",
    ".hta",
    ".lnk",
    ".msi",
    ".sh",
)
_WITH_MACROS = (".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".xlam", ".ppam")
_OFFICE = (".docx", ".xlsx", ".pptx")
# Parts that an Office program would fetch from elsewhere as soon as the file is opened.
_FETCHED = re.compile(
    rb"""<Relationship\b(?=[^>]*TargetMode=["']External["'])(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument|aFChunk)["'])"""
    rb"""[^>]*Target=["'](?:https?:|ftp:|mhtml:|\\\\|file:(?:/{0,3}\\\\|//[^/]|/{4}))""",
    re.IGNORECASE,
)
_PACKAGED = "\x01Ole10Native".encode("utf-16-le")

_DAMAGED = _("The file is damaged or not complete. Please save it again.")
_SWELLING = _("The file would swell to an unreasonable size when opened, and is not accepted.")
_MANY = _("The file is made of %(count)s parts, far more than a document has. Please save it anew.")
_OVERLAPPING = _("Parts of the file lie over one another, as in files made to do harm. Please save it anew.")
_TWICE = _("Two parts of the file have the same name, so it can be read in two ways. Please save it anew.")
_OUTSIDE = _("A part of the file has a name that leads outside it, as in files made to do harm. Please save it anew.")
_FAR = _("The file fetches a part of itself from the internet when opened. Please save it without the linked template.")
_INSIDE = _("The file carries other files inside (%(name)s). Please save them and upload each on its own.")
_PROGRAM = _("The file carries a program inside (%(name)s). Please remove it, and have the computer checked.")
_ENTITIES = _("The file holds definitions that no Office program writes, made to swell it. Please save it anew.")


def raw(file: File[Any]) -> BinaryIO:
    """Return the binary stream behind a file."""
    return cast("BinaryIO", file.file)


def office_code(file: File[Any]) -> str | None:
    """Return docx, xlsx, pptx, odt or ods for an Office file, None for another archive.

    Raises UploadRefused for an archive that is damaged, has a password, carries macros, or is made to swell.
    """
    with _opened(raw(file)) as archive:
        _check_structure(archive, file.size or 0)
        names = set(archive.namelist())
        if "[Content_Types].xml" in names:
            return _whole(_ooxml_code(archive), names)
        if "mimetype" in names:
            return _whole(_ODF_KINDS.get(_read(archive, "mimetype").strip()), names)
    return None


def check(file: File[Any]) -> None:
    """Raise UploadRefused for an Office file with something in it that a document does not need, or whose parts do
    not unpack as they say.
    """
    with _opened(raw(file)) as archive:
        foreign.refuse_wrapped(archive)
        for entry in archive.infolist():
            _check_name(entry.filename)
            with archive.open(entry) as part:
                _check_part(entry, part)


def _whole(code: str | None, names: set[str]) -> str | None:
    """Return the code; what says that it is of a kind must have the parts of that kind."""
    if code and not any(name.startswith(_FOLDERS[code]) for name in names):
        raise UploadRefused(_DAMAGED)
    return code


def _ooxml_code(archive: zipfile.ZipFile) -> str | None:
    types = _read(archive, "[Content_Types].xml")
    if b"macroEnabled" in types or b"vnd.ms-office.vbaProject" in types:
        raise UploadRefused(MACROS)
    return next((code for part, code in _MAIN_PARTS.items() if part in types), None)


def _check_name(name: str) -> None:
    """Judge a part by its name."""
    lowered = name.lower()
    if lowered.endswith(("vbaproject.bin", "vbadata.xml", *_WITH_MACROS)) or lowered.startswith(
        ("basic/", "scripts/", "macros/", "xl/macrosheets/", "word/activex/", "xl/activex/", "ppt/activex/")
    ):
        raise UploadRefused(MACROS)
    if lowered.endswith(_PROGRAMS):
        raise UploadRefused(_PROGRAM, name=name.rpartition("/")[2])
    if lowered.endswith(_ARCHIVES):
        raise UploadRefused(_INSIDE, name=name.rpartition("/")[2])


def _check_part(entry: zipfile.ZipInfo, part: Any) -> None:
    """Read a part to its end, so that a false sum or size shows; look into those that can hold something else."""
    name = entry.filename.lower()
    start: bytes = part.read(_READ)
    if name.endswith((".xml", ".rels")):
        _check_xml(name, start)
    if "/embeddings/" in name or name.endswith(_OFFICE):
        start += part.read(_NESTED)
        _check_embedded(entry.filename, start)
    while part.read(_READ):
        pass


def _check_xml(name: str, start: bytes) -> None:
    plain = start.replace(b"\0", b"")  # UTF-16 too
    if b"<!ENTITY" in plain:
        raise UploadRefused(_ENTITIES)
    if name.endswith(".rels") and _FETCHED.search(plain):
        raise UploadRefused(_FAR)
    if name == "meta-inf/manifest.xml" and b"encryption-data" in plain:
        raise UploadRefused(PASSWORD)


def _check_embedded(name: str, content: bytes) -> None:
    """Judge what was put into a document: workbooks behind charts are fine, anything packed in is not."""
    shown = name.rpartition("/")[2]
    if _PACKAGED in content:
        raise UploadRefused(_INSIDE, name=shown)
    if content.startswith((b"MZ", b"\x7fELF")):
        raise UploadRefused(_PROGRAM, name=shown)
    if content.startswith(b"PK"):
        with _opened(io.BytesIO(content)) as archive:
            _check_structure(archive, len(content))
            if "[Content_Types].xml" not in archive.namelist():
                raise UploadRefused(_INSIDE, name=shown)
            _ooxml_code(archive)
            for inner in archive.namelist():
                _check_name(inner)


def _check_structure(archive: zipfile.ZipFile, size: int) -> None:
    """Judge an archive by its directory, before anything is unpacked."""
    entries = archive.infolist()
    if len(entries) > _ENTRIES:
        raise UploadRefused(_MANY, count=len(entries))
    if _overlap(entries, size):
        raise UploadRefused(_OVERLAPPING)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _UNPACKED or (unpacked > _SMALL and unpacked > size * _RATIO):
        raise UploadRefused(_SWELLING)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused(PASSWORD)
    if any(_leads_outside(entry.orig_filename) for entry in entries):
        raise UploadRefused(_OUTSIDE)
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise UploadRefused(_TWICE)


def _overlap(entries: list[zipfile.ZipInfo], size: int) -> bool:
    """Return whether parts share bytes, by which a small file unpacks to any size."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    if sum(entry.compress_size for entry in entries) > size:
        return True
    return any(one.header_offset + 30 + one.compress_size > other.header_offset for one, other in pairwise(ordered))


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "\0" in name or ".." in parts or name.startswith(("/", "\\")) or parts[0].endswith(":")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_READ)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open an archive for checking; whatever is wrong with its structure becomes a refusal."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise UploadRefused(_DAMAGED) from error
