"""Sections, questions and checks of a stage as parts of a call. Importing this registers them."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.authoring.builder.codes import proposed
from calls.authoring.builder.kinds import KINDS
from calls.authoring.builder.questions import QuestionForm
from calls.authoring.forms import PartForm
from calls.authoring.parts import Line, Part, register
from calls.models import CheckItem, FormSection, Question
from calls.pages.voice import Voice
from calls.spec import BUILTIN_SECTION


class CodedForm(PartForm):
    """A form whose code is proposed from the English title where it is left empty."""

    codes = "code"

    def prepare(self) -> None:
        self.fields["code"].required = False
        self.fields["code"].help_text = _("Empty: made from the English title.")
        self.fields["code"].widget.attrs |= {"class": "code", "data-code": "", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("code") and "code" not in self.errors:
            taken = {*self.siblings().exclude(pk=self.instance.pk).values_list("code", flat=True), BUILTIN_SECTION}
            cleaned["code"] = proposed(cleaned.get("title_en") or "", taken, len(taken))
        return cleaned


class SectionForm(CodedForm):
    texts = ("title", "help")
    long_texts = ("help",)
    layout = (("", (("title",), ("help",), ("code",))),)

    class Meta:
        model = FormSection
        fields = ("code",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("code") == BUILTIN_SECTION:
            self.add_error("code", _("Every form begins with a section of this code. Please choose another."))
        return cleaned


class CheckForm(CodedForm):
    texts = ("title",)
    layout = (("", (("title",), ("kind", "code"), ("fatal",))),)

    class Meta:
        model = CheckItem
        fields = ("code", "kind", "fatal")

    def prepare(self) -> None:
        super().prepare()
        self.fields["fatal"].label = _("A “no” rejects the application")
        self.fields["fatal"].help_text = _("Otherwise a “no” is only noted.")
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0]]
        kind.widget = forms.Select(choices=kind.choices)


def stage_page(name: str, stage: Any) -> str:
    """Return the address of a page about one stage: its form, its checks, its grid."""
    return reverse(f"admin:calls_setup_{name}", args=[stage.call_id, stage.pk])


def _section_line(section: FormSection, voice: Voice) -> Line:
    return Line(section.title or section.code, (section.code,))


def _question_line(question: Question, voice: Voice) -> Line:
    kind = KINDS[question.kind].title if question.kind in KINDS else question.kind
    return Line(question.label or question.key, (question.key, str(kind)))


def _check_line(check: CheckItem, voice: Voice) -> Line:
    tags = ((str(_("a “no” rejects")), "warn"),) if check.fatal else ()
    return Line(check.title or check.code, (check.code, check.get_kind_display()), tags)


register(
    Part(
        "section",
        FormSection,
        "form_sections",
        "stage",
        SectionForm,
        _("section of the form"),
        _section_line,
        lambda row: stage_page("stage_form", row.stage),
    )
)
register(
    Part(
        "question",
        Question,
        "questions",
        "section",
        QuestionForm,
        _("question"),
        _question_line,
        lambda row: f"{stage_page('stage_form', row.section.stage)}#question-{row.pk}",
    )
)
register(
    Part(
        "check",
        CheckItem,
        "check_items",
        "stage",
        CheckForm,
        _("check"),
        _check_line,
        lambda row: stage_page("stage_checks", row.stage),
    )
)
