"""Stages, with their moments by the call's clock."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from calls.authoring.fields import MomentField
from calls.authoring.forms import PartForm, formfield
from calls.authoring.kinds.listing import listed_at
from calls.authoring.parts import Line, Part, register
from calls.authoring.words import zones_of
from calls.models import Stage
from calls.pages.voice import Voice

_DAY_OF_MINUTES = 1440


class StageForm(PartForm):
    texts = ("title",)
    codes = "code"
    layout = (
        ("", (("code", "kind", "admission"), ("title",), ("submitted_by",))),
        (_("When"), (("opens_at", "deadline"), ("grace_minutes",))),
        (_("Second and later stages"), (("keep_requested_within_percent",),)),
    )

    class Meta:
        model = Stage
        fields = (
            "code",
            "kind",
            "admission",
            "submitted_by",
            "opens_at",
            "deadline",
            "grace_minutes",
            "keep_requested_within_percent",
        )
        formfield_callback = formfield

    def prepare(self) -> None:
        zones = zones_of(self.call)
        for name, label in (("opens_at", _("Opens at")), ("deadline", _("Deadline"))):
            self.fields[name] = MomentField(zone=self.call.time_zone, others=zones, label=label)
        self.fields["grace_minutes"].validators.append(MaxValueValidator(_DAY_OF_MINUTES))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opens, deadline = cleaned.get("opens_at"), cleaned.get("deadline")
        if opens and deadline and opens >= deadline:
            self.add_error("opens_at", _("The stage must open before its deadline."))
        return cleaned


def describe(stage: Stage, voice: Voice) -> Line:
    """A stage in a list: code, kind, from when to when."""
    moments = f"{voice.moment(stage.opens_at)} – {voice.moment(stage.deadline)}"
    return Line(stage.title or stage.code, (stage.code, stage.get_kind_display(), moments))


register(
    Part(
        "stage",
        Stage,
        "stages",
        "",
        StageForm,
        _("stage"),
        describe,
        listed_at("stage"),
        plural=_("stages"),
        about=_("Rounds of applying, one after the other: each with its dates, its form, its checks and its grid."),
    )
)
