"""One section of a form on a page: every question with its kept answer, and what is wrong with it at its field."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from applications.answers import CELLS, ROW_CEILING, request_range, sums_of
from applications.forms.blocks import Block, BudgetRow, Given, Wrong
from applications.forms.fields import FilesInput, field_for, hint, shown_back, shown_number, shown_value
from applications.forms.files import row_of
from applications.forms.reading import SOURCES
from applications.messages import language, say
from calls.spec import FILE_ENDINGS, QuestionSpec, SectionSpec
from portal.content import formatting, markdown

SIMPLE_KINDS = frozenset(
    {
        "short_text",
        "long_text",
        "integer",
        "decimal",
        "percent",
        "money",
        "date",
        "yes_no",
        "choice",
        "choices",
        "declaration",
    }
)
AUTO_ID = "field-%s"
SPARE = "__row__"
"""What stands for the number of a row in the empty one that the script copies."""


class AnsweredForm(forms.Form):
    """Fields that hold what is kept, each with what is wrong with it. It validates nothing by itself."""

    def __init__(
        self, fields: Mapping[str, forms.Field], values: Mapping[str, Any], wrong: Wrong, prefix: str = ""
    ) -> None:
        names = {name: f"{prefix}-{name}" if prefix else name for name in fields}
        data = {names[name]: values.get(name, "") for name in fields}
        super().__init__(data=data, prefix=prefix or None, auto_id=AUTO_ID)
        self.fields.update(fields)
        for name, asked in fields.items():
            # The currency until now; from here on what stands below the field.
            if currency := getattr(asked, "shown_back", ""):
                asked.shown_back = shown_back(values.get(name), currency)  # type: ignore[attr-defined]
        self._wrong = {name: wrong.get(names[name], []) for name in fields}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        # The page has one summary of errors for the whole section.
        self.helper.no_summary = True

    def clean(self) -> None:
        for name, sentences in self._wrong.items():
            if sentences:
                self.add_error(name, sentences)


class QuestionBlock(LayoutObject):  # type: ignore[misc]
    """Prints one question in its frame."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.fields = [block.key] if block.kind == "simple" else []

    def render(self, form: forms.Form, context: Any, template_pack: str = "bootstrap5", **kwargs: Any) -> str:
        if self.block.kind == "simple":
            form.rendered_fields.add(self.block.key)  # type: ignore[attr-defined]
        return render_to_string("applications/questions/block.html", {**context.flatten(), "block": self.block})


class SectionForm(AnsweredForm):
    """All questions of a section, laid out by crispy forms; ``blocks`` are its questions in order."""

    def __init__(self, section: SectionSpec, given: Given) -> None:
        simple = [q for q in section.questions if q.kind in SIMPLE_KINDS and q.key not in given.locked]
        fields = {question.key: field_for(question, given.currency) for question in simple}
        values = {question.key: shown_value(question, given.answers.get(question.key)) for question in simple}
        super().__init__(fields, values, given.wrong)
        self.given = given
        self._close_lots()
        if given.request in self.fields:
            self.fields[given.request].help_text += f" {_held(given)}"
        self.blocks = [self._built(question) for question in section.questions]
        self.helper.layout = Layout(*(QuestionBlock(block) for block in self.blocks))

    def _built(self, question: QuestionSpec) -> "Block":
        if question.key in self.given.locked and question.kind != "heading":
            return _shut(self, question)
        return _BUILDERS.get(question.kind, _simple)(self, question)

    def _close_lots(self) -> None:
        for name in self.fields:
            widget = self.fields[name].widget
            if self.given.closed_lots and getattr(widget, "closed", None) is not None and name == "the.lot":
                widget.closed = frozenset(self.given.closed_lots)
                choices = [(code, self._lot_title(code, title)) for code, title in self.fields[name].choices]  # type: ignore[attr-defined]
                self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _lot_title(self, code: str, title: str) -> str:
        reason = self.given.closed_lots.get(code)
        return f"{title} ({reason})" if reason else title

    def block(self, question: QuestionSpec, kind: str) -> Block:
        """Return the common part of a question's block."""
        return Block(
            key=question.key,
            kind=kind,
            label=say(question.label),
            required=question.required,
            help=hint(question, self.given.currency),
            text=markdown.render(say(question.text), 3) if question.text else "",
            conditional=question.show_if is not None,
            hidden=question.key in self.given.hidden,
            condition=self.given.conditions.get(question.key, ""),
            changes=self.given.changes.get(question.key, ()),
            remarks=self.given.remarks.get(question.key),
            errors=list(self.given.wrong.get(question.key, [])),
            currency=self.given.currency,
        )


