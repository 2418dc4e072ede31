"""Files of kinds that are never accepted, each with the advice that helps; and files that are two things at once."""

import re
import struct
import zipfile
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from portal.documents.refusals import Reason, UploadRefused

_HEAD = 4 << 20
_EOCD = b"PK\x05\x06"
_EOCD_SIZE = 22
_LONGEST_COMMENT = 1 << 16

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc")
_OLE_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros"))

PASSWORD = _("The file is protected by a password. Please save it without one and choose it again.")
MACROS = _("The file contains macros (small programs), which are not accepted. Please save it without macros.")
_OLD_OFFICE = _("This is a file of an old Office format (DOC, XLS or PPT). Please save it as DOCX, XLSX or PDF.")
_HEIC = _("This is a HEIC photo. Please save or send it as JPG; a phone does it by the setting “Most compatible”.")
_PICTURE = _("This is a picture of another kind (GIF, TIFF, BMP or WEBP). Please save it as JPG or PNG.")
_PROGRAM = _("This is a program, whatever its name says. It is not accepted; please have your computer checked.")
_SHORTCUT = _("This is only a shortcut that points to a file. Please choose the file itself.")
_WEB_PAGE = _("This is a web page. Please open it and print or save it as PDF.")
_DRAWING = _("This is an SVG drawing. Please save it as PDF, PNG or JPG.")
_SCRIPT = _("This is a script, whatever its name says. Scripts are never accepted.")
_ARCHIVE = _("This is an archive (ZIP, RAR or 7Z). Please take the files out of it and upload each on its own.")
_RTF = _("This is a file of the kind RTF. Please save it as DOCX or PDF.")
_FILM = _("This is a film or a sound recording, which cannot be read as a document.")
_MAIL = _("This is an e-mail. Please print it as PDF, and upload what was attached to it on its own.")
_TINY = _("There is almost nothing in the file (%(size)s B), so it is no document. Please choose the right one.")
_TWO = _(
    "The file is two things at once: a document and %(other)s. Files like that are used to smuggle something in. "
    "Please open it, save it anew and choose it again."
)
_TAIL = _("Something else follows after the end of the file. Please open it, save it anew and choose it again.")

_OTHER_ARCHIVE, _OTHER_PDF = _("an archive"), _("a PDF")
_OTHER_PAGE, _OTHER_PROGRAM = _("a web page or script"), _("a program")

