"""A letter against an empty page drawn by the same library."""

from collections.abc import Iterator

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from bench.measuring import Measured, measure
from grants import letter_content
from grants.letters import render_award_letter
from grants.models import Letter

_RUNS = 20


def measured() -> Iterator[Measured]:
    content = letter_content.of(Letter.objects.order_by("pk")[0])
    fonts = FontConfiguration()

    def empty() -> None:
        weasyprint.HTML(string="<p></p>").write_pdf(font_config=fonts)

    yield measure("render a letter", "an empty page", lambda: render_award_letter(content), empty, runs=_RUNS)
