"""Tags and filters of the site's templates."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import gettext as _

from portal import languages
from portal.content import formatting, queries, registry
from portal.content.identity import Identity
from portal.content.identity import identity as read_identity

register = template.Library()


# Numbers and moments


@register.filter
def money(amount: Decimal | int | None, currency: str = "EUR") -> str:
    """Write an amount with its currency: ``{{ amount|money:"AMD" }}``; empty for None."""
    return "" if amount is None else formatting.money(amount, currency, languages.active())


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a number with the language's separators; empty for None."""
    return "" if value is None else formatting.number(value, languages.active())


@register.filter
def local_moment(when: datetime | None, zone: str = "UTC") -> str:
    """Write date and hour in an IANA zone: ``{{ when|local_moment:"Asia/Yerevan" }}``."""
    return formatting.moment(when, zone, languages.active()) if when else ""


@register.filter
def local_day(when: datetime | None, zone: str = "UTC") -> str:
    """Write the date of a moment in an IANA zone."""
    return formatting.day(when, zone, languages.active()) if when else ""


@register.filter
def place(zone: str) -> str:
    """Write the city of an IANA zone: ``{{ "Asia/Yerevan"|place }}``."""
    return formatting.place(zone, languages.active())


# The frame of the page


@register.simple_tag
def identity() -> Identity:
    """Name, mark and colours of the site."""
    return read_identity()


@register.simple_tag
def footer() -> queries.Footer:
    """Pages and country offices for the foot of the page."""
    return queries.footer()


@dataclass(frozen=True)
class NavigationLink:
    """A link of the header, ready to print; ``current`` is the value of aria-current."""

    title: str
    url: str
    current: str


def _resolved(entries: list[registry.Entry], request: HttpRequest | None) -> list[NavigationLink]:
    here = request.path if request else ""
    match = request.resolver_match if request else None
    found = []
    for entry in entries:
        try:
            url = reverse(entry.route)
        except NoReverseMatch:
            continue
        inside = bool(match and entry.app_name and entry.app_name in match.app_names)
        found.append(NavigationLink(str(entry.title), url, "page" if here == url else "true" if inside else ""))
    return found


@register.simple_tag(takes_context=True)
def header_links(context: template.Context) -> list[NavigationLink]:
    """Links of the header: those that apps registered and that exist."""
    return _resolved(registry.header_links, context.get("request"))


@register.simple_tag(takes_context=True)
def person_links(context: template.Context) -> list[NavigationLink]:
    """Links of a person's menu: those that apps registered and that exist."""
    return _resolved(registry.person_links, context.get("request"))


@dataclass(frozen=True)
class LanguageLink:
    """Another language, and the same place in it."""

    code: str
    name: str
    url: str
    absolute: str


@register.simple_tag(takes_context=True)
def other_languages(context: template.Context) -> list[LanguageLink]:
    """The other languages with the address of this very page in each, its query included."""
    request: HttpRequest | None = context.get("request")
    place_now = request.get_full_path() if request else "/"
    return [_in_language(place_now, code, request) for code in languages.spoken() if code != languages.active()]


def _in_language(place_now: str, code: str, request: HttpRequest | None) -> LanguageLink:
    url = translate_url(place_now, code)
    if url == place_now and place_now == "/":
        url = f"/{code}/"
    absolute = request.build_absolute_uri(url) if request else url
    return LanguageLink(code, settings.KNOWN_LANGUAGES[code], url, absolute)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The present query string with some values changed (None removes one): ``{% query_with page=2 %}``."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}"


# Forms


@dataclass(frozen=True)
class FieldError:
    """A line of the summary of errors; without an address where it is about the whole form."""

    href: str
    label: str
    text: str


def _target(field: forms.BoundField) -> str:
    """Return the id that a link to the field must have: of its first choice where it is a group."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def error_links(form: forms.BaseForm) -> list[FieldError]:
    """All errors of a form, each with the address of its field, in the order of the page."""
    general = [FieldError("", "", str(text)) for text in form.non_field_errors()]
    return general + [
        FieldError(f"#{_target(field)}", str(field.label or ""), str(text)) for field in form for text in field.errors
    ]


@register.filter
def is_optional(field: forms.BoundField) -> bool:
    """Whether a field may stay empty in the end. A form's field can say ``needed = True``: empty in a draft only."""
    return not (field.field.required or getattr(field.field, "needed", False))


@dataclass(frozen=True)
class Counter:
    """Words or characters typed so far, out of how many."""

    kind: str
    used: int
    limit: int

    @property
    def over(self) -> bool:
        return self.used > self.limit


@register.filter
def counter(field: forms.BoundField) -> Counter | None:
    """The counter of a text field whose widget has ``data-max-words`` or ``data-max-characters``."""
    attrs = field.field.widget.attrs
    text = str(field.value() or "")
    if "data-max-words" in attrs:
        return Counter("words", len(text.split()), int(attrs["data-max-words"]))
    if "data-max-characters" in attrs:
        return Counter("characters", len(text), int(attrs["data-max-characters"]))
    return None


# Words for signs

_TONES = {"pass": "done", "caveat": "warn", "fail": "error"}


@register.filter
def tone(verdict: str) -> str:
    """The tone of a verdict: pass is done, caveat is warn, fail is error."""
    return _TONES.get(verdict, "neutral")


@register.filter
def verdict_word(verdict: str) -> str:
    """The word of a verdict on one rule."""
    return {"pass": _("Fulfilled"), "caveat": _("Attention"), "fail": _("Not fulfilled")}.get(verdict, "")


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The numbers that pagination shows: first, last, those near, and signs for what is left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def without_placeholders(form: forms.BaseForm) -> forms.BaseForm:
    """The same form without grey words in its fields: the labels say it already, and do not go away."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form
