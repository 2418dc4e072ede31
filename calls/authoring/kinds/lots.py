"""Lots, with their money, places and objectives."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.authoring.fields import CodesField
from calls.authoring.forms import PartForm, formfield
from calls.authoring.kinds.listing import listed_at
from calls.authoring.lines import TextLines, said
from calls.authoring.parts import Line, Part, register
from calls.authoring.words import country_names, region_names
from calls.models import Lot
from calls.pages.cards import grant_limits
from calls.pages.voice import Voice
from calls.transfer.rows import align

GRANT = ("grant_min", "grant_max", "grant_fixed")


class LotForm(PartForm):
    texts = ("title",)
    codes = "code"
    layout = (
        ("", (("code", "kind"), ("title",))),
        (_("Money"), (("budget", "cofinancing_min_percent"), GRANT)),
        (_("Where"), (("countries",), ("regions",))),
    )

    class Meta:
        model = Lot
        fields = ("code", "kind", "budget", "cofinancing_min_percent", *GRANT, "countries", "regions")
        formfield_callback = formfield

    def prepare(self) -> None:
        lot = self.instance
        self.fields["budget"].required = True
        for name in ("cofinancing_min_percent", *GRANT):
            self.fields[name].help_text = _("Empty: as in the call.") if name != "grant_fixed" else ""
        known = {*self.call.countries, *lot.countries}
        self.fields["countries"] = CodesField(
            label=_("Countries"),
            required=False,
            present=lot.countries,
            choices=[pair for pair in country_names(lot.countries) if pair[0] in known],
            help_text=_("None ticked: all countries of the call."),
        )
        self.fields["regions"] = CodesField(
            label=_("Regions"),
            required=False,
            present=lot.regions,
            choices=region_names(self.call, lot.regions),
            help_text=_("None ticked: everywhere in these countries."),
        )
        self.lines = TextLines(
            "objectives",
            _("Objectives"),
            self.call.languages,
            self.data if self.is_bound else None,
            self._kept_objectives(),
        )

    def _kept_objectives(self) -> list[dict[str, str]]:
        if self.is_new:
            return []
        rows = self.instance.objectives.all()
        return [{code: getattr(row, f"text_{code}") or "" for code in self.call.languages} for row in rows]

    def shown_values(self) -> dict[str, str]:
        return {**super().shown_values(), "objectives": said(self._kept_objectives())}

    def typed(self, name: str) -> str:
        return said(self.lines.filled) if name == "objectives" else super().typed(name)

    def asks_again(self) -> bool:
        return self.lines.asks_again

    def write_more(self, row: Any) -> None:
        if not self.is_bound or self.lines.filled == self._kept_objectives():
            return
        columns = [{f"text_{code}": line.get(code, "") for code in self.call.languages} for line in self.lines.filled]
        align(row.objectives, None, columns)


def describe(lot: Lot, voice: Voice) -> Line:
    """A lot in a list: code, kind, money."""
    grant = voice.grant(grant_limits(lot))
    facts = (lot.code, lot.get_kind_display(), voice.money(lot.budget or Decimal(0)))
    return Line(lot.title or lot.code, (*facts, *([grant] if grant else [])))


register(
    Part(
        "lot",
        Lot,
        "lots",
        "",
        LotForm,
        _("lot"),
        describe,
        listed_at("lot"),
        plural=_("lots"),
        about=_("Parts of the call with their own money, objectives and ranking. A call can do without lots."),
    )
)
