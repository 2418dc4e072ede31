"""What may change after publication: the first line that fits decides. docs/corrigenda.md is made from it.

The rule behind it: only what is harmless can change freely; what applicants rely on changes by a corrigendum; what
would take something away from those who already apply, or move what others were judged by, does not change.
"""

from collections.abc import Iterator
from typing import Final

from calls.comparison.verdicts import Case, Row, Verdict
from calls.spec.words import marked as _

HARMLESS, CORRIGENDUM, REFUSED = Verdict.HARMLESS, Verdict.CORRIGENDUM, Verdict.REFUSED

_OVER: Final = _("The deadline of the stage has passed, or its evaluation has begun: all are held to the same.")
_KNOWN_STAGE: Final = _("Those who have begun in this stage rely on it.")
_RELY: Final = _("Applicants rely on it, so everybody is told.")
_TO_THE_CALL: Final = _("It is what tells the call apart: make another call.")
_OPENED_RULES: Final = _("A stage has closed under these rules: all are held to the same.")


def _over(case: Case) -> bool:
    return case.closed or case.fixed


def _less_or_past(case: Case) -> bool:
    return case.past or (case.difference.new is not None and case.difference.old is not None and case.less)


_IDENTITY: Final = (
    Row("reference, programme", ("code", "programme/code"), REFUSED, _TO_THE_CALL),
    Row(
        "currency",
        ("currency",),
        REFUSED,
        _("All amounts, also those in applications, are in it: make another call."),
    ),
    Row("time zone", ("time_zone",), REFUSED, _("All moments are given by this clock: move the moments themselves.")),
    Row("title of the programme", ("programme/title",), HARMLESS, _("It belongs to the programme, not to the call.")),
    Row(
        "any text",
        ("**",),
        HARMLESS,
        _("A translation is added; what was published stays as it is."),
        "only languages are added to it",
        lambda case: case.translates,
    ),
    Row(
        "languages, countries",
        ("languages", "countries"),
        REFUSED,
        _("Somebody may have begun an application because of it."),
        "one is taken away",
        lambda case: case.takes_away,
    ),
    Row("languages, countries", ("languages", "countries"), CORRIGENDUM, _RELY),
)

_MONEY_AND_LIMITS: Final = (
    Row(
        "a lot",
        ("lots/*",),
        REFUSED,
        _("Somebody may have begun an application in it."),
        "it is taken away",
        lambda case: case.removed,
    ),
    Row(
        "countries and regions of a lot",
        ("lots/*/countries", "lots/*/regions"),
        REFUSED,
        _("Somebody may have begun an application because of it."),
        "fewer may apply than before",
        lambda case: case.narrows,
    ),
    Row(
        "applications of a municipality",
        ("applications_per_municipality/*",),
        REFUSED,
        _("Somebody may have begun as many as the call admits."),
        "fewer than before",
        lambda case: case.less,
    ),
    Row(
        "eligibility rules, priorities",
        ("eligibility/**", "priorities/**"),
        REFUSED,
        _OPENED_RULES,
        "the deadline of a stage has passed",
        lambda case: case.any_closed and not case.moved,
    ),
    Row(
        "order of lots, rules, priorities and documents",
        ("lots", "eligibility", "priorities/list", "documents"),
        HARMLESS,
        _("It says nothing else than before."),
        "only the order",
        lambda case: case.moved,
    ),
)

_MOMENTS: Final = (
    Row(
        "a stage",
        ("stages/*",),
        REFUSED,
        _("Somebody may have begun an application in it, or count on it."),
        "it is taken away",
        lambda case: case.removed,
    ),
    Row("order of the stages", ("stages",), REFUSED, _("It says which stage follows which."), "only the order"),
    Row(
        "deadline",
        ("stages/*/deadline",),
        REFUSED,
        _("A deadline is never shortened, nor moved into the past."),
        "earlier than before, or past already",
        _less_or_past,
    ),
    Row(
        "deadline",
        ("stages/*/deadline",),
        REFUSED,
        _("The evaluation of the stage has begun."),
        "something rests on the stage already",
        lambda case: case.fixed,
    ),
    Row("deadline", ("stages/*/deadline",), CORRIGENDUM, _("An extension for all is announced to all.")),
    Row(
        "opening of a stage",
        ("stages/*/opens",),
        REFUSED,
        _("The stage has opened already."),
        "it has opened",
        lambda case: case.opened,
    ),
    Row(
        "opening of a stage",
        ("stages/*/opens",),
        REFUSED,
        _("It would have opened before anybody was told."),
        "a moment that has passed",
        lambda case: case.past,
    ),
    Row(
        "questions until",
        ("questions_until",),
        REFUSED,
        _("A deadline is never shortened, nor moved into the past."),
        "earlier than before, or past already",
        _less_or_past,
    ),
    Row(
        "kind and admission of a stage",
        ("stages/*/kind", "stages/*/admission"),
        REFUSED,
        _KNOWN_STAGE,
        "it has opened",
        lambda case: case.opened,
    ),
    Row(
        "who submits in a stage",
        ("stages/*/submitted_by",),
        REFUSED,
        _OVER,
        "the deadline has passed, or something rests on the stage",
        _over,
    ),
    Row(
        "who submits in a stage",
        ("stages/*/submitted_by",),
        HARMLESS,
        _("Heads submit as before, and it takes from nobody."),
        "editors may as well from now on",
        lambda case: case.difference.new == "editor",
    ),
    Row(
        "grace of a stage",
        ("stages/*/grace_minutes",),
        REFUSED,
        _("A deadline is never shortened, nor moved into the past."),
        "less than before",
        lambda case: case.less,
    ),
    Row("grace of a stage", ("stages/*/grace_minutes",), HARMLESS, _("It is never announced, and takes from nobody.")),
    Row(
        "difference to the earlier stage",
        ("stages/*/keep_requested_within_percent",),
        REFUSED,
        _OVER,
        "the deadline has passed, or something rests on the stage",
        _over,
    ),
)

