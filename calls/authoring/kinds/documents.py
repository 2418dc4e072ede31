"""Documents that applicants download: judged by their content, as those beside a call file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from calls.authoring.forms import PartForm
from calls.authoring.kinds.listing import listed_at
from calls.authoring.parts import Line, Part, register
from calls.models import Call, CallDocument
from calls.pages.voice import Voice
from calls.spec import FILE_ENDINGS
from calls.transfer.writing import MAX_MEGABYTES
from portal.documents.models import StoredFile
from portal.documents.sniff import Kind, UploadRefused, check_upload, clean_name
from portal.documents.storage import store


class DocumentForm(PartForm):
    """Kind, titles and the file; another file takes the place of the one that is there."""

    texts = ("title",)
    layout = (("", (("kind",), ("title",), ("upload",))),)

    upload = forms.FileField(label=_("File"), required=False)

    class Meta:
        model = CallDocument
        fields = ("kind",)

    def prepare(self) -> None:
        upload = self.fields["upload"]
        self._found: Kind | None = None
        upload.required = self.is_new
        if self.is_new:
            upload.help_text = _("PDF, Word, Excel, PowerPoint, OpenDocument or a picture; at most 100 MB.")
        else:
            name = self.instance.file.name
            upload.help_text = _("Now: %(name)s. Another file takes its place; empty: it stays.") % {"name": name}

    def clean_upload(self) -> Any:
        file = self.cleaned_data.get("upload")
        if file:
            try:
                self._found = check_upload(file, accept=FILE_ENDINGS, max_mb=MAX_MEGABYTES)
            except UploadRefused as refusal:
                raise ValidationError(list(refusal.messages)) from refusal
            self._check_name(clean_name(file.name or "", self._found))
        return file

    def _check_name(self, name: str) -> None:
        """The call file names documents by their files, so that each name stands once."""
        others = CallDocument.objects.filter(call=self.call).exclude(pk=self.instance.pk)
        if any(name in (other.place, other.file.name) for other in others.select_related("file")):
            raise ValidationError(_("A document with a file of this name is there already. Please rename the file."))

    def before_writing(self, by: Any) -> None:
        file = self.cleaned_data.get("upload")
        if file and self._found:
            stored: StoredFile = store(file, name=file.name, by=by, kind=self._found)
            self.instance.file = stored
            self.instance.place = self.instance.place if not self.is_new else stored.name


def prepare(_call: Call, rows: list[CallDocument]) -> None:
    """Read the files of all documents at once."""
    prefetch_related_objects(rows, "file")


def describe(document: CallDocument, _voice: Voice) -> Line:
    """A document in a list: kind, file."""
    facts = (document.get_kind_display(), document.file.name) if document.file_id else (document.get_kind_display(),)
    return Line(document.title or document.place, facts)


register(
    Part(
        "document",
        CallDocument,
        "documents",
        "",
        DocumentForm,
        _("document"),
        describe,
        listed_at("document"),
        plural=_("documents"),
        about=_("Guidelines, templates and other files that applicants download."),
        prepare=prepare,
        more="admin/calls/setup/_document.html",
    )
)