TINY = 16
"""No file of an accepted kind has so few bytes."""
_BEGINNINGS: tuple[tuple[tuple[bytes, ...], Reason], ...] = (
    ((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa"), _PROGRAM),
    ((b"L\0\0\0\x01\x14\x02\0", b"[InternetShortcut]", b"[Desktop Entry]"), _SHORTCUT),
    ((b"#!", b"<?php"), _SCRIPT),
    ((b"GIF8", b"II*\0", b"MM\0*", b"BM"), _PICTURE),
    ((b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), _ARCHIVE),
    ((b"{\\rtf",), _RTF),
    ((b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"\xff\xfb"), _FILM),
    ((b"Received:", b"Return-Path:", b"MIME-Version:", b"Delivered-To:"), _MAIL),
)
# The white space after it keeps noise of a large picture from looking like a script.
_MARKUP = re.compile(rb"<\?php\s|<script[\s>]|<html[\s>]|<!doctype\s+html|<svg[\s>]", re.IGNORECASE)


def refuse_foreign(file: File[Any]) -> None:
    """Raise UploadRefused with advice where a file is of a known kind that is never accepted."""
    file.seek(0)
    content = file.read(_HEAD)
    if len(content) < TINY:
        raise UploadRefused(_TINY, size=len(content))
    if content.startswith(_OLE):
        raise UploadRefused(_ole_reason(content))
    if content[4:8] == b"ftyp":
        raise UploadRefused(_HEIC if content[8:12] in _HEIC_BRANDS else _FILM)
    if content.startswith(b"RIFF"):
        raise UploadRefused(_PICTURE if content[8:12] == b"WEBP" else _FILM)
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginnings, reason in _BEGINNINGS:
        if start.startswith(beginnings):
            raise UploadRefused(reason)
    if found := _MARKUP.search(content[:4096]):
        raise UploadRefused(_DRAWING if found[0].lower().startswith(b"<svg") else _WEB_PAGE)


def _ole_reason(content: bytes) -> Reason:
    if _ENCRYPTED_PACKAGE in content:
        return PASSWORD
    return MACROS if any(name in content for name in _OLE_MACROS) else _OLD_OFFICE


def refuse_second_nature(file: File[Any], kind: str) -> None:
    """Raise UploadRefused for a file of an accepted kind that another program would take for something else."""
    file.seek(0)
    head = file.read(4096)
    if kind == "pdf":
        _check_pdf_head(head)
    elif b"%PDF-" in head[:1024]:
        raise UploadRefused(_TWO, other=_OTHER_PDF)
    if kind in {"pdf", "jpg", "png"} and _ends_as_archive(file):
        raise UploadRefused(_TWO, other=_OTHER_ARCHIVE)
    if kind in {"jpg", "png"}:
        _check_picture(file, kind)


def _check_pdf_head(head: bytes) -> None:
    """What stands before the header is at most a line of text that a scanner wrote."""
    before, _header, after = head.partition(b"%PDF-")
    if before.startswith((b"MZ", b"\x7fELF", b"#!")):
        raise UploadRefused(_TWO, other=_OTHER_PROGRAM)
    if b"<" in before or _MARKUP.search(after):
        raise UploadRefused(_TWO, other=_OTHER_PAGE)


def _ends_as_archive(file: File[Any]) -> bool:
    """Return whether the directory of an archive ends where the file ends, so that it unpacks as one."""
    size = file.size or 0
    file.seek(max(0, size - _LONGEST_COMMENT - _EOCD_SIZE))
    tail = file.read()
    at = tail.rfind(_EOCD)
    while at >= 0:
        if len(tail) - at >= _EOCD_SIZE:
            comment = struct.unpack_from("<H", tail, at + 20)[0]
            if at + _EOCD_SIZE + comment == len(tail):
                return True
        at = tail.rfind(_EOCD, 0, at)
    return False


def _check_picture(file: File[Any], kind: str) -> None:
    """Cameras put a film or a second picture after a JPG; after a PNG nothing has to follow."""
    file.seek(0)
    content = file.read()
    if _MARKUP.search(content):
        raise UploadRefused(_TWO, other=_OTHER_PAGE)
    end = content.rfind(b"IEND\xaeB`\x82") if kind == "png" else content.rfind(b"\xff\xd9")
    rest = content[end + (8 if kind == "png" else 2) :].strip(b"\0 \t\r\n") if end >= 0 else b""
    if rest.startswith((b"MZ", b"\x7fELF", b"#!")):
        raise UploadRefused(_TWO, other=_OTHER_PROGRAM)
    if rest.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")):
        raise UploadRefused(_TWO, other=_OTHER_ARCHIVE)
    if rest.startswith(b"%PDF-"):
        raise UploadRefused(_TWO, other=_OTHER_PDF)
    if rest and kind == "png":
        raise UploadRefused(_TAIL)


def refuse_tail(rest: bytes) -> None:
    """Raise UploadRefused where more than a few stray bytes follow after the end of a document."""
    rest = rest.strip(b"\0 \t\r\n")
    if _MARKUP.search(rest):
        raise UploadRefused(_TWO, other=_OTHER_PAGE)
    if len(rest) > TINY:
        raise UploadRefused(_TAIL)


def refuse_wrapped(archive: zipfile.ZipFile) -> None:
    """Raise UploadRefused for an Office file with something before its beginning or a message after its end."""
    entries = archive.infolist()
    if entries and min(entry.header_offset for entry in entries) > 0:
        raise UploadRefused(_TWO, other=_OTHER_ARCHIVE)
    refuse_tail(archive.comment)