_FORM: Final = (
    Row(
        "kind of a question or a column",
        ("stages/*/form/sections/*/questions/*/kind", "stages/*/form/sections/*/questions/*/columns/*/kind"),
        REFUSED,
        _("The answers given would mean something else: remove the question and ask another one under another key."),
    ),
    Row(
        "section of a question",
        ("stages/*/form/sections/*", "stages/*/form/sections/*/questions/*"),
        REFUSED,
        _("Answers are kept by section: the question stays in its section, or is asked anew under another key."),
        "the question moves to another section",
        lambda case: case.other_section,
    ),
    Row(
        "the form of a stage",
        ("stages/*/form/**",),
        REFUSED,
        _OVER,
        "the deadline has passed, or something rests on the stage",
        _over,
    ),
    Row(
        "answer taken over from the earlier stage",
        (
            "stages/*/form/sections/*",
            "stages/*/form/sections/*/questions/*",
            "stages/*/form/sections/*/questions/*/fixed",
        ),
        REFUSED,
        _("Somebody may have written another answer already, which would be lost."),
        "it is to stay from now on, and the stage has opened",
        lambda case: case.opened and case.locks,
    ),
    Row(
        "order of sections, questions, columns, choices and budget lines",
        (
            "stages/*/form/sections",
            "stages/*/form/sections/*/questions",
            "stages/*/form/sections/*/questions/*/columns",
            "stages/*/form/sections/*/questions/*/choices",
            "stages/*/form/sections/*/questions/*/categories",
        ),
        HARMLESS,
        _("It asks nothing else than before."),
        "only the order",
        lambda case: case.moved,
    ),
)

_EVALUATION: Final = (
    Row(
        "title of a check",
        ("stages/*/checks/*/title",),
        HARMLESS,
        _("It is read by those who check, and asks the same."),
    ),
    Row(
        "order of the checks",
        ("stages/*/checks",),
        HARMLESS,
        _("It says nothing else than before."),
        "only the order",
        lambda case: case.moved,
    ),
    Row(
        "a check",
        ("stages/*/checks/**",),
        REFUSED,
        _OVER,
        "something rests on the stage already",
        lambda case: case.fixed,
    ),
    Row(
        "guidance of a criterion, rule of comments",
        ("stages/*/evaluation/sections/*/criteria/*/help", "stages/*/evaluation/comment"),
        REFUSED,
        _("Scores were given under it."),
        "something rests on the stage already",
        lambda case: case.fixed,
    ),
    Row(
        "guidance of a criterion, rule of comments",
        ("stages/*/evaluation/sections/*/criteria/*/help", "stages/*/evaluation/comment"),
        HARMLESS,
        _("It tells assessors how to work, and changes no score."),
    ),
    Row(
        "the grid and the selection of a stage",
        ("stages/*/evaluation/**",),
        REFUSED,
        _OVER,
        "the deadline has passed, or something rests on the stage",
        _over,
    ),
)

_REST: Final = (
    Row(
        "signatory and funder in letters",
        ("letters/signatory/**", "letters/funder"),
        HARMLESS,
        _("Letters name who signs them on the day; nobody applies by it."),
    ),
    Row("everything else", ("**",), CORRIGENDUM, _RELY),
)

TABLE: Final[tuple[Row, ...]] = (*_IDENTITY, *_MONEY_AND_LIMITS, *_MOMENTS, *_FORM, *_EVALUATION, *_REST)


def lines() -> Iterator[str]:
    """Yield the table as docs/corrigenda.md prints it."""
    yield "| what | when | verdict | why |"
    yield "| --- | --- | --- | --- |"
    for row in TABLE:
        yield f"| {row.what} | {row.condition} | {row.verdict} | {row.reason} |"
