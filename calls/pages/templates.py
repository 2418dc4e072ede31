"""Templates to download: what an applicant fills in on paper or in an editor, and uploads as an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from calls.models import Call, CallDocument
from calls.spec import QuestionSpec


@dataclass(frozen=True)
class TemplateLink:
    """A template with the address that saves it: «Plan of activities (DOCX, 24 KB)»."""

    title: str
    size: str
    url: str


Templates = Mapping[str, TemplateLink]
"""The ``file`` of a document, as the call file names it, to its link."""


def templates_for(call: Call, questions: Iterable[QuestionSpec]) -> Templates:
    """Return the templates that some of these questions offer; one query, none where no question offers one."""
    wanted = {question.template for question in questions if question.template}
    if not wanted:
        return {}
    rows = CallDocument.objects.filter(call=call, kind=CallDocument.Kind.TEMPLATE).select_related("file")
    links = {row.place or row.file.name: _link(row) for row in rows}
    return {file: link for file, link in links.items() if file in wanted}


def _link(document: CallDocument) -> TemplateLink:
    file = document.file
    return TemplateLink(
        title=document.title,
        size=f"{file.kind.upper()}, {filesizeformat(file.size)}",
        url=f"{reverse('documents:file', args=[file.token, file.name])}?download",
    )
