"""PDFs: tagged, valid, drawn with the right fonts, closed to the outside."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pytest
from django.core.checks import run_checks
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from portal.documents import pdf
from portal.documents.checks import check_pdf_fonts, check_pdf_libraries
from portal.documents.fonts import font_directory, font_files
from tests.documents import pdfs

PAGE = """<!doctype html><html lang="{{ language }}" class="{{ density }}">
<head><title>{{ title }}</title></head><body>%s</body></html>"""
WORDS = {"latin": "Yerevan", "armenian": "Երևան"}
Render = Callable[..., bytes]


@pytest.fixture
def render(tmp_path: Path, settings: Any) -> Render:
    """Render a body that a test writes, with a style sheet if it wants one."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]

    def render(body: str, css: str = "", language: str = "hy", **options: Any) -> bytes:
        (tmp_path / "test.html").write_text(PAGE % body)
        sheet = f"test{abs(hash(css))}.css"
        (tmp_path / sheet).write_text(css)
        return pdf.render_pdf("test.html", {}, title="Փորձ", language=language, stylesheet=sheet, **options)

    return render


def fonts_css(style: str) -> str:
    return f'* {{ font: 400 48pt "Noto {style} latin", "Noto {style} armenian"; }}'


def trimmed(picture: Image.Image) -> Image.Image:
    """What is drawn, without the white around it."""
    return picture.crop(ImageChops.invert(picture.convert("L")).getbbox()).convert("L")


def by_hand(word: str, style: str, subset: str, size: tuple[int, int]) -> Image.Image:
    """The word drawn by another library with one font file, as large as a picture to compare it with."""
    path = font_directory() / f"noto-{style}-{subset}-400-normal.ttf"
    canvas = Image.new("L", (3000, 600), 255)
    ImageDraw.Draw(canvas).text((50, 100), word, font=ImageFont.truetype(str(path), 200), fill=0)
    return trimmed(canvas).resize(size, Image.Resampling.LANCZOS)


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


@pytest.mark.parametrize("style", ["sans", "serif"])
@pytest.mark.parametrize("subset", ["latin", "armenian"])
def test_each_script_is_drawn_with_its_own_font(render: Render, tmp_path: Path, style: str, subset: str) -> None:
    content = render(f"<p>{WORDS[subset]}</p>", fonts_css(style.title()))
    seen = trimmed(pdfs.drawn(content, tmp_path, resolution=200)[0])
    other_style = "serif" if style == "sans" else "sans"
    right = difference(seen, by_hand(WORDS[subset], style, subset, seen.size))
    wrong = difference(seen, by_hand(WORDS[subset], other_style, subset, seen.size))
    assert right < 12
    assert wrong > 2 * right


@pytest.mark.parametrize("style", ["sans", "serif"])
def test_every_glyph_is_the_one_of_its_font_file(render: Render, style: str) -> None:
    body = "<p>Երևան, 60 000 եվրո։ Yerevan «A» (B) 12 600 000 ֏, € 1.5; Şəki, Bălți, № 7</p>"
    families = ", ".join(f'"Noto {style.title()} {name}"' for name in ("latin", "armenian", "latin-ext", "cyrillic"))
    files = {f"{file.family}".replace(" ", "-"): TTFont(file.path) for file in font_files() if file.weight == "400"}
    seen = list(pdfs.signs(render(body, f"* {{ font-family: {families}; font-weight: 400 }}")))
    assert "".join(sign.text for sign in seen).replace(" ", "").startswith("Երևան,60")
    for sign in (sign for sign in seen if len(sign.text) == 1):
        source = files[sign.font]
        assert sign.outline == pdfs.outline(source, source.getBestCmap()[ord(sign.text)]), sign.text
    assert {sign.font.rsplit("-", 1)[-1] for sign in seen} == {"latin", "armenian", "ext", "cyrillic"}


