"""The banks of sentences from which simulated applications are written (``portal/demo/texts``)."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "texts"
COMMON = "common"
LANGUAGES = ("hy", "en")

Bank = Mapping[str, Any]


@cache
def common() -> Bank:
    """Return what any application may say."""
    return _read(FOLDER / f"{COMMON}.yaml")


@cache
def themes() -> tuple[Bank, ...]:
    """Return the banks of all themes, in a fixed order."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")) if path.stem != COMMON)


def _read(path: Path) -> Bank:
    bank: Bank = yaml.safe_load(path.read_text(encoding="utf-8"))
    return bank


def language_for(country: str, offered: Sequence[str]) -> str:
    """Return the language in which a municipality of a country writes, of those that the call takes."""
    wanted = "hy" if country == "AM" else "en"
    known = [language for language in offered if language in LANGUAGES]
    return wanted if wanted in known or not known else known[0]


def shortened(text: str, *, words: int | None, characters: int | None) -> str:
    """Return a text within the limits of a question, cut between words."""
    if words is not None and len(text.split()) > words:
        text = " ".join(text.split()[:words])
    if characters is not None and len(text) > characters:
        text = text[:characters].rsplit(" ", 1)[0] if " " in text[:characters] else text[:characters]
    return text.strip()


def some(rng: Random, sentences: Sequence[str], least: int, most: int) -> list[str]:
    """Return some of the sentences, in their order."""
    count = min(rng.randint(least, most), len(sentences))
    return [sentences[place] for place in sorted(rng.sample(range(len(sentences)), count))]
