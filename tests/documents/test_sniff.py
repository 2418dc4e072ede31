"""Uploads: what a file is by its content, and a collection of hostile ones."""

import contextlib
import hashlib
import io
import struct
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from portal.documents import inspecting
from portal.documents.sniff import KINDS, UploadRefused, check_upload, clean_name, sha256_of
from tests.documents.hostile import archive, docx, odt, pdf, picture, png_of_size, xlsx

ALL = list(KINDS)


def check(content: bytes, name: str, accept: list[str] | None = None, max_mb: int = 10) -> str:
    file = SimpleUploadedFile(name, content)
    code = check_upload(file, accept=accept or ALL, max_mb=max_mb).code
    assert file.tell() == 0, "the file is not left at its beginning"
    return code


def refused(content: bytes, name: str, accept: list[str] | None = None, max_mb: int = 10) -> str:
    with translation.override("en"), pytest.raises(UploadRefused) as caught:
        check(content, name, accept, max_mb)
    with translation.override("en"):
        return str(caught.value.messages[0])


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (pdf(), "a.pdf", "pdf"),
        (b"\xef\xbb\xbf" + pdf(), "a.pdf", "pdf"),
        (b"scanned by a machine\n" + pdf(), "A.PDF", "pdf"),
        (pdf(encryption=pikepdf.Encryption(owner="o", user="")), "a.pdf", "pdf"),
        (picture("JPEG"), "photo.JPG", "jpg"),
        (picture("JPEG"), "photo.jpeg", "jpg"),
        (picture("JPEG"), "IMG_2027.03.15", "jpg"),
        (picture("PNG"), "a.png", "png"),
        (docx(), "a.docx", "docx"),
        (xlsx(), "a.xlsx", "xlsx"),
        (odt(), "a.odt", "odt"),
        (picture("JPEG"), "Ավագանու որոշում", "jpg"),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, name: str, code: str) -> None:
    assert check(content, name) == code


def test_files_of_other_libraries_are_known(tmp_path: Any) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Ալավերդի", 1])
    book.save(tmp_path / "a.xlsx")
    assert check((tmp_path / "a.xlsx").read_bytes(), "a.xlsx", ["xlsx"]) == "xlsx"


def test_an_empty_file_is_refused() -> None:
    assert "empty" in refused(b"", "a.pdf")


def test_a_file_one_byte_too_large_is_refused_with_both_sizes() -> None:
    content = picture("JPEG")
    assert check(content.ljust(1 << 20, b"\0"), "a.jpg", max_mb=1) == "jpg"
    assert refused(content.ljust((1 << 20) + 1, b"\0"), "a.jpg", max_mb=1) == (
        "The file is too large: 1.1 MB. At most 1 MB are accepted."
    )


def test_a_kind_not_asked_for_is_named_with_those_accepted() -> None:
    assert refused(docx(), "a.docx", ["pdf", "jpg"]) == (
        "This is a file of the kind Word document (DOCX). Accepted here: PDF, JPG."
    )


def test_what_phones_and_offices_really_send_is_accepted() -> None:
    """What looks odd and is not: pictures with a film, a second picture or their place in them, links, charts."""
    place = Image.Exif()
    place[0x0112] = 6
    place.get_ifd(0x8825)[1] = "N"
    photo = picture("JPEG", exif=place)
    film = b"\0\0\0\x18ftypmp42" + b"\0" * 500
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    moving = io.BytesIO()
    frames[0].save(moving, "PNG", save_all=True, append_images=frames[1:])
    link = '<Relationship Type="http://x/hyperlink" Target="https://alaverdi.am" TargetMode="External"/>'
    template = link.replace("hyperlink", "attachedTemplate").replace("https://alaverdi.am", "file:///C:\\Users\\a.dotx")
    relations = {"word/_rels/document.xml.rels": link, "word/_rels/settings.xml.rels": template}
    office = docx(**relations, **{"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx()})
    fields = pdf(change=_with_a_calculating_field)
    files = {"a.jpg": photo, "b.jpg": photo + photo, "c.jpg": photo + film, "d.png": moving.getvalue()}
    files |= {"e.docx": office, "f.pdf": fields, "g.pdf": pdf() + b"\r\n\0\0"}
    for name, content in files.items():
        assert check(content, name) == name[-3:].replace("ocx", "docx")


def _with_a_calculating_field(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="AFNumber_Format(2)")
    field = pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="sum", AA=pikepdf.Dictionary(K=script, F=script))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.make_indirect(field)])


