"""Markdown of calls and pages to HTML that is safe to show."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "div"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "div": {"class", "tabindex", "role"}, "table": {"class"}}
_PARSER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
_SMALLEST = 6


def _place_headings(tokens: list[Token], top: int) -> None:
    """Give the largest heading of the text the level ``top``, and the others theirs below it."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    largest = min((int(token.tag[1]) for token in headings), default=top)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - largest + top, _SMALLEST)}"


def _dress_tables(html: str) -> str:
    """Let a wide table scroll in its own box, reachable by keyboard, and not the page."""
    opened = html.replace("<table>", '<div class="table-scroll" tabindex="0" role="group"><table class="table">')
    return opened.replace("</table>", "</table></div>")


def render(text: str, top: int = 2) -> SafeString:
    """Return Markdown as sanitised HTML.

    Args:
        text: CommonMark with tables. HTML inside it is shown as text.
        top: the level that the largest heading of the text gets (2 to 6): the page's own title is the only h1.
    """
    tokens = _PARSER.parse(text)
    _place_headings(tokens, top)
    html = _dress_tables(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308  (sanitised by the line above)
