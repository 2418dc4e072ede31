"""The values of a call in words, in one language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from django.utils.translation import gettext as _

from calls.comparison import Path
from calls.corrigenda.places import title_of
from calls.models import CallDocument, CheckItem, Grid, Lot, Stage
from calls.models.call import Call
from calls.pages.questions import KINDS, expects, in_words
from calls.pages.voice import Voice
from calls.spec import (
    CallSpec,
    DivergenceSpec,
    DocumentSpec,
    DurationSpec,
    EvaluationSpec,
    FormSpec,
    GrantLimits,
    LotSpec,
    QuestionSpec,
    RowLimits,
    Rule,
    ScaleSpec,
    SectionSpec,
    SelectionSpec,
    StageSpec,
    Text,
)

_PERCENT: Final = frozenset({"cofinancing_min_percent", "keep_requested_within_percent"})
_CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "stages": dict(Stage.Kind.choices),
    "lots": dict(Lot.Kind.choices),
    "documents": dict(CallDocument.Kind.choices),
    "checks": dict(CheckItem.Kind.choices),
    "questions": KINDS,
    "columns": KINDS,
    "admission": dict(Stage.Admission.choices),
    "submitted_by": dict(Stage.Submitter.choices),
    "cover": dict(Call.Cover.choices),
    "comment": dict(Grid.Comment.choices),
}
"""Words of codes, by the list whose ``kind`` they are, or by their own key."""


@dataclass(frozen=True)
class Speaker:
    """Says the values of one state of a call.

    Attributes:
        rules: what each eligibility rule asks, by its identity.
        regions: names of regions by code.
        files: what is said of a document's content, by its path.
    """

    call: CallSpec
    voice: Voice
    rules: Mapping[str, Text] = field(default_factory=dict)
    regions: Mapping[str, Text] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def say(self, path: Path, value: Any) -> str:
        """Return a value in words; nothing is the empty text."""
        if value is None or value in ("", (), {}):
            return ""
        if path[-1] == "content":
            return self.files.get(path[-2], "")
        for kind, speak in _SPEAK.items():
            if isinstance(value, kind):
                return speak(self, path, value)
        return self._condition(path, value) if path[-1] == "show_if" else title_of(value, self.voice)

    # Single values

    def _text(self, path: Path, value: Text) -> str:
        return self.voice.text(value)

    def _yes_no(self, path: Path, value: bool) -> str:
        return _("yes") if value else _("no")

    def _number(self, path: Path, value: Decimal | int) -> str:
        if path[-1] == "budget":
            return self.voice.money(Decimal(value))
        return self.voice.percent(Decimal(value)) if path[-1] in _PERCENT else self.voice.number(value)

    def _moment(self, path: Path, value: datetime) -> str:
        return self.voice.moment(self.call.moment(value))

    def _word(self, path: Path, value: str) -> str:
        if path[-1] == "prevailing_language":
            return self._named("languages", value)
        words = _CHOICES.get(path[-3] if path[-1] == "kind" else path[-1], {})
        return str(words.get(value, value))

    def _members(self, path: Path, values: tuple[Any, ...]) -> str:
        if isinstance(values[0], dict):
            return "\n".join(self.voice.text(value) for value in values)
        return ", ".join(self._named(path[-1], value) for value in values)

    def _named(self, key: str, code: Any) -> str:
        locale = Locale.parse(self.voice.language)
        known: Mapping[str, str] = {"languages": locale.languages, "countries": locale.territories}.get(key, {})
        if key == "regions":
            return self.voice.text(self.regions.get(code, {})) or str(code)
        return str(code).upper() if key == "accept" else str(known.get(code, code))

    def _condition(self, path: Path, value: Any) -> str:
        stage = self.call.stage(path[1])
        return in_words(value, stage.form if stage else FormSpec(sections=()), self.voice)

    # Small groups that are said as one

    def _grant(self, path: Path, value: GrantLimits) -> str:
        limits = self.voice.grant(GrantLimits(min=value.min, max=value.max))
        return self.voice.grant(value) if value.fixed is None else _joined((self.voice.money(value.fixed), limits))

    def _months(self, path: Path, value: DurationSpec) -> str:
        return self.voice.months(value)

    def _rows(self, path: Path, value: RowLimits) -> str:
        given = ((_("at least"), value.min), (_("at most"), value.max))
        return ", ".join(f"{word} {end}" for word, end in given if end is not None)

    def _scale(self, path: Path, value: ScaleSpec) -> str:
        low, high, step = (self.voice.number(part) for part in (value.min, value.max, value.step))
        return _("from %(low)s to %(high)s, in steps of %(step)s") % {"low": low, "high": high, "step": step}

    def _divergence(self, path: Path, value: DivergenceSpec) -> str:
        percent = "" if value.percent_of_higher is None else self.voice.percent(value.percent_of_higher)
        return _joined((percent, str(dict(Grid.Resolve.choices)[value.resolve])))

    def _selection(self, path: Path, value: SelectionSpec) -> str:
        limit = "" if value.limit is None else str(value.limit)
        factor = "" if value.factor == 1 else f"× {self.voice.number(value.factor)}"
        overflow = str(dict(Grid.Overflow.choices)[value.on_overflow]) if value.rule == "budget" else ""
        return _joined((str(dict(Grid.Selection.choices)[value.rule]), limit, factor, overflow))

    # Whole parts, added or removed

    def _rule(self, path: Path, value: Rule) -> str:
        asks = self.voice.text(self.rules.get(value.identity, {})) or value.rule
        effect = "" if value.otherwise == "fail" else _("otherwise only a caveat")
        return "\n".join(part for part in (_joined((asks, effect)), self.voice.text(value.reason)) if part)

    def _lot(self, path: Path, value: LotSpec) -> str:
        grant = self.voice.grant(value.grant) if value.grant else ""
        return _joined((title_of(value, self.voice), self.voice.money(value.budget), grant))

    def _stage(self, path: Path, value: StageSpec) -> str:
        opens, deadline = (self.voice.moment(self.call.moment(moment)) for moment in (value.opens, value.deadline))
        return _joined((title_of(value, self.voice), f"{opens} – {deadline}"))

    def _section(self, path: Path, value: SectionSpec) -> str:
        return "\n".join((title_of(value, self.voice), *(self.voice.text(part.label) for part in value.questions)))

    def _question(self, path: Path, value: QuestionSpec) -> str:
        about = _joined((str(KINDS[value.kind]), expects(value, self.voice)))
        return "\n".join(part for part in (self.voice.text(value.label), about) if part)

    def _document(self, path: Path, value: DocumentSpec) -> str:
        return _joined((title_of(value, self.voice), str(_CHOICES["documents"][value.kind])))

    def _grid(self, path: Path, value: EvaluationSpec) -> str:
        return "\n".join(title_of(section, self.voice) for section in value.sections)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


_SPEAK: Final[Mapping[type, Callable[[Speaker, Path, Any], str]]] = {
    dict: Speaker._text,
    bool: Speaker._yes_no,
    datetime: Speaker._moment,
    Decimal: Speaker._number,
    int: Speaker._number,
    str: Speaker._word,
    tuple: Speaker._members,
    GrantLimits: Speaker._grant,
    DurationSpec: Speaker._months,
    RowLimits: Speaker._rows,
    ScaleSpec: Speaker._scale,
    DivergenceSpec: Speaker._divergence,
    SelectionSpec: Speaker._selection,
    Rule: Speaker._rule,
    LotSpec: Speaker._lot,
    StageSpec: Speaker._stage,
    SectionSpec: Speaker._section,
    QuestionSpec: Speaker._question,
    DocumentSpec: Speaker._document,
    EvaluationSpec: Speaker._grid,
}
"""How a value is said, by the first class that it has; bool stands before int."""
