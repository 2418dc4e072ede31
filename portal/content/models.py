"""Pages of the site that are not made from calls: about, help, privacy, accessibility."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import languages


class PageQuerySet(models.QuerySet["Page"]):
    def for_footer(self) -> "PageQuerySet":
        """Return the pages that the foot of every page links to, in their order."""
        return self.filter(in_footer=True)


class Page(models.Model):
    """A text of the site, in Markdown, at a stable address."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(
        _("text"), help_text=_("Markdown: headings with ##, lists with -, links as [text](address).")
    )
    in_footer = models.BooleanField(_("in the footer"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects: ClassVar[Any] = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("content:page", args=[self.slug])

    def text_language(self) -> str:
        """Return in which language the text is shown: the reader's, or one in which it is written."""
        written = [code for code in settings.MODELTRANSLATION_LANGUAGES if getattr(self, f"body_{code}")]
        return languages.fitting(written, languages.active())
