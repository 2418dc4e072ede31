"""A whole call made by hand in the administration, page by page, and dumped: it is the call of its file."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from calls.callfile.dump import dump_text, number_text
from calls.models import Call, Programme
from calls.spec import (
    CallSpec,
    CriterionSpec,
    EvaluationSpec,
    GrantLimits,
    LotSpec,
    QuestionSpec,
    Rule,
    StageSpec,
    Text,
)
from calls.transfer import spec_of
from tests.factories import PASSWORD, call_file, make_country, make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

Values = Mapping[str, Any]


@pytest.mark.timeout(600)
def test_a_call_made_by_hand_is_the_call_of_its_file(page: Any) -> None:
    wanted = call_file("M4EG-2021-PILOT")
    for code in wanted.countries:
        make_country(code)
    Programme.objects.create(code="M4EG", title_hy=wanted.programme.title["hy"], title_en=wanted.programme.title["en"])
    author = Author(page)
    author.call(wanted)
    for place, stage in enumerate(wanted.stages):
        author.stage(stage, place)
    made = spec_of(Call.objects.get())
    assert dump_text(without_ends(made)) == dump_text(without_ends(wanted))


def without_ends(spec: CallSpec) -> CallSpec:
    """The same call without the line ends behind its texts, which nobody types."""
    return CallSpec.model_validate(_stripped(spec.model_dump(by_alias=True)))


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_stripped(part) for part in value)
    return value.strip() if isinstance(value, str) else value


class Author:
    """A programme officer who types what a call file says."""

    def __init__(self, page: Any) -> None:
        self.page = page
        person = make_staff("programme_officer")
        page.goto("/en/accounts/login/")
        page.fill("[name=login]", person.email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "login" not in url)

    def at(self, *steps: Any) -> str:
        return f"/en/admin/calls/call/{Call.objects.get().pk}/setup/" + "".join(f"{step}/" for step in steps)

    def write(self, address: str, values: Values, lines: Values | None = None) -> None:
        """Fill the form of a page and save it; ``lines`` are how many lines each list needs."""
        self.page.goto(address)
        for name, count in (lines or {}).items():
            for _line in range(count):
                self.page.click(f"button[value='add:{name}'], button[name='{name}-do'][value=add]")
        for name, value in values.items():
            self._put(name, value)
        self.page.click(".staff-buttons button.staff-button[type=submit] >> nth=0")
        self.page.wait_for_load_state()
        assert not self.page.locator(".su-summary").count(), self.page.inner_text(".su-summary")

    def _put(self, name: str, value: Any) -> None:
        fields = self.page.locator(
            f"form.su-form [name='{name}'], form.staff-form [name='{name}'], form [name='{name}']"
        )
        kind = fields.first.evaluate("field => field.type")
        if kind == "checkbox":
            chosen = [value] if isinstance(value, bool) else value
            for box in fields.all():
                box.set_checked(chosen[0] if isinstance(value, bool) else box.get_attribute("value") in chosen)
        elif kind == "hidden":
            assert fields.first.input_value() == value
        elif kind.startswith("select"):
            fields.first.select_option(value)
        else:
            fields.first.fill(value)

    # The call

    def call(self, spec: CallSpec) -> None:
        programme = Programme.objects.get()
        self.write(
            "/en/admin/calls/call/new/",
            {
                "code": spec.code,
                "programme": str(programme.pk),
                "languages": spec.languages,
                **texts(title=spec.title),
                "countries": spec.countries,
                "time_zone": spec.time_zone,
                "currency": spec.currency,
                "budget": number_text(spec.budget),
            },
        )
        self.write(self.at("basics"), texts(summary=spec.summary, description=spec.description))
        limits, months = spec.applications_per_municipality, spec.duration_months
        self.write(
            self.at("money"),
            {
                **grant(spec.grant),
                "cofinancing_min_percent": number_text(spec.cofinancing_min_percent),
                "duration_min_months": str(months.min),
                "duration_max_months": str(months.max),
                "limit_per_call": str(limits.call),
                "limit_per_lot": str(limits.lot),
            },
        )
        asked = {"questions_until": moment(spec.questions_until), "answers_until": moment(spec.answers_until)}
        self.write(self.at("questions"), asked)
        letters = {"prevailing_language": spec.letters.prevailing_language, **texts(funder=spec.letters.funder)}
        self.write(self.at("letters"), letters)
        for priority in spec.priorities.list:
            self.write(self.at("priority", "add"), {"code": priority.code, **texts(title=priority.title)})
        for lot in spec.lots:
            self.lot(lot)
        for rule in spec.eligibility:
            self.rule(rule)

    def lot(self, lot: LotSpec) -> None:
        values = {
            "code": lot.code,
            "kind": lot.kind,
            **texts(title=lot.title),
            "budget": number_text(lot.budget),
            **grant(lot.grant),
            "countries": lot.countries,
        }
        for place, objective in enumerate(lot.objectives):
            values |= {f"objectives-{place}-{code}": words for code, words in objective.items()}
        self.write(self.at("lot", "add"), values, {"objectives": len(lot.objectives)})

    def rule(self, rule: Rule) -> None:
        own = rule.model_dump(exclude_defaults=True, exclude={"rule", "otherwise", "reason", "text"})
        values = {**own, "otherwise": rule.otherwise, **texts(reason=rule.reason, text=getattr(rule, "text", {}))}
        self.write(f"{self.at('rule', 'add')}?kind={rule.rule}", values)

    # A stage

    def stage(self, stage: StageSpec, place: int) -> None:
        kept = stage.keep_requested_within_percent
        self.write(
            self.at("stage", "add"),
            {
                "code": stage.code,
                "kind": stage.kind,
                "admission": stage.admission,
                "submitted_by": stage.submitted_by,
                **texts(title=stage.title),
                "opens_at": moment(stage.opens),
                "deadline": moment(stage.deadline),
                "keep_requested_within_percent": "" if kept is None else number_text(kept),
            },
        )
        row = Call.objects.get().stages.get(position=place)
        for section in stage.form.sections:
            values = {"code": section.code, **texts(title=section.title, help=section.help)}
            self.write(f"{self.at('section', 'add')}?parent={row.pk}", values)
            parent = row.form_sections.get(code=section.code)
            for question in section.questions:
                self.question(question, f"{self.at('question', 'add')}?parent={parent.pk}&kind={question.kind}")
        for check in stage.checks:
            checked = {"code": check.code, "kind": check.kind, "fatal": check.fatal, **texts(title=check.title)}
            self.write(f"{self.at('check', 'add')}?parent={row.pk}", checked)
        if stage.evaluation is not None:
            self.grid(stage.evaluation, self.at("stages", row.pk, "grid"))

    def question(self, question: QuestionSpec, address: str) -> None:
        values: dict[str, Any] = {"key": question.key, "kind": question.kind}
        values |= texts(label=question.label, help=question.help, text=question.text)
        values |= {"required": True} if question.required else {}
        values |= {"fixed": True} if question.fixed else {}
        values |= limits(question, "max_words", "max_characters", "min", "max", "max_mb", "max_files")
        values |= {"accept": question.accept} if question.accept else {}
        rows = question.rows
        values |= {
            f"rows_{end}": str(limit) for end, limit in (("min", rows.min), ("max", rows.max)) if limit is not None
        }
        lines = {name: getattr(question, name) for name in ("choices", "categories", "columns")}
        for name, items in lines.items():
            for place, item in enumerate(items):
                values |= line(f"{name}-{place}", item)
        self.write(address, values, {name: len(items) for name, items in lines.items() if items})

    def grid(self, grid: EvaluationSpec, address: str) -> None:
        self.page.goto(address)
        self.page.click("button.staff-button[type=submit]")
        self.page.wait_for_load_state()
        values = {
            "assessors": str(grid.assessors),
            "scale_min": number_text(grid.scale.min),
            "scale_max": number_text(grid.scale.max),
            "scale_step": number_text(grid.scale.step),
            "comment": grid.comment,
            "divergence_resolve": grid.divergence.resolve,
            "divergence_percent": number_text(grid.divergence.percent_of_higher or Decimal(0)),
            "selection_rule": grid.selection.rule,
            "selection_factor": number_text(grid.selection.factor),
            "on_overflow": grid.selection.on_overflow,
        }
        needed = {"sections": len(grid.sections)}
        for place, section in enumerate(grid.sections):
            values |= {f"sections-{place}-code": section.code, **texts(f"sections-{place}-", title=section.title)}
            values |= {f"sections-{place}-min": "" if section.min is None else number_text(section.min)}
            needed[f"sections-{place}-criteria"] = len(section.criteria)
            for spot, criterion in enumerate(section.criteria):
                values |= self._criterion(f"sections-{place}-criteria-{spot}-", criterion)
        needed["ties"] = len(grid.tie_break) - 1
        values |= {f"ties-{place}-code": code for place, code in enumerate(grid.tie_break[:-1])}
        self.write(address, {**values, "pass_mark": number_text(grid.pass_mark)}, needed)

    @staticmethod
    def _criterion(prefix: str, criterion: CriterionSpec) -> Values:
        numbers = {"weight": number_text(criterion.weight), "code": criterion.code}
        return {**{f"{prefix}{name}": value for name, value in numbers.items()}, **texts(prefix, title=criterion.title)}


def texts(prefix: str = "", **fields: Text) -> dict[str, str]:
    """The fields of texts by language: only those that the file has."""
    return {f"{prefix}{name}_{code}": words for name, text in fields.items() for code, words in text.items()}


def grant(limits: GrantLimits | None) -> dict[str, str]:
    given = limits or GrantLimits()
    return {f"grant_{end}": number_text(amount) for end in ("min", "max", "fixed") if (amount := getattr(given, end))}


def moment(local: datetime | None) -> str:
    return f"{local:%Y-%m-%dT%H:%M}" if local else ""


def limits(item: Any, *names: str) -> dict[str, str]:
    return {name: number_text(limit) for name in names if (limit := getattr(item, name, None)) is not None}


def line(prefix: str, item: Any) -> dict[str, Any]:
    """The fields of one choice, category or column."""

    def fields() -> Iterator[tuple[str, Any]]:
        for name, value in item.model_dump(exclude_defaults=True).items():
            if isinstance(value, dict):
                yield from ((f"{name}_{code}", words) for code, words in value.items())
            else:
                yield name, value

    return {f"{prefix}-{name}": value for name, value in fields()}
