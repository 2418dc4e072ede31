"""The words of a question and its answer, language by language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from calls.models import AnswerCorrection, EnquiryAnswer


@dataclass(frozen=True)
class Wording:
    """A question and its answer in one language."""

    question: str = ""
    text: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.question.strip() and self.text.strip())


def current_wording(row: EnquiryAnswer | AnswerCorrection) -> dict[str, Wording]:
    """Return the words that stand in a row, by language, the empty ones too."""
    return {
        code: Wording(getattr(row, f"question_{code}") or "", getattr(row, f"text_{code}") or "")
        for code in settings.MODELTRANSLATION_LANGUAGES
    }


def write(row: EnquiryAnswer | AnswerCorrection, wordings: Mapping[str, Wording]) -> None:
    """Set the words of a row, which the caller saves; languages that are not named stay."""
    for code, wording in wordings.items():
        setattr(row, f"question_{code}", wording.question.strip())
        setattr(row, f"text_{code}", wording.text.strip())


def missing_languages(wordings: Mapping[str, Wording], wanted: Iterable[str]) -> list[str]:
    """Return the languages in which the question or the answer is missing."""
    return [code for code in wanted if not wordings.get(code, Wording()).complete]


def latest(answer: EnquiryAnswer) -> EnquiryAnswer | AnswerCorrection:
    """Return the row whose words hold: the last correction, which the caller has prefetched, else the answer."""
    corrections = list(answer.corrections.all())
    return corrections[-1] if corrections else answer


def in_language(answer: EnquiryAnswer, language: str) -> Wording:
    """Return the words that hold, in one of the languages of the answer."""
    return current_wording(latest(answer))[language]
