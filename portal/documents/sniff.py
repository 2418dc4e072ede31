"""What an uploaded file is, judged by its content, and the reasons for which one is refused."""

import hashlib
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import filetype
from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, UnidentifiedImageError

from portal.documents import containers, foreign, inspecting
from portal.documents.names import LONGEST, check_name, visible_name
from portal.documents.refusals import Reason, UploadRefused

__all__ = [
    "KINDS",
    "Kind",
    "UploadRefused",
    "check_announced",
    "check_upload",
    "clean_name",
    "kind_of",
    "sha256_of",
]

_CHUNK = 1 << 20
_MEGABYTE = 1 << 20
_PIXELS = 80_000_000
_DECODED = 25_000_000
"""Pixels up to which a PNG is read as a whole, in at most 100 MB of memory; of a larger one the sums are checked."""
_TAIL = 2048
# A moving PNG is one too.
_ALSO = {"apng": "png"}
_EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")


@dataclass(frozen=True)
class Kind:
    """A kind of file: code as in a call file, media type, extensions (the usual one first)."""

    code: str
    content_type: str
    extensions: tuple[str, ...]
    label: str | Promise

    @property
    def inline(self) -> bool:
        """Return whether a browser may show it in place; everything else is downloaded."""
        return self.code in {"pdf", "jpg", "png"}


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "application/pdf", ("pdf",), "PDF"),
        Kind("jpg", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "JPG"),
        Kind("png", "image/png", ("png",), "PNG"),
        Kind("docx", f"{_OOXML}.wordprocessingml.document", ("docx",), _("Word document (DOCX)")),
        Kind("xlsx", f"{_OOXML}.spreadsheetml.sheet", ("xlsx",), _("Excel workbook (XLSX)")),
        Kind("pptx", f"{_OOXML}.presentationml.presentation", ("pptx",), _("PowerPoint presentation (PPTX)")),
        Kind("odt", f"{_ODF}.text", ("odt",), _("OpenDocument text (ODT)")),
        Kind("ods", f"{_ODF}.spreadsheet", ("ods",), _("OpenDocument spreadsheet (ODS)")),
    )
}


def check_upload(file: File[Any], *, accept: Sequence[str], max_mb: int) -> Kind:
    """Return the kind of an uploaded file, or raise UploadRefused with the reason to show.

    ``accept`` holds codes of KINDS, ``max_mb`` is in megabytes of 1,048,576 bytes. The content decides what
    the file is; its name must not say otherwise. Refused are: nothing in it, too large, a kind not asked
    for, a name of another kind or one that hides what it is, a file that is two things at once, a PDF that is
    broken, needs a password, starts something by itself or holds other files, a picture that is broken or has
    more than 80 million pixels, an Office file with macros, a password, programs or remote parts, and an archive
    made to swell. The file is left at its beginning.
    """
    check_announced(file.name or "", file.size or 0, max_mb)
    try:
        kind = _accepted_kind(file, accept)
        _check_ending(file.name or "", kind)
        foreign.refuse_second_nature(file, kind.code)
        _CONTENT_CHECKS.get(kind.code, containers.check)(file)
    finally:
        file.seek(0)
    return kind


