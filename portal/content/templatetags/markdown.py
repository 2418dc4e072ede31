"""``{% load markdown %}{{ text|markdown }}``, or ``{{ text|markdown:3 }}`` where its headings begin at h3."""

from django import template
from django.utils.safestring import SafeString

from portal.content.markdown import render

register = template.Library()


@register.filter
def markdown(text: str | None, top: int = 2) -> SafeString:
    """Render Markdown as sanitised HTML."""
    return render(text or "", top)
