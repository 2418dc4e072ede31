"""Reading PDFs in tests: what is drawn with which font, and in which language it is read aloud."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from PIL import Image

Outline = list[tuple[str, Any]]


@dataclass(frozen=True)
class Sign:
    """One glyph on a page: the text it stands for, its font's name, its outline, and its marked content."""

    text: str
    font: str
    outline: Outline
    page: int
    mcid: int | None


def signs(content: bytes) -> Iterator[Sign]:
    """Yield every glyph that the pages draw."""
    with pikepdf.open(io.BytesIO(content)) as document:
        for number, page in enumerate(document.pages):
            fonts = {name: _Font(font) for name, font in page.Resources.Font.items()}
            yield from _page_signs(page, number, fonts)


class _Font:
    """An embedded font: its name, the text of each code and the outline of each glyph."""

    def __init__(self, font: Any) -> None:
        descriptor = font.DescendantFonts[0].FontDescriptor
        self.name = str(descriptor.FontName).split("+")[1]
        self.file = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
        self.texts = _to_unicode(font.ToUnicode.read_bytes().decode())

    def outline(self, code: int) -> Outline:
        return outline(self.file, self.file.getGlyphName(code))


def _to_unicode(table: str) -> dict[int, str]:
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s+<([0-9a-fA-F]+)>", table.split("beginbfchar", 1)[1])
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def _page_signs(page: Any, number: int, fonts: dict[str, _Font]) -> Iterator[Sign]:
    font, mcid = None, None
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "BDC" | "BMC":
                mcid = operands[1].get("/MCID") if len(operands) > 1 else None
            case "EMC":
                mcid = None
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj" | "TJ":
                assert font
                for code in _codes(operands[0]):
                    yield Sign(font.texts[code], font.name, font.outline(code), number, mcid)


def _codes(operand: Any) -> Iterator[int]:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    for part in parts:
        if isinstance(part, pikepdf.String):
            raw = bytes(part)
            yield from (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))


def outline(font: TTFont, glyph: str) -> Outline:
    """Return the outline of a glyph, parts put together."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return list(pen.value)


def languages(content: bytes) -> dict[tuple[int, int], str]:
    """Return the language of each piece of marked content, by page and MCID, as inherited in the structure tree."""
    found: dict[tuple[int, int], str] = {}

    def walk(element: Any, around: str) -> None:
        language = str(element.get("/Lang", around))
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                found[pages[element.Pg.objgen], kid] = language
            elif "/S" in kid:
                walk(kid, language)

    with pikepdf.open(io.BytesIO(content)) as document:
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        walk(document.Root.StructTreeRoot.K[0], str(document.Root.Lang))
    return found


def drawn(content: bytes, place: Path, resolution: int = 80) -> list[Image.Image]:
    """Return the pages as a printer would draw them, in grey."""
    (place / "drawn.pdf").write_bytes(content)
    command = ["pdftoppm", "-gray", "-r", str(resolution), "-png", "drawn.pdf", "page"]
    subprocess.run(command, cwd=place, check=True, timeout=60)
    return [Image.open(path) for path in sorted(place.glob("page-*.png"))]


def text(content: bytes, place: Path) -> str:
    """Return the text as another program extracts it, white space as single spaces."""
    (place / "text.pdf").write_bytes(content)
    command = ["pdftotext", "-enc", "UTF-8", "text.pdf", "-"]
    result = subprocess.run(command, cwd=place, check=True, timeout=60, capture_output=True)
    return " ".join(result.stdout.decode().split())
