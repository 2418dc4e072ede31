"""Corrigenda among what is new in a call."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from calls.corrigenda.queries import corrigenda_of
from calls.models import Call
from calls.pages.corrigenda import corrigendum_page
from calls.registry import NewsItem


def of_corrigenda(call: Call) -> Iterator[NewsItem]:
    """Tell of each corrigendum; one query, none for a call without any."""
    for corrigendum in corrigenda_of(call):
        page = corrigendum_page(corrigendum)
        title = _("Corrigendum No %(number)s") % {"number": page.number}
        yield NewsItem(corrigendum.issued_at, title, page.summary, page.url, f"corrigendum-{page.number}")