def _simple(form: SectionForm, question: QuestionSpec) -> Block:
    block = form.block(question, "simple")
    block.bound = form[question.key]
    return block


def _shut(form: SectionForm, question: QuestionSpec) -> Block:
    block = form.block(question, "locked")
    block.answer, block.clarifying = form.given.locked[question.key], form.given.clarifying
    return block


def _heading(form: SectionForm, question: QuestionSpec) -> Block:
    return form.block(question, "heading")


def _table(form: SectionForm, question: QuestionSpec) -> Block:
    block = form.block(question, "table")
    kept = form.given.answers.get(question.key) or []
    wanted = len(kept) + form.given.blank.get(question.key, 0)
    count = max(wanted, question.rows.min or 1)
    rows = [*kept, *({} for _row in range(count - len(kept)))]
    block.rows = [_table_row(form, question, index, row) for index, row in enumerate(rows)]
    block.most = min(question.rows.max or ROW_CEILING, ROW_CEILING)
    block.add = count < block.most
    block.spare = _table_row(form, question, SPARE, {})
    block.help += _row_hint(question)
    return block


def _row_hint(question: QuestionSpec) -> str:
    least, most = question.rows.min, question.rows.max
    if most is None:
        return _("Rows: at least %(least)s.") % {"least": least} if least else ""
    if not least:
        return _("Rows: at most %(most)s.") % {"most": most}
    return _("Rows: from %(least)s to %(most)s.") % {"least": least, "most": most}


def _table_row(form: SectionForm, question: QuestionSpec, index: int | str, row: Mapping[str, Any]) -> AnsweredForm:
    fields = {column.key: field_for(column, form.given.currency) for column in question.columns}
    values = {column.key: shown_value(column, row.get(column.key)) for column in question.columns}
    return AnsweredForm(fields, values, form.given.wrong, prefix=f"{question.key}.{index}")


def _budget(form: SectionForm, question: QuestionSpec) -> Block:
    block = form.block(question, "budget")
    kept = form.given.answers.get(question.key) or {"categories": {}, "sources": []}
    block.lines = [
        _budget_line(form, question.key, category.code, say(category.title), kept["categories"].get(category.code, {}))
        for category in question.categories
    ]
    blank = form.given.blank.get(question.key + SOURCES, 0)
    sources = [*kept["sources"], *({} for _row in range(blank))]
    block.rows = [_source(form, question.key, index, source) for index, source in enumerate(sources)]
    block.source_errors = list(form.given.wrong.get(f"{question.key}.sources", []))
    block.spare = _source(form, question.key, SPARE, {})
    block.most = ROW_CEILING
    block.add = len(sources) < ROW_CEILING
    block.sums = sums_of(kept)
    block.bounds = list(_bounds(form.given))
    block.share = "" if block.sums.share is None else formatting.number(block.sums.share, language())
    return block


def _held(given: Given) -> str:
    """Say between which amounts the request has to stay, since the earlier stage binds it."""
    low, high = request_range(given.before, given.within)
    words = {
        "low": formatting.money(low, given.currency, language()),
        "high": formatting.money(high, given.currency, language()),
        "before": formatting.money(given.before, given.currency, language()),
        "percent": formatting.number(given.within, language()),
    }
    text = _(
        "Please request between %(low)s and %(high)s: at most %(percent)s %% more or less than in the earlier stage "
        "(%(before)s)."
    )
    return text % words


