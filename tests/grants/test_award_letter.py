"""The award letter: what it says in both languages, on two pages, valid and in its own fonts."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import page as validator
import pikepdf
import pytest
from fontTools.ttLib import TTFont

from grants.letters import LetterContent, LetterOffice, Signatory, render_award_letter
from portal.documents.fonts import font_files
from tests.documents import pdfs

CONTENT = LetterContent(
    number="M4EG-2021-INNOVATION/014",
    dated=date(2027, 3, 15),
    programme={"hy": "ՀՀՏԶ ծրագիր", "en": "Mayors for Economic Growth (M4EG)"},
    office=LetterOffice(
        name={"hy": "Հայաստանի երկրի գրասենյակ", "en": "Country Office in Armenia"},
        address={"hy": "Երևան, Օրինակի փող. 14", "en": "14 Sample Street, Yerevan"},
        email="office@example.org",
        phone="+374 10 000 000",
    ),
    addressee_hy="Ալավերդի համայնքին\nԼոռու մարզ",
    addressee_en="Municipality of Alaverdi\nLori marz",
    call_title={
        "hy": "Համայնքային վերակերպումներ. վերակերպել համայնքի կյանքը",
        "en": "Community make-over: reimagine community life",
    },
    call_code="M4EG-2021-INNOVATION",
    application_number="M4EG-2021-INNOVATION-0007",
    project_title="Հին կայարանը՝ որպես համայնքային կենտրոն",
    project_language="hy",
    amount=Decimal("60000"),
    currency="EUR",
    duration_months=12,
    signatory=Signatory(
        name={"hy": "Անահիտ Սարգսյան", "en": "Anahit Sargsyan"},
        position={"hy": "Երկրի գրասենյակի ղեկավար", "en": "Head of the Country Office"},
    ),
    prevailing_language="en",
    confirm_url="https://portal.example.org/l/7KQ2MHXTPA4WZ9RD",
    confirm_address="portal.example.org/l/7KQ2-MHXT-PA4W-Z9RD",
    lot={"hy": "Հորիզոնական լոտ", "en": "Horizontal lot"},
    funder={"hy": "Եվրոպական միություն", "en": "European Union"},
    reply_by=date(2027, 4, 15),
    conditions=({"hy": "Բյուջեն հաստատվում է առաջ։", "en": "The budget is agreed before."},),
)
PLAIN = replace(CONTENT, lot=None, funder=None, reply_by=None, duration_months=None, conditions=())


@pytest.fixture(scope="module")
def letter() -> bytes:
    return render_award_letter(CONTENT)


def page_texts(content: bytes, place: Path) -> list[str]:
    """The text of each page."""
    parts = []
    with pikepdf.open(io.BytesIO(content)) as document:
        for number in range(len(document.pages)):
            alone = pikepdf.new()
            alone.pages.append(document.pages[number])
            buffer = io.BytesIO()
            alone.save(buffer)
            parts.append(pdfs.text(buffer.getvalue(), place))
    return parts


def test_is_a_valid_accessible_pdf_of_two_pages(letter: bytes) -> None:
    report = validator.validate_pdf_bytes(letter, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    assert report.document.page_count == 2


def test_says_in_armenian_what_was_awarded(letter: bytes, tmp_path: Path) -> None:
    text = page_texts(letter, tmp_path)[0]
    for said in [
        "15 մարտի 2027 թ.",
        "N M4EG-2021-INNOVATION/014",
        "Ալավերդի համայնքին Լոռու մարզ",
        "Դրամաշնորհի հատկացման ծանուցում",
        "«Համայնքային վերակերպումներ. վերակերպել համայնքի կյանքը» հայտերի ներկայացման հրավերի",
        "Հին կայարանը՝ որպես համայնքային կենտրոն",
        "60 000 եվրո (վաթսուն հազար եվրո)",
        "12 ամիս՝ դրամաշնորհի պայմանագրի ստորագրման օրվանից",
        "մինչև 15 ապրիլի 2027 թ. (ներառյալ)",
        "Բյուջեն հաստատվում է առաջ։",
        "գերակայում է անգլերեն տեքստը։",
        "Երկրի գրասենյակի ղեկավար Անահիտ Սարգսյան",
        "portal.example.org/l/7KQ2-MHXT-PA4W-Z9RD",
    ]:
        assert said in text
    assert "".join(text.split()).endswith("/0141/2"), "number and page at the foot"


def test_says_the_same_in_english(letter: bytes, tmp_path: Path) -> None:
    text = page_texts(letter, tmp_path)[1]
    for said in [
        "15 March 2027",
        "No. M4EG-2021-INNOVATION/014",
        "Municipality of Alaverdi Lori marz",
        "under the call for proposals “Community make-over: reimagine community life”",
        "EUR 60,000 (sixty thousand euros)",
        "12 months from the signing of the grant agreement",
        "by 15 April 2027.",
        "The budget is agreed before.",
        "Where they differ, the English text prevails.",
        "Head of the Country Office Anahit Sargsyan",
    ]:
        assert said in text
    assert "".join(text.split()).endswith("/0142/2"), "number and page at the foot"
    assert "Դրամաշնորհ" not in text


def test_the_prevailing_language_is_the_one_of_the_call(tmp_path: Path) -> None:
    armenian, english = page_texts(render_award_letter(replace(PLAIN, prevailing_language="hy")), tmp_path)
    assert "գերակայում է հայերեն տեքստը։" in armenian
    assert "the Armenian text prevails" in english
    with pytest.raises(ValueError, match="no version"):
        render_award_letter(replace(PLAIN, prevailing_language="fr"))


def test_what_is_not_given_leaves_no_empty_line(tmp_path: Path) -> None:
    text = page_texts(render_award_letter(PLAIN), tmp_path)[1]
    for label in ("Lot", "Financed by", "Implementation period", "accept or decline"):
        assert label not in text


def test_where_nobody_is_named_the_office_signs(tmp_path: Path) -> None:
    nobody = Signatory(name={"hy": "", "en": ""}, position={"hy": "", "en": ""})
    content = render_award_letter(replace(PLAIN, signatory=nobody))
    assert "Yours sincerely, Country Office in Armenia" in page_texts(content, tmp_path)[1]
    assert validator.validate_pdf_bytes(content, profile="ua1").is_compliant


def test_every_glyph_is_the_one_of_the_font_of_its_script(letter: bytes) -> None:
    files = {
        f"{file.family} {'Semi-Bold' if file.weight == '600' else ''}".strip().replace(" ", "-"): file.path
        for file in font_files()
    }
    sources = {name: TTFont(path) for name, path in files.items()}
    checked = 0
    for sign in pdfs.signs(letter):
        armenian = any("Ա" <= letter <= "֏" for letter in sign.text)
        assert armenian == ("armenian" in sign.font) or not sign.text.strip(), (sign.text, sign.font)
        if len(sign.text) == 1:
            source = sources[sign.font]
            assert sign.outline == pdfs.outline(source, source.getBestCmap()[ord(sign.text)]), sign.text
            checked += 1
    assert checked > 2000


def test_each_part_is_read_in_its_own_language(letter: bytes) -> None:
    spoken = pdfs.languages(letter)
    seen: dict[tuple[int, str], str] = {}
    for sign in pdfs.signs(letter):
        if sign.mcid is not None and (sign.page, sign.mcid) in spoken:
            key = sign.page, spoken[sign.page, sign.mcid]
            seen[key] = seen.get(key, "") + sign.text
    assert set(seen) == {(0, "hy"), (1, "hy"), (1, "en")}
    assert "".join(seen[1, "hy"].split()) == "Հինկայարանը՝որպեսհամայնքայինկենտրոն"


def test_the_code_leads_to_the_page_that_confirms_it(letter: bytes) -> None:
    with pikepdf.open(io.BytesIO(letter)) as document:
        figures = [str(item.Alt) for item in document.objects if _is_figure(item)]
    assert figures == [
        "QR կոդ՝ սույն ծանուցումը հաստատող էջի հասցեով",
        "QR code with the address of the page that confirms this letter",
    ]


def _is_figure(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"


def test_a_letter_full_to_the_limits_still_has_two_pages() -> None:
    condition = {"hy": "Բյուջեն և պլանը համաձայնեցվում են գրասենյակի հետ։ " * 2, "en": "The plan is agreed. " * 5}
    full = replace(
        CONTENT,
        project_title="Երկար անվանում ունեցող ծրագիր " * 5,
        addressee_hy="Եղեգնաձորի համայնքի ղեկավար\nպարոն Գրիգորյանին\nՎայոց ձորի մարզ\nք. Եղեգնաձոր",
        amount=Decimal("58999.37"),
        conditions=(condition,) * 5,
    )
    report = validator.validate_pdf_bytes(render_award_letter(full), profile="ua1")
    assert report.is_compliant
    assert report.document.page_count == 2


def test_text_of_people_is_never_markup(tmp_path: Path) -> None:
    title = "<b>A</b> & <script>B</script>"
    text = page_texts(render_award_letter(replace(PLAIN, project_title=title)), tmp_path)[0]
    assert title in text
