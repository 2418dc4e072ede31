"""Small real files for simulated answers: each can be opened, and says that it is a sample."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pikepdf
import xlsxwriter
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from applications.answers import FrozenFile
from calls.spec import QuestionSpec
from portal.demo.simulation.refusals import Refusal
from portal.documents.models import StoredFile, new_token
from portal.documents.sniff import KINDS
from portal.documents.storage import private_storage

_FIRST = ("pdf", "png", "jpg", "xlsx")


class Samples:
    """The sample files of one form: one content for each question, made once."""

    def __init__(self, questions: Sequence[QuestionSpec]) -> None:
        self._questions = {question.key: question for question in questions if question.kind == "file"}
        self._made: dict[str, tuple[str, bytes, str]] = {}

    def _sample(self, key: str) -> tuple[str, bytes, str]:
        """Return kind, content and digest of the sample for a question."""
        if key not in self._made:
            question = self._questions[key]
            title = question.label.get("en") or key
            kind = next((kind for kind in _FIRST if not question.accept or kind in question.accept), None)
            if kind is None:
                raise Refusal(f"No sample file can be made for {key}: it takes only {', '.join(question.accept)}.")
            content = _MAKERS[kind](title)
            self._made[key] = (kind, content, sha256(content).hexdigest())
        return self._made[key]

    def upload(self, key: str) -> tuple[str, bytes]:
        """Return the name and content under which a clerk would upload the sample for a question."""
        kind, content, _digest = self._sample(key)
        return f"{key}.{KINDS[kind].extensions[0]}", content

    def stored(self, key: str, by: int | None, at: datetime) -> StoredFile:
        """Return the row of a new copy of a sample brought at a moment, with its content in the store; not saved."""
        kind, content, digest = self._sample(key)
        path = private_storage().save(f"{at:%Y/%m}/{new_token()}", ContentFile(content))
        return StoredFile(
            name=f"{key}.{KINDS[kind].extensions[0]}",
            kind=kind,
            content_type=KINDS[kind].content_type,
            size=len(content),
            sha256=digest,
            path=path,
            uploaded_by_id=by,
            created_at=at,
        )


def frozen(files: Mapping[str, Sequence[StoredFile]]) -> list[FrozenFile]:
    """Return files by question as a submission freezes them."""
    return [
        FrozenFile(question, file.name, file.kind, file.size, file.sha256, file.token)
        for question, several in files.items()
        for file in several
    ]


def remove(files: Sequence[StoredFile]) -> None:
    """Remove contents whose rows could not be written."""
    for file in files:
        private_storage().delete(file.path)


def _pdf(title: str) -> bytes:
    """Return a page with a line of text, in a font that every reader has."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    latin = title.encode("latin-1", "replace").decode("latin-1")
    line = latin.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    text = f"BT /F1 16 Tf 60 760 Td ({line}) Tj 0 -28 Td /F1 11 Tf (Sample file of a simulated application.) Tj ET"
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(text.encode("latin-1"))
    pdf.docinfo["/Title"] = title
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _picture(kind: str, title: str) -> bytes:
    image = Image.new("RGB", (640, 200), "white")
    ImageDraw.Draw(image).text((24, 80), f"Sample: {title.encode('ascii', 'replace').decode()}", fill="black")
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _workbook(title: str) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.add_worksheet().write_string(0, 0, f"Sample: {title}")
    return out.getvalue()


_MAKERS = {
    "pdf": _pdf,
    "png": lambda title: _picture("PNG", title),
    "jpg": lambda title: _picture("JPEG", title),
    "xlsx": _workbook,
}