def _bounds(given: Given) -> Iterator[str]:
    """Say what the call asks of the sums of a budget."""
    if given.request:
        yield _held(given)
    low, high, fixed = (
        None if end is None else formatting.money(end, given.currency, language())
        for end in (given.grant.min, given.grant.max, given.grant.fixed)
    )
    if fixed is not None:
        yield _("Exactly %(amount)s must be requested.") % {"amount": fixed}
    elif low is not None and high is not None:
        yield _("From %(low)s to %(high)s can be requested.") % {"low": low, "high": high}
    elif low is not None:
        yield _("At least %(low)s must be requested.") % {"low": low}
    elif high is not None:
        yield _("At most %(high)s can be requested.") % {"high": high}
    if given.cofinancing:
        percent = formatting.number(given.cofinancing, language())
        yield _("The municipality and others bring at least %(percent)s %% of the total cost.") % {"percent": percent}


def _budget_line(form: SectionForm, key: str, code: str, title: str, kept: Mapping[str, str]) -> BudgetRow:
    labels = {"total": _("Total cost"), "requested": _("Requested")}
    fields = {name: _money_field(f"{title}: {labels[name]}") for name in CELLS}
    values = {name: shown_number("money", kept.get(name, "")) for name in CELLS}
    line = AnsweredForm(fields, values, form.given.wrong, prefix=f"{key}.{code}")
    errors = [str(sentence) for name in CELLS for sentence in line[name].errors]
    for name in CELLS:
        classes = "form-control number is-invalid" if line[name].errors else "form-control number"
        line.fields[name].widget.attrs["class"] = classes
    return BudgetRow(title, line["total"], line["requested"], " ".join(errors))


def _money_field(label: str) -> forms.Field:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "aria-label": label}
    return forms.CharField(required=False, strip=False, label=label, widget=forms.TextInput(attrs))


def _source(form: SectionForm, key: str, index: int | str, kept: Mapping[str, str]) -> AnsweredForm:
    name = forms.CharField(
        required=False, strip=False, label=_("Who pays"), widget=forms.TextInput({"autocomplete": "off"})
    )
    amount_attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "number", "size": 18}
    amount = forms.CharField(
        required=False,
        strip=False,
        label=_("Amount, %(currency)s") % {"currency": form.given.currency},
        widget=forms.TextInput(amount_attrs),
    )
    for asked in (name, amount):
        asked.needed = True  # type: ignore[attr-defined]
    amount.shown_back = form.given.currency  # type: ignore[attr-defined]
    values = {"name": kept.get("name", ""), "amount": shown_number("money", kept.get("amount", ""))}
    return AnsweredForm({"name": name, "amount": amount}, values, form.given.wrong, prefix=f"{key}{SOURCES}.{index}")


def _files(form: SectionForm, question: QuestionSpec) -> Block:
    block = form.block(question, "file")
    endings = question.accept or FILE_ENDINGS
    input_field = forms.FileField(required=False, label=block.label, widget=FilesInput({"accept": _accepted(endings)}))
    input_field.needed = question.required  # type: ignore[attr-defined]
    input_field.help_text = block.help + _offered(form.given, question) + _file_hint(question, endings)
    holder = AnsweredForm({question.key: input_field}, {}, form.given.wrong)
    block.bound = holder[question.key]
    block.upload = form.given.uploads.get(question.key, "")
    block.most, block.largest = question.max_files or 20, (question.max_mb or 20) << 20
    kept = form.given.files.get(question.key, ())
    refused = form.given.refused.get(question.key, [])
    block.files = [
        *(row_of(pk, file) for pk, file in kept),
        *({"name": refusal.name, "size": "", "error": refusal.reason} for refusal in refused),
    ]
    return block


def _offered(given: Given, question: QuestionSpec) -> str:
    link = given.templates.get(question.template or "")
    return render_to_string("components/template_link.html", {"link": link}) if link else ""


def _accepted(endings: Iterable[str]) -> str:
    return ",".join(f".{ending}" for ending in (*endings, *(["jpeg"] if "jpg" in endings else [])))


def _file_hint(question: QuestionSpec, endings: Iterable[str]) -> str:
    limits = {
        "kinds": ", ".join(ending.upper() for ending in endings),
        "size": question.max_mb or 20,
        "count": question.max_files or 20,
    }
    return _("%(kinds)s; each at most %(size)s MB, at most %(count)s in all. Photographs of papers are fine.") % limits


_BUILDERS = {"heading": _heading, "table": _table, "budget": _budget, "file": _files}


def by_target(problems: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Group sentences by the target that they are shown at."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for target, sentence in problems:
        grouped[target].append(sentence)
    return grouped
