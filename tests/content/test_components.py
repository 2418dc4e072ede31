"""Components: what a page shows, and what a screen reader is told."""

from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from lxml import html as lxml_html  # type: ignore[import-untyped]

from portal.content import registry, styleguide
from portal.content.templatetags import site

LANGUAGES = ["hy", "en"]


def shown(template: str, context: dict[str, Any], language: str = "en", path: str = "/en/") -> Any:
    request = RequestFactory().get(path)
    with translation.override(language):
        return lxml_html.fromstring(render_to_string(template, context, request=request))


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture(params=LANGUAGES)
def samples(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**styleguide.samples(request.param), "language": request.param}


def test_a_tag_has_a_word_and_a_sign_hidden_from_readers() -> None:
    tag = shown("components/tag.html", {"word": "Open", "tone": "open"})
    assert words(tag) == "Open"
    assert tag.get("class") == "tag tag-open"
    assert tag.find("svg").get("aria-hidden") == "true"


def test_each_rule_says_its_verdict_in_words(samples: dict[str, Any]) -> None:
    block = shown("components/rules.html", {"rules": samples["rules"]}, samples["language"])
    expected = {"hy": 3, "en": 3}[samples["language"]]
    assert len(block.findall(".//li")) == expected or len(block.xpath("//li")) == expected
    said = [words(word) for word in block.xpath("//*[@class='word']")]
    assert len(set(said)) == 3
    assert samples["rules"][2]["reason"] in words(block)


def test_the_deadline_block_says_zone_of_call_and_reader(samples: dict[str, Any]) -> None:
    block = shown("components/deadline.html", {"deadline": samples["deadline"]}, samples["language"])
    text = words(block)
    places = {"hy": "18:00 (Երևան), 16:00 (Բրյուսել)", "en": "18:00 (Yerevan), 16:00 (Brussels)"}
    assert places[samples["language"]] in text
    assert samples["deadline"].left in text
    assert block.xpath("//time/@datetime") == ["2027-10-15T14:00:00+00:00"]


def test_a_passed_deadline_says_so() -> None:
    block = shown("components/deadline.html", {"deadline": styleguide.samples("en")["over"]})
    assert "The deadline has passed" in words(block)
    assert not block.xpath("//*[@data-left]")


def test_the_bar_says_that_saving_is_not_submitting() -> None:
    context = {"missing": 1, "url": "/check/", "button": "Check"}
    assert "Not submitted yet · 1 answer is missing" in words(shown("components/not_submitted_bar.html", context))
    context["missing"] = 0
    assert "nothing is missing" in words(shown("components/not_submitted_bar.html", context))


def test_a_task_that_cannot_be_opened_is_no_link(samples: dict[str, Any]) -> None:
    items = shown("components/tasklist.html", {"tasks": samples["tasks"]}, samples["language"]).xpath("//li")
    assert [bool(item.xpath(".//a")) for item in items] == [True, True, True, False]


def test_pagination_keeps_the_query() -> None:
    page = Paginator(range(100), 10).page(5)
    block = shown("components/pagination.html", {"page": page}, path="/en/calls/?state=open&q=%D5%A1&page=5")
    links = block.xpath("//a/@href")
    assert "?state=open&q=%D5%A1&page=6" in links
    assert all("state=open" in link and link.count("page=") == 1 for link in links)
    assert words(block.xpath("//a[@aria-current='page']")[0]) == "Page 5"


def test_a_list_of_one_page_has_no_pagination() -> None:
    with translation.override("en"):
        page = Paginator(range(3), 10).page(1)
        assert render_to_string("components/pagination.html", {"page": page}).strip() == ""


class Answer(forms.Form):
    need = forms.CharField(label="Need", help_text="Up to 3 words", widget=forms.Textarea({"data-max-words": "3"}))
    partners = forms.ChoiceField(label="Partners", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)
    decision = forms.CharField(label="Decision", required=False)
    decision.needed = True  # type: ignore[attr-defined]


def crispy(form: forms.Form) -> Any:
    from django.template import engines

    template = engines["django"].from_string("{% load crispy_forms_filters %}<div>{{ form|crispy }}</div>")
    with translation.override("en"):
        return lxml_html.fromstring(template.render({"form": form}))


def test_every_control_has_a_label_hint_and_error_that_belong_to_it() -> None:
    block = crispy(Answer({"need": ""}))
    field = block.get_element_by_id("id_need")
    assert block.xpath("//label[@for='id_need']")
    assert field.get("aria-invalid") == "true"
    described = [block.get_element_by_id(identity) for identity in field.get("aria-describedby").split()]
    assert [words(part) for part in described] == ["Up to 3 words", "This field is required."]
    assert words(block.xpath("//fieldset/legend")[0]) == "Partners"


def test_the_summary_links_to_each_faulty_field_and_the_link_lands() -> None:
    block = crispy(Answer({}))
    links = block.xpath("//*[@role='alert']//a/@href")
    assert links == ["#id_need", "#id_partners_0"]
    for link in links:
        block.get_element_by_id(link.removeprefix("#"))
    assert not crispy(Answer()).xpath("//*[@role='alert']")


def test_only_what_may_stay_empty_is_called_optional() -> None:
    labels = [words(label) for label in crispy(Answer()).xpath("//label[@for]")]
    assert "Note (optional)" in labels
    assert "Decision" in labels
    assert "Need" in labels


def test_words_are_counted_and_too_many_are_marked() -> None:
    block = crispy(Answer(initial={"need": " մեկ  երկու\nերեք չորս "}))
    counter = block.xpath("//*[@data-counter='id_need']")[0]
    assert words(counter) == "4 / 3 words"
    assert "counter-over" in counter.get("class")
    assert "counter-over" not in crispy(Answer(initial={"need": "մեկ"})).xpath("//*[@data-counter]")[0].get("class")


def test_an_error_about_the_whole_form_is_said_without_a_link() -> None:
    form = Answer({"need": "x", "partners": "y"})
    form.add_error(None, "Too late")
    assert [(error.href, error.text) for error in site.error_links(form)] == [("", "Too late")]
    assert "Too late" in words(crispy(form).xpath("//*[@role='alert']")[0])


def test_the_header_links_only_to_what_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "header_links", [])
    registry.add_header_link("Nowhere", "no:such-page", 1)
    registry.add_header_link("Style", "content:styleguide", 3)
    registry.add_header_link("Home", "home", 2)
    registry.add_header_link("Home", "home", 2)
    with translation.override("en"):
        links = site.header_links({"request": RequestFactory().get("/en/")})  # type: ignore[arg-type]
    assert [link.title for link in links] == ["Home", "Style"]


@pytest.mark.parametrize("template", ["400.html", "403_csrf.html", "500.html"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_are_told_without_request_and_database(template: str, language: str) -> None:
    with translation.override(language):
        page = lxml_html.fromstring(render_to_string(template))
    assert page.get("lang") == language
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//main//a/@href") == [f"/{language}/"]
