"""Answers to every question of a form, as its author might have typed them; what is kept is cleaned as anywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from applications.answers import LOT, PRIORITY, clean, clean_section, holds, limits_of, value_of
from calls.spec import CallSpec, ColumnSpec, QuestionSpec, SectionSpec, StageSpec
from portal.demo.simulation import texts
from portal.demo.simulation.plan import Plan, parts_of

Asked = QuestionSpec | ColumnSpec
_OPTIONAL_ANSWERED = 0.75

# What a question is about is told by its key: the banks' parts, with how many sentences each gives.
_PARTS: tuple[tuple[tuple[str, ...], tuple[tuple[str, int, int], ...]], ...] = (
    (("earlier", "previous", "experience"), (("earlier", 2, 3),)),
    (("citizen", "resident", "participation"), (("citizens", 2, 4),)),
    (("system", "capacity", "method", "organisation"), (("organisation", 2, 4),)),
    (("target", "beneficiar", "group"), (("people", 2, 3), ("citizens", 1, 2))),
    (("sustain", "impact", "result"), (("result", 2, 3), ("organisation", 1, 2))),
    (("challenge", "need", "problem"), (("need", 2, 4),)),
    (("relevan",), (("need", 2, 3), ("idea", 1, 2), ("result", 1, 1))),
    (("idea", "activit", "design", "solution"), (("idea", 2, 5), ("organisation", 1, 2), ("citizens", 0, 2))),
)
_ANYTHING = (("need", 1, 2), ("idea", 1, 3), ("result", 1, 2))


@dataclass
class Writer:
    """The author of one application."""

    rng: Random
    call: CallSpec
    stage: StageSpec
    lot: str | None
    plan: Plan
    language: str
    name: str
    theme: Mapping[str, Any] = field(default_factory=dict)

    def sheet_answers(self, sections: tuple[SectionSpec, ...]) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """Return what is kept, by section and question, and how many files each question of a file gets."""
        values: dict[str, Any] = {}
        files: dict[str, int] = {}
        kept: dict[str, dict[str, Any]] = {}
        for section in sections:
            raw: dict[str, Any] = {}
            for question in section.questions:
                if question.key == LOT or (question.show_if is not None and not holds(question.show_if, values)):
                    continue
                if question.kind == "file":
                    self._count_files(question, files, values)
                elif question.required or self.rng.random() < _OPTIONAL_ANSWERED:
                    raw[question.key] = self.answer(question)
                    self._remember(question, raw[question.key], values)
            kept[section.code] = clean_section(section, raw)
        return kept, files

    def _count_files(self, question: QuestionSpec, files: dict[str, int], values: dict[str, Any]) -> None:
        if question.required or self.rng.random() < _OPTIONAL_ANSWERED / 2:
            values[question.key] = files[question.key] = 1

    def _remember(self, question: QuestionSpec, raw: Any, values: dict[str, Any]) -> None:
        """Keep what an answer says for the conditions of later questions; texts are in none worth the time."""
        if question.kind == "long_text":
            values[question.key] = raw
        elif (value := value_of(question, clean(question, raw))) is not None:
            values[question.key] = value

    def answer(self, question: Asked, about: str = "") -> Any:
        """Return an answer as it might be typed; ``about`` is the key of the table that a column stands in."""
        return _KINDS[question.kind](self, question, about)

    # --- texts

    def long_text(self, question: Asked, about: str) -> str:
        parts = self._priority(question.key) if question.key.startswith(PRIORITY) else self._paragraphs(question.key)
        chosen: list[str] = []
        for sentence in parts:
            joined = " ".join([*chosen, sentence])
            if chosen and self._too_long(question, joined):
                break
            chosen.append(sentence)
        return self._within(question, " ".join(chosen))

    def _paragraphs(self, key: str) -> list[str]:
        parts = next((parts for marks, parts in _PARTS if any(mark in key for mark in marks)), _ANYTHING)
        return [
            sentence.replace("{name}", self.name)
            for part, least, most in parts
            for sentence in texts.some(self.rng, self._bank(part), least, most)
        ]

    def _priority(self, key: str) -> list[str]:
        known = texts.common()["priorities"].get(key.removeprefix(PRIORITY))
        return list(known[self.language]) if known else self._paragraphs("")

    def _bank(self, part: str) -> list[str]:
        source = self.theme if part in self.theme else texts.common()
        found: list[str] = source[part][self.language]
        return found

    def short_text(self, question: Asked, about: str) -> str:
        return self._within(question, self._phrase(question.key, about).replace("{name}", self.name))

    def _phrase(self, key: str, about: str) -> str:
        if "title" in key:
            return self._one("titles")
        if "contact" in key or "person" in key:
            return f"{self._one('contacts')}, {self._one('positions')}"
        if "role" in key:
            return self._one("roles")
        if "name" in key:
            return self._one("partners" if "partner" in about else "indicators" if "indicator" in about else "contacts")
        return self._one("short")

    def _one(self, part: str) -> str:
        return self.rng.choice(self._bank(part))

    def _too_long(self, question: Asked, text: str) -> bool:
        words, characters = question.max_words, question.max_characters
        return (words is not None and len(text.split()) > words) or (characters is not None and len(text) > characters)

    def _within(self, question: Asked, text: str) -> str:
        return texts.shortened(text, words=question.max_words, characters=question.max_characters)

    # --- numbers and dates

    def number(self, question: Asked, about: str) -> str:
        known: dict[str, Decimal | int] = {
            "requested": self.plan.requested,
            "total-cost": self.plan.total,
            "months": self.plan.months,
        }
        if not about and question.key in known:
            return _typed(known[question.key])
        least, most = _usual(question)
        lowest, highest = limits_of(question)
        least = least if lowest is None else max(least, lowest)
        most = most if highest is None else min(most, highest)
        return str(self._between(question.kind, min(least, most), max(least, most)))

    def _between(self, kind: str, least: Decimal, most: Decimal) -> Decimal:
        if kind == "money":
            least, most = least.to_integral_value(), most.to_integral_value()
        return Decimal(self.rng.randint(int(least), max(int(least), int(most))))

    def date(self, question: Asked, about: str) -> str:
        return (self.stage.deadline.date() + timedelta(days=self.rng.randint(60, 400))).isoformat()

    # --- choices

    def yes_no(self, question: Asked, about: str) -> str:
        return "yes" if self.rng.random() < 0.7 else "no"

    def declaration(self, question: Asked, about: str) -> str:
        return "yes"

    def choice(self, question: Asked, about: str) -> str:
        return self.rng.choice(question.choices).code

    def choices(self, question: Asked, about: str) -> list[str]:
        codes = [choice.code for choice in question.choices]
        return self.rng.sample(codes, self.rng.randint(1, min(3, len(codes))))

    # --- tables and budgets

    def table(self, question: QuestionSpec, about: str) -> list[dict[str, Any]]:
        least = question.rows.min or 1
        most = min(question.rows.max or least + 3, least + 3)
        return [
            {
                column.key: self.answer(column, question.key)
                for column in question.columns
                if column.required or self.rng.random() < _OPTIONAL_ANSWERED
            }
            for _row in range(self.rng.randint(least, most))
        ]

    def budget(self, question: QuestionSpec, about: str) -> dict[str, Any]:
        codes = [category.code for category in question.categories]
        paid = parts_of(self.rng, self.plan.requested, len(codes))
        own = parts_of(self.rng, self.plan.rest, len(codes))
        lines = {
            code: {"total": _typed(asked + added), "requested": _typed(asked)}
            for code, asked, added in zip(codes, paid, own, strict=True)
        }
        return {"categories": lines, "sources": self._sources()}

    def _sources(self) -> list[dict[str, str]]:
        if not self.plan.rest:
            return []
        names = self._bank("sources")[: self.rng.randint(1, 2)]
        amounts = parts_of(self.rng, self.plan.rest, len(names))
        return [{"name": name, "amount": _typed(amount)} for name, amount in zip(names, amounts, strict=True) if amount]

    def nothing(self, question: Asked, about: str) -> None:
        return None


def _typed(number: Decimal | int) -> str:
    """Return a number as digits; a Decimal may say 6E+5."""
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _usual(question: Asked) -> tuple[Decimal, Decimal]:
    """Return between which numbers an answer usually lies, as far as the key tells."""
    usual = {
        "staff": (2, 8),
        "beneficiaries": (200, 20_000),
        "percent": (35, 65),
        "baseline": (0, 40),
        "target": (50, 150),
        "contribution": (500, 5_000),
    }
    named = next((limits for word, limits in usual.items() if word in question.key), None)
    least, most = named or ((1_000, 20_000) if question.kind == "money" else (1, 100))
    return Decimal(least), Decimal(most)


_KINDS: Mapping[str, Callable[..., Any]] = {
    "short_text": Writer.short_text,
    "long_text": Writer.long_text,
    "integer": Writer.number,
    "decimal": Writer.number,
    "percent": Writer.number,
    "money": Writer.number,
    "date": Writer.date,
    "yes_no": Writer.yes_no,
    "declaration": Writer.declaration,
    "choice": Writer.choice,
    "choices": Writer.choices,
    "table": Writer.table,
    "budget": Writer.budget,
    "heading": Writer.nothing,
    "file": Writer.nothing,
}
