"""Call files brought in from the administration: every error with its line, what a file would change, the draft."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.callfile import CallFileErrors, Reading, read
from calls.callfile.problems import dotted
from calls.callfile.source import decode
from calls.comparison import Difference, Kind, Side, compare
from calls.models import Call, CallState
from calls.spec import CallSpec
from calls.transfer import CallIsFixed, WritingRefused, spec_of, write_call

_LONGEST = 300


class SeveralFiles(forms.FileField):
    """Any number of files in one field; its value is a list."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=self.Input, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFiles, self).clean(one, initial) for one in given]


@dataclass(frozen=True)
class ErrorLine:
    """One error of a call file: its line, the place in the call, the sentence, and the text of the line."""

    line: int
    path: str
    sentence: str
    text: str


@dataclass(frozen=True)
class ChangeLine:
    """One value that a file would change in a draft."""

    path: str
    kind: str
    old: str
    new: str


class CallFileForm(forms.Form):
    """A call file with its documents.

    After ``save`` or ``try_out``, ``errors_found`` are the errors of the file, ``refusal`` what else stands against
    it, ``changes`` what it would change in the draft that there is (None: it would make a new one).
    """

    file = forms.FileField(
        label=gettext_lazy("Call file"), help_text=gettext_lazy("A YAML file, as docs/call-file.md describes it.")
    )
    documents = SeveralFiles(
        label=gettext_lazy("Documents"),
        required=False,
        help_text=gettext_lazy(
            "The files that the call file names under “documents”; those that the draft has may be left out."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.errors_found: list[ErrorLine] = []
        self.refusal = ""
        self.tried = False
        self.changes: list[ChangeLine] | None = None

    def save(self, *, by: Any) -> Call | None:
        """Write the draft, or return None and keep what is wrong."""
        reading = self._reading()
        if reading is None:
            return None
        try:
            return write_call(reading.call, by=by, files=self._documents(reading.call))
        except WritingRefused as error:
            self.refusal = str(error)
        return None

    def try_out(self) -> None:
        """Say what the file would change, and write nothing."""
        reading = self._reading()
        if reading is None:
            return
        call = Call.objects.filter(code=reading.call.code).first()
        if call is not None and call.state != CallState.DRAFT:
            self.refusal = str(CallIsFixed(call))
            return
        self.tried = True
        if call is not None:
            self.changes = [_line(one) for one in self._differences(call, reading.call)]

    def _differences(self, call: Call, new: CallSpec) -> tuple[Difference, ...]:
        kept = {row.place: row.file.sha256 for row in call.documents.select_related("file")}
        given = {path: sha256(content).hexdigest() for path, content in self._documents(new).items()}
        old = spec_of(call)
        return compare(Side(old, kept), Side(new, {**kept, **given}))

    def _reading(self) -> Reading | None:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        name = file.name or "call.yaml"
        content = file.read()
        try:
            return read(decode(content, name), name)
        except CallFileErrors as error:
            lines = content.decode("utf-8-sig", errors="replace").splitlines()
            self.errors_found = [
                ErrorLine(
                    fault.line,
                    dotted(fault.problem.path),
                    fault.problem.text(),
                    lines[fault.line - 1].strip()[:_LONGEST] if 0 < fault.line <= len(lines) else "",
                )
                for fault in error.faults
            ]
        return None

    def _documents(self, spec: CallSpec) -> dict[str, bytes]:
        """Match what was uploaded to the paths in the file by their last part: browsers send no folders."""
        given: dict[str | None, bytes] = {}
        for document in self.cleaned_data["documents"]:
            document.seek(0)
            given[document.name] = document.read()
        paths = {document.file: PurePosixPath(document.file).name for document in spec.documents}
        return {path: given[name] for path, name in paths.items() if name in given}


def _line(difference: Difference) -> ChangeLine:
    words = {
        Kind.ADDED: _("added"),
        Kind.REMOVED: _("removed"),
        Kind.CHANGED: _("changed"),
        Kind.MOVED: _("in another order"),
    }
    path = ".".join(("call", *difference.path))
    return ChangeLine(path, words[difference.kind], _short(difference.old), _short(difference.new))


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
