"""Which texts of pages exist in each language. History is recorded after that, so that it holds every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.content.models import Page
from portal.history import tracked


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "body")
    required_languages = ("hy", "en")


tracked()(Page)
