"""The form of a stage as the builder shows it: prepared rows, at a cost that does not grow with the form."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.authoring.builder.conditions import form_problems
from calls.authoring.builder.kinds import KINDS, icon
from calls.authoring.builder.taken_over import faults as faults_of_fixed
from calls.authoring.builder.taken_over import stage_before
from calls.models import Call, FormSection, Question, Stage
from calls.pages.questions import PRIORITY_WORDS, expects, in_words
from calls.pages.voice import Voice
from calls.spec import FormSpec, QuestionSpec
from calls.transfer.reading import form_spec

At = Callable[..., str]
"""Makes the address of a page about the call: ``at("setup_part", "question", 7)``."""


@dataclass(frozen=True)
class QuestionCard:
    """One question: its row, what it is called, what may be answered, when it is asked, what is wrong with that."""

    pk: int
    number: str
    label: str
    key: str
    icon: str
    kind: str
    facts: tuple[str, ...]
    parts: tuple[str, ...]
    required: bool
    condition: str
    faults: tuple[str, ...]
    url: str
    first: bool
    last: bool


@dataclass(frozen=True)
class SectionCard:
    """One section with its questions."""

    pk: int
    number: int
    code: str
    title: str
    help: str
    url: str
    remove: str
    add: str
    questions: tuple[QuestionCard, ...]
    first: bool
    last: bool


@dataclass(frozen=True)
class Fixed:
    """One question of the section that every form begins with, and where it comes from."""

    label: str
    source: str
    url: str


def sections_of(stage: Stage, call: Call, voice: Voice, at: At) -> list[SectionCard]:
    """Return the sections of a form with their questions; at most 5 queries."""
    form = form_spec(stage, call.languages)
    rows: list[FormSection] = list(stage.form_sections.all())
    faults = _faults(form, stage, call)
    return [
        _section(row, number, form, voice, at, faults, last=number == len(rows))
        for number, row in enumerate(rows, start=1)
    ]


def _faults(form: FormSpec, stage: Stage, call: Call) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for question, problem in form_problems(form):
        found[question.key] = (*found.get(question.key, ()), problem.text())
    fixed = [question for question in form.questions() if question.fixed]
    before = stage_before(stage, call) if fixed else None
    for question in fixed:
        found[question.key] = (*found.get(question.key, ()), *faults_of_fixed(question, before, call))
    return found


def _section(
    row: FormSection,
    number: int,
    form: FormSpec,
    voice: Voice,
    at: At,
    faults: dict[str, tuple[str, ...]],
    *,
    last: bool,
) -> SectionCard:
    spec = form.sections[number - 1]
    ends = (number == 1, last)
    questions = list(_questions(row.questions.all(), spec.questions, number, form, voice, at, faults, ends))
    return SectionCard(
        pk=row.pk,
        number=number,
        code=row.code,
        title=voice.text(spec.title) or row.code,
        help=voice.text(spec.help),
        url=at("setup_part", "section", row.pk),
        remove=at("setup_remove", "section", row.pk),
        add=f"{at('setup_add', 'question')}?parent={row.pk}",
        questions=tuple(questions),
        first=number == 1,
        last=last,
    )


def _questions(
    rows: Iterable[Question],
    specs: Iterable[QuestionSpec],
    section: int,
    form: FormSpec,
    voice: Voice,
    at: At,
    faults: dict[str, tuple[str, ...]],
    ends: tuple[bool, bool],
) -> Iterator[QuestionCard]:
    place, pairs = 0, list(zip(rows, specs, strict=True))
    for index, (row, spec) in enumerate(pairs):
        place += spec.kind != "heading"
        limits = expects(spec, voice)
        yield QuestionCard(
            pk=row.pk,
            number="" if spec.kind == "heading" else f"{section}.{place}",
            label=voice.text(spec.label) or spec.key,
            key=spec.key,
            icon=icon(spec.kind),
            kind=str(KINDS[spec.kind].title),
            facts=tuple(fact for fact in (limits, _template(spec), _fixed(spec)) if fact),
            parts=_parts(spec, voice),
            required=spec.required,
            condition=in_words(spec.show_if, form, voice) if spec.show_if else "",
            faults=faults.get(spec.key, ()),
            url=at("setup_part", "question", row.pk),
            first=ends[0] and index == 0,
            last=ends[1] and index == len(pairs) - 1,
        )


def _template(spec: QuestionSpec) -> str:
    return _("template: %(file)s") % {"file": spec.template} if spec.template else ""


def _fixed(spec: QuestionSpec) -> str:
    return _("the answer of the earlier stage stays") if spec.fixed else ""


def _parts(spec: QuestionSpec, voice: Voice) -> tuple[str, ...]:
    """What a question consists of, in few words: its answers, columns or categories."""
    choices = (voice.text(item.title) or item.code for item in spec.choices)
    categories = (voice.text(item.title) or item.code for item in spec.categories)
    return (*choices, *categories, *(voice.text(column.label) or column.key for column in spec.columns))


def fixed_of(call: Call, voice: Voice, at: At) -> list[Fixed]:
    """Return what every form of a call begins with: lot, priorities, declarations; 3 queries."""
    lots = len(call.lots.all())
    found = []
    if lots:
        label = ngettext("Which lot? %(n)s to choose from", "Which lot? %(n)s to choose from", lots) % {"n": lots}
        found.append(Fixed(label, _("from the lots of the call"), at("setup_list", "lot")))
    for priority in call.priorities.all():
        label = _("How the proposal addresses “%(title)s” (%(words)s words)")
        said = label % {"title": priority.title or priority.code, "words": PRIORITY_WORDS}
        found.append(Fixed(said, _("from the priorities of the call"), at("setup_list", "priority")))
    for rule in call.eligibility_rules.all():
        if rule.rule == "declaration":
            found.append(
                Fixed(rule.text or rule.code, _("from the eligibility rules of the call"), at("setup_list", "rule"))
            )
    return found


def counted(sections: Iterable[SectionCard]) -> str:
    """Return in words how large the form is."""
    cards = list(sections)
    questions = sum(len([one for one in card.questions if one.number]) for card in cards)
    values: dict[str, Any] = {
        "sections": ngettext("%(n)s section", "%(n)s sections", len(cards)) % {"n": len(cards)},
        "questions": ngettext("%(n)s question", "%(n)s questions", questions) % {"n": questions},
    }
    return _("%(sections)s, %(questions)s") % values
