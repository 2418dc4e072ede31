"""Fields of the forms of authoring: amounts, moments by the call's clock, codes in their order."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.translation import gettext_lazy as _

from calls.callfile.checks.moments import times_shown
from portal import languages, numbers
from portal.content import formatting

# The years that call files take; at the ends of the calendar the clock of another place cannot be told.
_YEARS = range(1900, 2200)
_NO_NUMBER = _("“%(typed)s” cannot be read as a number. Please use digits, for example 60 000.")
_SENTENCES: Final[dict[str, Any]] = {
    "ambiguous": _(
        "“%(typed)s” can be read in two ways. Please write %(large)s or %(small)s: a space between thousands, "
        "and a comma or point only before a fraction."
    ),
    "too_many_digits": DecimalValidator.messages["max_whole_digits"],
}


class NumberField(forms.DecimalField):
    """A number as people type it: "60 000", "60 000,50"; what can be read in two ways is asked about, never guessed."""

    widget = forms.TextInput
    signed = False
    """Whether the number may lie below zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "number"}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, Decimal | int):
            return Decimal(value)
        if not (text := str(value or "").strip()):
            return None
        try:
            read = numbers.read(text)
        except numbers.Unreadable as unclear:
            message = _SENTENCES.get(unclear.code, _NO_NUMBER)
            raise ValidationError(
                message, params={"typed": value, "max": numbers.DIGITS, **unclear.params}
            ) from unclear
        if read < 0 and not self.signed:
            raise ValidationError(_NO_NUMBER, params={"typed": value})
        return read

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal | int) or isinstance(value, bool):
            return value
        whole, _point, rest = f"{value:f}".partition(".")
        rest = rest.rstrip("0")
        rest = rest.ljust(2, "0") if rest and self.decimal_places == 2 else rest
        return numbers.show(f"{whole}.{rest}" if rest else whole, languages.active())


class MomentField(forms.DateTimeField):
    """A date and time by the clock of a place, kept as a UTC moment. A time that the clock skips or repeats is refused.

    Args:
        zone: the clock, as an IANA name.
        others: further zones in which the moment is shown beside.
    """

    widget = forms.DateTimeInput

    def __init__(self, *, zone: str, others: Sequence[str] = (), **kwargs: Any) -> None:
        self.zone = ZoneInfo(zone)
        self.others = [other for other in others if other != zone]
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "data-zone": zone}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        local = value.astimezone(self.zone) if value.tzinfo else value
        return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value
        if not (text := str(value or "").strip()):
            return None
        local = self._read(text)
        self._check_once(local)
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    @staticmethod
    def _read(text: str) -> datetime:
        message = _("“%(typed)s” cannot be read as a date and time. Please write it as 2027-03-15 16:00.")
        refusal = ValidationError(message, params={"typed": text})
        try:
            local = datetime.fromisoformat(text.replace(" ", "T", 1)).replace(fold=0)
        except ValueError as error:
            raise refusal from error
        if local.year not in _YEARS:
            raise refusal
        return local

    def _check_once(self, local: datetime) -> None:
        if local.tzinfo is not None:
            raise ValidationError(_("Please write the time by the clock of the call, without a zone."))
        values = {"moment": f"{local:%Y-%m-%d %H:%M}", "zone": str(self.zone)}
        shown = times_shown(local, self.zone)
        if shown == 0:
            message = _("the clock of %(zone)s skips %(moment)s (summer time begins); write a time before or after it")
            raise ValidationError(message, params=values)
        if shown > 1:
            message = _(
                "the clock of %(zone)s shows %(moment)s twice (summer time ends); write a time before or after it"
            )
            raise ValidationError(message, params=values)

    def places(self) -> list[str]:
        """Return the cities by which people know the other zones."""
        return [formatting.place(zone, languages.active()) for zone in self.others]

    def beside(self, value: Any) -> list[str]:
        """Return a moment by the other clocks: "18:00 (Yerevan)", with the date where it is another day."""
        if not isinstance(value, datetime):
            return []
        language, home = languages.active(), value.astimezone(self.zone).date()
        shown = []
        for zone in self.others:
            there = value.astimezone(ZoneInfo(zone))
            day = "" if there.date() == home else f"{formatting.day(value, zone, language)}, "
            shown.append(f"{day}{there:%H:%M} ({formatting.place(zone, language)})")
        return shown


class CodesField(forms.MultipleChoiceField):
    """Several codes by ticking; those that were there keep their order, new ones follow in the order of the choices."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, present: Iterable[str] = (), **kwargs: Any) -> None:
        self.present = list(present)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        order = dict.fromkeys((*self.present, *(code for code, _name in self.choices)))  # type: ignore[union-attr, misc]
        return [str(code) for code in order if code in chosen]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or ()) != set(data or ())
