"""Answers for the three call files, and short ways to a submitted application."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from applications.lifecycle import attach_file, save_section
from applications.models import StageEntry
from calls.spec import BUILTIN_SECTION
from portal.accounts.models import Person
from tests.factories import PDF

INNOVATION: dict[str, dict[str, Any]] = {
    "project": {
        "title": "A square for everyone",
        "summary": "The closed park of the centre becomes a square.",
        "need": "There is no place to meet.",
        "idea": "Residents draw it themselves.",
        "months": "10",
        "area": "public-space",
    },
    "people": {"beneficiaries": "1 200", "women-percent": "52,5", "partners": "no"},
    "budget": {
        "budget": {
            "categories": {
                "staff": {"total": "10 000", "requested": "10 000"},
                "works": {"total": "60 000", "requested": "50 000"},
            },
            "sources": [{"name": "The municipality", "amount": "10 000"}],
        }
    },
    "annexes": {"truth": "yes"},
}
PORTFOLIO: dict[str, dict[str, Any]] = {
    BUILTIN_SECTION: {"declaration.ledp": "yes"},
    "municipality": {"contact-name": "Anna Petrosyan, head of department", "staff": "4"},
    "motivation": {
        "challenge": "Young people leave.",
        "systems": "By talking to all sides.",
        "earlier-project": "no",
        "citizens": "In assemblies.",
    },
}
CONCEPT: dict[str, dict[str, Any]] = {
    BUILTIN_SECTION: {
        "declaration.ledp": "yes",
        "priority.social-inclusion": "Everybody can come.",
        "priority.green-areas": "Trees are planted.",
        "priority.wellbeing-innovation": "A place to breathe.",
    },
    "action": {
        "title": "The green market",
        "relevance": "It invests in what the place is good at.",
        "target-groups": "Traders and those who buy.",
        "design": "First the square, then the stalls.",
        "requested": "400 000",
        "total-cost": "500 000",
        "months": "24",
    },
}
FILES = {
    "M4EG-2021-INNOVATION": ["council-decision"],
    "M4EG-2021-PORTFOLIO": ["ledp", "letter"],
    "M4EG-2021-PILOT": ["declaration"],
}
ANSWERS = {"M4EG-2021-INNOVATION": INNOVATION, "M4EG-2021-PORTFOLIO": PORTFOLIO, "M4EG-2021-PILOT": CONCEPT}


def upload(name: str = "decision.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def fill(entry: StageEntry, by: Person, answers: dict[str, dict[str, Any]] | None = None) -> StageEntry:
    """Fill a draft in so that it can be submitted."""
    call = entry.stage.call.code
    for section, given in (answers or ANSWERS[call]).items():
        save_section(entry, section, given, 0, by=by)
    for question in FILES[call]:
        attach_file(entry, question, upload(), by=by)
    return entry
