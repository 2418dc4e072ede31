"""The priorities of a call."""

from django.utils.translation import gettext_lazy as _

from calls.authoring.forms import PartForm
from calls.authoring.kinds.listing import listed_at
from calls.authoring.parts import Line, Part, register
from calls.models import Priority
from calls.pages.voice import Voice


class PriorityForm(PartForm):
    texts = ("title",)
    codes = "code"
    layout = (("", (("code",), ("title",))),)

    class Meta:
        model = Priority
        fields = ("code",)


def describe(priority: Priority, _voice: Voice) -> Line:
    """A priority in a list."""
    return Line(priority.title or priority.code, (priority.code,))


register(
    Part(
        "priority",
        Priority,
        "priorities",
        "",
        PriorityForm,
        _("priority"),
        describe,
        listed_at("priority"),
        plural=_("priorities"),
        about=_("What proposals are to address. Applicants choose among them at the beginning of the form."),
        sheet="cover",
    )
)
