"""What a call is searched by: kept by triggers of the database (``calls_refresh_search``), never written by us."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class CallSearch(models.Model):
    """The words of one call and of its parts, in all languages.

    ``vector`` holds stems and whole words with their weights; ``folded`` the words of titles, summary and objectives
    as they are compared (``portal.armenian.fold``), for typing errors; ``spelled`` the same as people write them.
    The row goes with its call by the database itself: the triggers of deleted lots may write it until then.
    """

    call = models.OneToOneField(
        Call,
        models.DO_NOTHING,
        primary_key=True,
        related_name="search",
        verbose_name=_("call"),
        db_constraint=False,
    )
    vector = SearchVectorField(_("stems"))
    folded = models.TextField(_("words as compared"))
    spelled = models.TextField(_("words as written"))

    class Meta:
        verbose_name = _("words of a call")
        verbose_name_plural = _("words of calls")
        # Written at once: a list of what waits would be read through by every search.
        indexes = [
            GinIndex(fields=["vector"], name="call_search_vector", fastupdate=False),
            GinIndex(fields=["folded"], name="call_search_folded", fastupdate=False, opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return str(self.call)