def test_a_large_pdf_is_looked_at_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "SMALL", 0)
    assert check(pdf(), "a.pdf") == "pdf"
    assert "asks for a password" in refused(pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "a.pdf")


def test_a_name_of_another_kind_is_refused() -> None:
    assert refused(picture("JPEG"), "decision.pdf").startswith("The name ends in .pdf, but the content is JPG.")
    assert refused(pdf(), "decision.html").startswith("The name ends in .html")
    assert refused(pdf(), "decision.pdf.exe").startswith("The name ends in .exe")


def test_pdfs_that_cannot_be_opened_are_refused() -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    assert "asks for a password" in refused(locked, "a.pdf")
    whole = pdf(pages=30)
    assert "damaged" in refused(whole[: len(whole) // 2], "a.pdf")
    assert "damaged" in refused(b"%PDF-1.7\n%%EOF", "a.pdf")
    assert "damaged" in refused(pdf(pages=0), "a.pdf")


def test_pictures_cut_short_or_changed_are_refused() -> None:
    # Importing the library that draws PDFs makes Pillow take pictures that are cut short.
    import weasyprint  # noqa: F401

    jpg, png = picture("JPEG", (400, 300)), picture("PNG", (400, 300))
    assert "damaged" in refused(jpg[: len(jpg) // 2], "a.jpg")
    assert "damaged" in refused(png[: len(png) // 2], "a.png")
    spoilt = bytearray(png)
    spoilt[len(png) // 2] ^= 0xFF
    assert "damaged" in refused(bytes(spoilt), "a.png")


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    assert "too many pixels" in refused(png_of_size(60_000, 60_000), "a.png")
    assert "too many pixels" in refused(png_of_size(8_001, 10_000), "a.png")


def test_macros_are_refused() -> None:
    assert "macros" in refused(docx(**{"word/vbaProject.bin": b"x"}), "a.docx")
    assert "macros" in refused(odt(**{"Basic/Standard/Module1.xml": "x"}), "a.odt")
    types = '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert "macros" in refused(archive({"[Content_Types].xml": types, "xl/workbook.xml": "x"}), "a.xlsm")


def test_an_archive_that_hides_its_real_sizes_is_refused() -> None:
    content = bytearray(docx(**{"word/media.bin": b"\0" * 100_000}))
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 24, 10)
    assert "damaged" in refused(bytes(content), "a.docx")


def test_protected_old_and_phone_formats_get_their_own_advice() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "old Office format" in refused(ole, "a.doc", ["docx"])
    assert "password" in refused(ole + "EncryptedPackage".encode("utf-16-le"), "a.docx", ["docx"])
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 600
    assert "HEIC photo" in refused(heic, "a.heic", ["jpg"])


def test_a_cut_or_protected_archive_is_refused() -> None:
    whole = docx()
    assert "damaged" in refused(whole[: len(whole) // 2], "a.docx")
    locked = bytearray(whole)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(bytes(locked), "a.docx")


@pytest.mark.parametrize("make", [pdf, docx, xlsx, lambda: picture("JPEG"), lambda: picture("PNG")])
def test_whatever_is_spoilt_is_accepted_or_refused_but_never_fails(make: Any) -> None:
    content = make()
    accepted = 0
    positions = range(0, len(content), max(1, len(content) // 150))
    for position in positions:
        spoilt = bytearray(content)
        spoilt[position] ^= 0x55
        with contextlib.suppress(UploadRefused):
            check_upload(SimpleUploadedFile("upload", bytes(spoilt)), accept=ALL, max_mb=1)
            accepted += 1
    assert accepted < len(positions)


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("Ավագանու որոշում.pdf", "pdf", "Ավագանու որոշում.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\a\\plan.PDF", "pdf", "plan.PDF"),
        ("a\u202efdp.exe", "pdf", "a fdp.exe.pdf"),
        ("line\r\nSet-Cookie: x.jpg", "jpg", "line Set-Cookie: x.jpg"),
        ("photo", "jpg", "photo.jpg"),
        (".pdf", "pdf", "file.pdf"),
        ("", "png", "file.png"),
        ("x" * 400 + ".docx", "docx", "x" * 145 + ".docx"),
    ],
)
def test_names_are_cleaned(name: str, kind: str, clean: str) -> None:
    assert clean_name(name, KINDS[kind]) == clean


def test_the_digest_is_of_the_whole_content() -> None:
    content = bytes(range(256)) * 10_000
    file = SimpleUploadedFile("a", content)
    file.read(17)
    assert sha256_of(file) == hashlib.sha256(content).hexdigest()
    assert file.tell() == 0
