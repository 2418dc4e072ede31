"""Office files, which are archives: what one is, and whether it is safe to keep and to open."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class UploadRefused(ValidationError):
    """An uploaded file is not accepted; its message says why, in plain words, in the reader's language."""

    def __init__(self, reason: "str | _StrPromise", **values: object) -> None:
        super().__init__(reason, code="upload_refused", params=values or None)


_ENTRIES = 5_000
_UNPACKED = 300 << 20
_RATIO = 200
_SMALL = 10 << 20
_READ = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc")

_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_ODF_KINDS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_DAMAGED = _("The file is damaged or not complete. Please save it again.")
_SWELLING = _("The file would swell to an unreasonable size when opened, and is not accepted.")
_MACROS = _("The file contains macros (small programs), which are not accepted. Please save it without macros.")
_PASSWORD = _("The file is protected by a password. Please save it without one and choose it again.")
_OLD_OFFICE = _("This is a file of an old Office format (DOC, XLS or PPT). Please save it as DOCX, XLSX or PDF.")
_HEIC = _("This is a HEIC photo. Please save or send it as JPG; a phone does it by the setting “Most compatible”.")


def raw(file: File[Any]) -> BinaryIO:
    """Return the binary stream behind a file."""
    return cast("BinaryIO", file.file)


def office_code(file: File[Any]) -> str | None:
    """Return docx, xlsx, pptx, odt or ods for an Office file, None for another archive.

    Raises UploadRefused for an archive that is damaged, has a password, carries macros, or is made to swell.
    """
    with _opened(file) as archive:
        _check_swelling(archive, file.size or 0)
        names = set(archive.namelist())
        if "[Content_Types].xml" in names:
            return _ooxml_code(archive)
        if "mimetype" in names:
            return _ODF_KINDS.get(_read(archive, "mimetype").strip())
    return None


def check(file: File[Any]) -> None:
    """Raise UploadRefused for an Office file with macros, or one whose parts do not unpack as they say."""
    with _opened(file) as archive:
        if any(_is_macro(name) for name in archive.namelist()):
            raise UploadRefused(_MACROS)
        for entry in archive.infolist():
            with archive.open(entry) as part:
                while part.read(_READ):
                    pass


def refuse_known_others(file: File[Any]) -> None:
    """Raise UploadRefused with better advice where a file is of a known kind that is never accepted."""
    file.seek(0)
    content = file.read(4 << 20)
    if content.startswith(_OLE):
        raise UploadRefused(_PASSWORD if _ENCRYPTED_PACKAGE in content else _OLD_OFFICE)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise UploadRefused(_HEIC)


def _ooxml_code(archive: zipfile.ZipFile) -> str | None:
    types = _read(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise UploadRefused(_MACROS)
    return next((code for part, code in _MAIN_PARTS.items() if part in types), None)


def _is_macro(name: str) -> bool:
    lowered = name.lower()
    return lowered.endswith(("vbaproject.bin", "vbadata.xml")) or lowered.startswith(("basic/", "scripts/", "macros/"))


def _check_swelling(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    overlapping = sum(entry.compress_size for entry in entries) > size
    swollen = unpacked > _UNPACKED or (unpacked > _SMALL and unpacked > size * _RATIO)
    if len(entries) > _ENTRIES or overlapping or swollen:
        raise UploadRefused(_SWELLING)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused(_PASSWORD)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_READ)


@contextmanager
def _opened(file: File[Any]) -> Iterator[zipfile.ZipFile]:
    """Open an archive for checking; whatever is wrong with its structure becomes a refusal."""
    file.seek(0)
    try:
        with zipfile.ZipFile(raw(file)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise UploadRefused(_DAMAGED) from error
