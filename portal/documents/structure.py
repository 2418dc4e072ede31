"""The language of each part of a tagged PDF.

WeasyPrint writes the language of the document only; a screen reader would read the English half of a letter
with an Armenian voice. While the file is being written, its structure elements and the laid-out boxes they
were made from stand in the same order, page by page: here each element gets the language of its boxes where
it differs from what is around it.
"""

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.document import Document
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder


class StructureMismatch(Exception):
    """Structure and layout of a PDF do not correspond: another version of WeasyPrint may order them otherwise."""


def add_languages(document: Document, pdf: pydyf.PDF) -> None:
    """Set ``Lang`` on the structure elements of a PDF before it is written; a ``finisher`` of WeasyPrint."""
    tree = _Tree(document, pdf)
    root = tree.resolve(pdf.catalog["StructTreeRoot"])
    for child in root["K"]:
        tree.mark(tree.resolve(child), _text(pdf.catalog["Lang"]))
    tree.check_used()


class _Tree:
    """The structure elements of a PDF with the languages of the boxes on each page, taken in order."""

    def __init__(self, document: Document, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.languages = {
            reference: _languages(page._page_box)
            for reference, page in zip(pdf.page_references, document.pages, strict=True)
        }

    def resolve(self, reference: Any) -> Any:
        """Return the object behind a reference such as ``b"12 0 R"``."""
        number = reference.split()[0]
        return self.pdf.objects[int(number)]

    def mark(self, element: Any, around: str) -> None:
        """Set the language of an element, where all of it has one other than ``around``, else of its parts."""
        self.apply(self.collect(element), around)

    def collect(self, element: Any) -> "_Part":
        """Return the element with the languages of everything in it, in the order of the page."""
        part = _Part(element)
        for kid in element["K"]:
            if isinstance(kid, int):
                part.languages.add(self.next_language(element["Pg"]))
            elif (child := self.resolve(kid)).get("Type") == "/StructElem":
                part.add(self.collect(child))
        return part

    def next_language(self, page: Any) -> str:
        """Return the language of the next box on a page."""
        try:
            return next(self.languages[page])
        except StopIteration:
            raise StructureMismatch("more marked content than boxes") from None

    def apply(self, part: "_Part", around: str) -> None:
        """Write the languages found into the elements, as high in the tree as they hold."""
        if len(part.languages) == 1 and (language := next(iter(part.languages))):
            if language != around:
                part.element["Lang"] = pydyf.String(language)
            return
        for child in part.parts:
            self.apply(child, around)

    def check_used(self) -> None:
        """Raise StructureMismatch where boxes are left over."""
        if any(list(rest) for rest in self.languages.values()):
            raise StructureMismatch("more boxes than marked content")


class _Part:
    """A structure element, the parts in it, and the languages of all its text."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.parts: list[_Part] = []
        self.languages: set[str] = set()

    def add(self, part: "_Part") -> None:
        """Take in a part and its languages."""
        self.parts.append(part)
        self.languages |= part.languages


def _languages(box: Any) -> Iterator[str]:
    """Yield the language of each box that has marked content, in the order in which WeasyPrint tags them."""
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if isinstance(box, boxes.MarginBox):
        return
    if isinstance(box, boxes.TextBox | boxes.ReplacedBox):
        yield box.style["lang"] or ""
        return
    for child in box.children:
        yield from _languages(child)


def _text(value: Any) -> str:
    return value.string if isinstance(value, pydyf.String) else str(value)