def test_is_a_valid_accessible_pdf_with_title_language_and_bookmarks(render: Render) -> None:
    content = render("<h1>Մեկ</h1><p>Տեքստ</p><h2>Երկու</h2><ul><li>Կետ</li></ul>", fonts_css("Sans"))
    report = validator.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.docinfo["/Title"]) == "Փորձ"
        assert str(document.Root.Lang) == "hy"
        with document.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Մեկ"]
            assert [item.title for item in outline.root[0].children] == ["Երկու"]


def test_each_part_is_read_in_its_language(render: Render) -> None:
    body = """<p>մեկ</p><div lang="en"><p>two <b lang="hy">երեք</b></p>
      <table><tr><th>four</th><td lang="hy">հինգ</td></tr></table><ul><li>six</li></ul></div>
      <p lang="en" style="break-before: page">seven</p>"""
    content = render(body, fonts_css("Sans").replace("48pt", "10pt"))
    spoken = pdfs.languages(content)
    seen: dict[str, str] = {}
    for sign in pdfs.signs(content):
        language = spoken[sign.page, sign.mcid] if sign.mcid is not None else "none"
        seen[language] = seen.get(language, "") + sign.text
    assert "".join(seen["hy"].split()) == "մեկերեքհինգ"
    assert "".join(seen["en"].replace("•", "").split()) == "twofoursixseven"


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/a.png", "https://example.org/a.png", "file:///etc/passwd", "/etc/hostname"],
)
def test_nothing_is_fetched_but_fonts_and_data(render: Render, address: str) -> None:
    with pytest.raises(ValueError, match="not allowed in a PDF"):
        pdf.LocalFetcher().fetch(address)
    alone = render('<p>a</p><img alt="a">', fonts_css("Sans"))
    assert abs(len(render(f'<p>a</p><img alt="a" src="{address}">', fonts_css("Sans"))) - len(alone)) < 200


def test_fonts_are_not_a_way_to_other_files() -> None:
    address = (font_directory() / ".." / ".." / ".." / ".." / "manage.py").as_uri()
    with pytest.raises(ValueError, match="not allowed in a PDF"):
        pdf.LocalFetcher().fetch(address)


def test_a_long_text_is_set_tighter_until_it_fits(render: Render) -> None:
    css = 'p { font: 400 20pt "Noto Sans armenian"; } .dense p { font-size: 14pt } .denser p { font-size: 8pt }'
    body = "<p>" + "երկար տեքստ " * 400 + "</p>"

    def pages(**options: Any) -> int:
        with pikepdf.open(io.BytesIO(render(body, css, **options))) as document:
            return len(document.pages)

    natural = pages()
    assert natural > 3
    assert pages(max_pages=natural) == natural
    assert 1 < pages(max_pages=natural - 1) < natural
    assert pages(max_pages=1) < pages(max_pages=natural - 1)


def test_the_second_document_reuses_fonts_and_style_sheet(render: Render) -> None:
    css = fonts_css("Serif")
    render("<p>a</p>", css)
    fonts, sheets = pdf._fonts(), pdf._stylesheet.cache_info().currsize
    render("<p>b</p>", css)
    assert pdf._fonts() is fonts
    assert pdf._stylesheet.cache_info().currsize == sheets


def test_the_check_at_start_names_missing_fonts(settings: Any, tmp_path: Path) -> None:
    assert check_pdf_fonts(None) == []
    settings.BASE_DIR = tmp_path
    (message,) = check_pdf_fonts(None)
    assert message.id == "documents.W003"
    assert "serif armenian 600" in message.msg
    assert "install" in str(message.hint)


def test_the_check_at_start_runs_and_finds_the_libraries() -> None:
    assert check_pdf_libraries(None) == []
    assert not [message for message in run_checks() if str(message.id).startswith("documents.")]


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.documents.checks._SUBSET", ("libnot-there.so.0",))
    (message,) = check_pdf_libraries(None)
    assert "libharfbuzz-subset0" in str(message.hint)
