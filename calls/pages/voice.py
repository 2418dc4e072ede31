"""One language, currency and clock: how a page writes the values of a call."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from calls.spec import DurationSpec, GrantLimits, Text
from portal import languages
from portal.content import formatting


def page_language() -> str:
    """Return the language of the page, one that the site speaks."""
    return languages.active()


@dataclass(frozen=True)
class Voice:
    """Writes texts, amounts (in the call's currency) and moments (by the call's clock) in one language."""

    language: str
    currency: str
    zone: str

    def text(self, text: Text) -> str:
        return languages.said(text, self.language)

    def money(self, amount: Decimal) -> str:
        return formatting.money(amount, self.currency, self.language)

    def number(self, value: Decimal | int) -> str:
        return formatting.number(value, self.language)

    def percent(self, value: Decimal) -> str:
        written = formatting.number(value, self.language)
        return f"{written}{'' if self.language == 'en' else formatting.NO_BREAK}%"

    def moment(self, when: datetime) -> str:
        """Return date and hour with the place of the clock: «15 October 2027, 18:00 (Yerevan)»."""
        return f"{formatting.moment(when, self.zone, self.language)} ({formatting.place(self.zone, self.language)})"

    def quoted(self, text: str) -> str:
        """Return a text between the quotation marks of the language."""
        return f"«{text}»" if self.language == "hy" else f"“{text}”"

    def grant(self, grant: GrantLimits) -> str:
        """Return the amount of one grant in words; empty where the call sets none."""
        if grant.fixed is not None:
            return self.money(grant.fixed)
        return self._between(*(None if end is None else self.money(end) for end in (grant.min, grant.max)))

    def months(self, duration: DurationSpec) -> str:
        """Return how long a project lasts; empty where the call sets no limit."""
        if duration.min is None and duration.max is None:
            return ""
        span = self._between(*(None if end is None else str(end) for end in (duration.min, duration.max)))
        return _("%(span)s months") % {"span": span}

    def _between(self, low: str | None, high: str | None) -> str:
        if low is not None and high is not None:
            return low if low == high else f"{low}\N{NO-BREAK SPACE}– {high}"
        if high is not None:
            return _("up to %(high)s") % {"high": high}
        return _("from %(low)s") % {"low": low} if low is not None else ""


def whole_range(grants: list[GrantLimits]) -> GrantLimits:
    """Return the limits that cover those of all lots; open where one of them is open."""
    lows = [grant.min if grant.fixed is None else grant.fixed for grant in grants]
    highs = [grant.max if grant.fixed is None else grant.fixed for grant in grants]
    low = min((end for end in lows if end is not None), default=None)
    high = max((end for end in highs if end is not None), default=None)
    return GrantLimits(min=None if None in lows else low, max=None if None in highs else high)