def check_announced(name: str, size: int, max_mb: int) -> None:
    """Raise UploadRefused for what name and size (bytes) alone say, before the content was sent."""
    if not size:
        raise UploadRefused(_("The file is empty. Please check it on your computer and choose it again."))
    if size > max_mb * _MEGABYTE:
        tenths = -(-size * 10 // _MEGABYTE)
        reason = _("The file is too large: %(size)s MB. At most %(limit)s MB are accepted.")
        raise UploadRefused(reason, size=f"{tenths // 10}.{tenths % 10}", limit=max_mb)
    check_name(name)


def kind_of(file: File[Any]) -> Kind | None:
    """Return which of KINDS the content is, or None; UploadRefused for an archive not safe to look into."""
    file.seek(0)
    head = file.read(8192)
    if head.startswith(b"PK"):
        return KINDS.get(containers.office_code(file) or "")
    if guess := filetype.guess(head):
        return KINDS.get(_ALSO.get(guess.extension, guess.extension))
    # The format allows other bytes before its own beginning.
    return KINDS["pdf"] if b"%PDF-" in head[:1024] else None


def sha256_of(file: File[Any]) -> str:
    """Return the SHA-256 of the content in hexadecimal, read in chunks; the file is left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def clean_name(name: str, kind: Kind) -> str:
    """Return the name under which a file is kept and given back: no path, no invisible signs, at most 150
    characters, with an extension of its kind.
    """
    stem, extension = _split(visible_name(name), kind)
    return f"{stem[: LONGEST - len(extension) - 1].strip('. ') or 'file'}.{extension}"


def _split(name: str, kind: Kind) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if dot and extension.lower() in kind.extensions:
        return stem, extension
    return name, kind.extensions[0]


def _accepted_kind(file: File[Any], accept: Sequence[str]) -> Kind:
    kind = kind_of(file)
    if kind and kind.code in accept:
        return kind
    wanted = _Joined([KINDS[code].label for code in accept])
    if kind:
        reason = _("This is a file of the kind %(kind)s. Accepted here: %(accepted)s.")
        raise UploadRefused(reason, kind=kind.label, accepted=wanted)
    foreign.refuse_foreign(file)
    raise UploadRefused(
        _("The content of this file is of no accepted kind. Accepted here: %(accepted)s."), accepted=wanted
    )


@dataclass(frozen=True)
class _Joined:
    """Labels joined with commas in the language in which they are read."""

    labels: Sequence[str | Promise]

    def __str__(self) -> str:
        return ", ".join(map(str, self.labels))


def _check_ending(name: str, kind: Kind) -> None:
    found = _EXTENSION.search(name.strip())
    if found and found[1].lower() not in kind.extensions:
        reason = _(
            "The name ends in .%(extension)s, but the content is %(kind)s. "
            "Please rename the file or choose the right one."
        )
        raise UploadRefused(reason, extension=found[1], kind=kind.label)


def _check_pdf(file: File[Any]) -> None:
    file.seek(max(0, (file.size or 0) - _TAIL))
    _before, mark, rest = file.read().rpartition(b"%%EOF")
    if not mark:
        raise UploadRefused(_PDF_FAULTS["broken"])
    foreign.refuse_tail(rest)
    file.seek(0)
    word = inspecting.look(containers.raw(file), file.size or 0)
    if word != "ok":
        raise UploadRefused(_PDF_FAULTS[word])


_PDF_FAULTS: dict[str, Reason] = {
    "broken": _("The PDF is damaged or not complete. Please save or scan it again."),
    "password": _("The PDF asks for a password. Please save it without one and choose it again."),
    "script": _("The PDF holds a program that starts by itself. Please print it as PDF anew and choose that file."),
    "launch": _(
        "The PDF tries to start a program on the reader’s computer. Please print it as PDF anew, and have the "
        "computer that it comes from checked."
    ),
    "attached": _("The PDF carries other files inside. Please save them and upload each on its own."),
    "form": _("The PDF is a form that only one program can show. Please print the filled-in form as PDF."),
    "huge": _("The PDF needs too much time or memory to be read. Please save or scan it again in a simpler form."),
}
_BROKEN_PICTURE = _("The picture is damaged or not complete. Please save or take it again.")
_LARGE_PICTURE = _("The picture has too many pixels: at most %(limit)s million are accepted. Please save it smaller.")


def _check_jpg(file: File[Any]) -> None:
    with _opened_picture(file, "JPEG") as picture:
        # An eighth of each side reads the whole stream, and so finds a cut, with little memory.
        picture.draft("RGB", (picture.width // 8 or 1, picture.height // 8 or 1))
        picture.load()


def _check_png(file: File[Any]) -> None:
    with _opened_picture(file, "PNG") as picture:
        few = picture.width * picture.height <= _DECODED
        picture.verify()
    if few:
        with _opened_picture(file, "PNG") as picture:
            picture.load()


@contextmanager
def _opened_picture(file: File[Any], form: str) -> Iterator[Image.Image]:
    """Open a picture of one form for checking; whatever the library finds wrong becomes a refusal."""
    # The library that draws PDFs sets this for the whole process, and a picture cut short would pass.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    file.seek(0)
    try:
        picture = Image.open(containers.raw(file), formats=[form])
        if picture.width * picture.height > _PIXELS:
            raise UploadRefused(_LARGE_PICTURE, limit=_PIXELS // 10**6)
        yield picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(_LARGE_PICTURE, limit=_PIXELS // 10**6) from error
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        struct.error,
    ) as error:
        raise UploadRefused(_BROKEN_PICTURE) from error


_CONTENT_CHECKS: dict[str, Callable[[File[Any]], None]] = {
    "pdf": _check_pdf,
    "jpg": _check_jpg,
    "png": _check_png,
}
