"""Scores as independent assessors might give them: correlated, on the steps of the scale, at times far apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from calls.spec import EvaluationSpec
from portal.demo.simulation import texts


@dataclass(frozen=True)
class Judgement:
    """What one assessor says of one application: by criterion the score and its comment."""

    scores: Mapping[str, Decimal]
    comments: Mapping[str, str]
    overall: str
    total: Decimal


class Judge:
    """Assesses the applications of one stage. The quality of an application is a number between 0 and 1."""

    def __init__(self, evaluation: EvaluationSpec) -> None:
        self._spec = evaluation
        self._criteria = tuple(evaluation.criteria())
        scale = evaluation.scale
        self._steps = int((scale.max - scale.min) / scale.step)

    def quality(self, rng: Random) -> float:
        """Return how good an application is: most are middling to good."""
        return min(max(rng.gauss(0.66, 0.16), 0.05), 0.99)

    def severity(self, rng: Random) -> float:
        """Return how far an assessor stands from the others, everywhere."""
        return rng.gauss(0, 0.04)

    def judge(self, rng: Random, quality: float, severity: float, language: str, *, far: bool = False) -> Judgement:
        """Return the judgement of one assessor; one who is ``far`` off sees an application much worse than it is."""
        level = quality + severity - (0.42 if far else 0.0)
        scores = {criterion.code: self._score(rng, level) for criterion in self._criteria}
        comments = {code: self._comment(rng, score, language) for code, score in scores.items()}
        total = sum((scores[criterion.code] * criterion.weight for criterion in self._criteria), Decimal())
        overall = rng.choice(texts.common()["comments"]["overall"][language])
        return Judgement(scores, comments, overall, total)

    def _score(self, rng: Random, level: float) -> Decimal:
        seen = min(max(level + rng.gauss(0, 0.11), 0.0), 1.0)
        return self._spec.scale.min + self._spec.scale.step * round(seen * self._steps)

    def _comment(self, rng: Random, score: Decimal, language: str) -> str:
        scale, bank = self._spec.scale, texts.common()["comments"]
        last = scale.min + scale.step * self._steps
        if score in (scale.min, scale.max, last) or self._spec.comment == "always":
            kind = "low" if score == scale.min else "high" if score in (scale.max, last) else "middle"
            return str(rng.choice(bank[kind][language]))
        return str(rng.choice(bank["middle"][language])) if rng.random() < 0.1 else ""
