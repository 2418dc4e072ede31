"""The look: small, careful with Armenian letters, and usable by everybody."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from portal.accounts.models import Person
from portal.content import lifecycle, queries

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
FIRST_LOAD_BYTES = 150 * 1024
HTML_AND_HTMX_BYTES = 30 * 1024
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"


def compressed(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 6))


def linked() -> list[Path]:
    """The files that the frame and its style sheet name."""
    frame = (TEMPLATES / "base_plain.html").read_text()
    style = (STATIC / "site/site.css").read_text()
    files = [STATIC / name for name in re.findall(r"{% static '([^']+)' %}", frame)]
    return files + [(STATIC / "site" / name).resolve() for name in re.findall(r'url\("(\.\./[^"]+)"\)', style)]


def test_a_first_load_stays_small() -> None:
    files = linked()
    assert len([path for path in files if path.suffix == ".woff2"]) == 6
    assert sum(map(compressed, files)) + HTML_AND_HTMX_BYTES <= FIRST_LOAD_BYTES


def test_our_own_style_and_script_stay_tiny() -> None:
    assert compressed(STATIC / "site/site.css") <= 8 * 1024
    assert compressed(STATIC / "site/site.js") <= 2 * 1024


def test_letters_keep_their_case() -> None:
    for path in [*(STATIC / "site").glob("*.css"), *TEMPLATES.rglob("*.html")]:
        assert not re.search(r"text-transform|text-uppercase|small-caps|\|upper\b", path.read_text()), path


def test_each_font_file_has_a_family_of_its_own() -> None:
    style = (STATIC / "site/site.css").read_text() + (STATIC / "site/letters.css").read_text()
    faces = re.findall(r'font-family: "([^"]+)"; src: url\("../vendor/fonts/([a-z-]+)-(\d+)-normal', style)
    scripts = {family: {file for name, file, _weight in faces if name == family} for family, *_ in faces}
    assert all(len(files) == 1 for files in scripts.values()), scripts


def test_letters_of_other_languages_come_only_where_a_page_has_them() -> None:
    ranges = re.findall(r"unicode-range: ([^}]+)}", (STATIC / "site/letters.css").read_text())
    assert len(ranges) == 9
    spans = [span.strip().removeprefix("U+").split("-") for line in ranges for span in line.split(",")]
    ours = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x530, 0x590), 0x2013, 0x2014, 0x20AC, 0x2026}
    for span in spans:
        assert not ours & set(range(int(span[0], 16), int(span[-1], 16) + 1)), span


def test_templates_hold_no_inline_code_or_style() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if {"email", "emails", "letters", "pdf"} & set(path.parts):
            continue
        text = path.read_text()
        assert not re.search(r"\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)[^>]*>", text), path


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_text_have_contrast(scheme: str) -> None:
    style = (STATIC / "site/site.css").read_text()
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    tokens = colours(light) | (colours(dark.split("\n}", 1)[0]) if scheme == "dark" else {})
    pairs = [("ink", "paper"), ("ink", "mist"), ("slate", "paper"), ("slate", "mist"), ("sevan", "paper")]
    pairs += [("sevan", "mist"), ("sevan-deep", "sevan-tint"), ("apricot-ink", "apricot-tint")]
    pairs += [("green", "green-tint"), ("pomegranate", "pomegranate-tint"), ("ink", "apricot-tint")]
    for text, ground in pairs:
        assert contrast(tokens[text], tokens[ground]) >= 4.5, (text, ground)


def violations(page: Any) -> list[str]:
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


@pytest.fixture
def staff_page(page: Any, client: Any) -> Any:
    lifecycle.load_pages()
    queries.forget_footer()
    client.force_login(Person.objects.create_user("staff@example.org", name="Անի Գրիգորյան", is_staff=True))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/hy/")
    place = {"domain": "localhost", "path": "/"}
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, **place}])
    return page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["hy", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_is_usable_by_everybody(staff_page: Any, language: str, scheme: str) -> None:
    complaints: list[str] = []
    staff_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    staff_page.emulate_media(color_scheme=scheme)
    for width in (1280, 320):
        staff_page.set_viewport_size({"width": width, "height": 800})
        staff_page.goto(f"/{language}/styleguide/")
        assert violations(staff_page) == []
        assert staff_page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/hy/", "/en/accounts/login/", "/hy/pages/privacy/", "/en/pages/nothing/"])
def test_pages_are_usable_by_everybody(page: Any, path: str) -> None:
    lifecycle.load_pages()
    queries.forget_footer()
    page.goto(path)
    assert violations(page) == []


@pytest.mark.django_db(transaction=True)
def test_the_bar_takes_a_fifth_of_a_phone_at_most(staff_page: Any) -> None:
    for width, height in ((390, 844), (320, 568)):
        staff_page.set_viewport_size({"width": width, "height": height})
        staff_page.goto("/hy/styleguide/")
        box = staff_page.locator(".draft-bar").bounding_box()
        assert box["height"] <= height / 5
        assert abs(box["y"] + box["height"] - height) < 1, "it stays in sight"


@pytest.mark.django_db(transaction=True)
def test_targets_of_fingers_are_large_enough(staff_page: Any) -> None:
    staff_page.set_viewport_size({"width": 390, "height": 844})
    staff_page.goto("/hy/styleguide/")
    small = staff_page.evaluate(
        """() => [...document.querySelectorAll('button, .btn, .chip, .page-link, .form-check-label, input, select')]
        .filter(e => e.getClientRects().length && e.type !== 'hidden' && !e.classList.contains('form-check-input'))
        .filter(e => { const box = e.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
        .map(e => e.outerHTML)"""
    )
    assert small == []


@pytest.mark.django_db(transaction=True)
def test_the_menu_opens_and_leads_without_scripts(staff_page: Any, live_server: Any) -> None:
    context = staff_page.context.browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(staff_page.context.cookies())
    page = context.new_page()
    page.goto("/hy/")
    page.locator("details.menu summary").click()
    page.locator(".menu-body a").first.click()
    page.wait_for_load_state()
    assert not page.url.endswith("/hy/")
    context.close()


@pytest.mark.django_db(transaction=True)
def test_words_are_counted_while_typing(staff_page: Any) -> None:
    staff_page.goto("/en/styleguide/")
    staff_page.locator("#id_need").fill("one two three")
    assert staff_page.locator("[data-counter=id_need]").inner_text() == "3 / 400 words"
    staff_page.locator("#id_need").fill("word " * 401)
    assert "counter-over" in staff_page.locator("[data-counter=id_need]").get_attribute("class")
