"""Markdown of calls and pages: shown as meant, and harmless."""

import pytest

from portal.content.markdown import render


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src="x" onerror="alert(1)">',
        "![x](https://example.org/pixel.png)",
        '<a href="https://example.org" onclick="alert(1)">x</a>',
        '<p style="position:fixed">x</p>',
    ],
)
def test_nothing_runs_and_nothing_is_fetched(source: str) -> None:
    html = render(source)
    for forbidden in (
        "<script",
        'href="javascript',
        'href="data',
        "<img",
        "<p style",
        '<a href="https://example.org" onclick',
    ):
        assert forbidden not in html


def test_html_in_a_text_is_shown_as_text() -> None:
    assert "&lt;b&gt;" in render("<b>5 < 6</b>")


def test_headings_begin_below_the_title_of_the_page() -> None:
    assert render("# A\n\n## B") == "<h2>A</h2>\n<h3>B</h3>\n"
    assert render("## A\n\n### B") == "<h2>A</h2>\n<h3>B</h3>\n"
    assert render("# A\n\n###### F", top=5) == "<h5>A</h5>\n<h6>F</h6>\n"


def test_links_keep_their_address_and_tell_nobody_where_from() -> None:
    assert render("[ՀՀՏԶ](https://example.org/?a=1&b=2)") == (
        '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">ՀՀՏԶ</a></p>\n'
    )


def test_a_wide_table_scrolls_in_its_own_box() -> None:
    html = render("| Փուլ | Ամիս |\n| --- | --- |\n| Մենթորություն | 3 |")
    assert '<div class="table-scroll" tabindex="0" role="group"><table class="table">' in html
    assert html.count("</table></div>") == 1
    assert "<td>3</td>" in html
