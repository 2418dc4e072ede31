"""What stages, rules of eligibility, letters and documents say about each other."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import CALL, under
from calls.callfile.messages import OneOf
from calls.callfile.problems import Problem
from calls.spec import CallSpec, EarlierApplicationRule


def first_stage(call: CallSpec) -> Iterator[Problem]:
    """What rests on an earlier stage is not asked of the first one."""
    for path, stage in list(walk.stages(call))[:1]:
        if stage.admission == "invited":
            message = _("no stage comes before this one that could invite; write “open”")
            yield Problem((*path, "admission"), message)
        if stage.keep_requested_within_percent is not None:
            message = _("no stage comes before this one to compare with; remove the key")
            yield Problem((*path, "keep_requested_within_percent"), message)


def own_stages(call: CallSpec) -> Iterator[Problem]:
    """A rule about this very call names one of its stages."""
    codes = [stage.code for stage in call.stages]
    reads = ((*CALL, "code"), *((*path, "code") for path, _stage in walk.stages(call)))
    for path, rule in under((*CALL, "eligibility"), call.eligibility):
        if not isinstance(rule, EarlierApplicationRule) or rule.call not in (None, call.code):
            continue
        if rule.stage is None:
            message = _("is missing; within the call itself, name the earlier stage: %(expected)s")
            yield Problem((*path, "stage"), message, {"expected": OneOf(codes)}, ((*path, "call"), *reads))
        elif rule.stage not in codes:
            message = _("“%(stage)s” is no stage of this call; write %(expected)s")
            values = {"stage": rule.stage, "expected": OneOf(codes, rule.stage)}
            yield Problem((*path, "stage"), message, values, ((*path, "call"), *reads))


def letters(call: CallSpec) -> Iterator[Problem]:
    """The prevailing language is one of the call's."""
    language = call.letters.prevailing_language
    if language is not None and language not in call.languages:
        languages = (*CALL, "languages")
        message = _("“%(language)s” is not a language of this call; write %(expected)s")
        values = {"language": language, "expected": OneOf(call.languages, language)}
        reads = (languages, *(path for path, _code in under(languages, call.languages)))
        yield Problem((*CALL, "letters", "prevailing_language"), message, values, reads)


def documents(call: CallSpec) -> Iterator[Problem]:
    """Documents lie in the folder of the call file or below it, each under a name of its own."""
    names: set[str] = set()
    for path, document in under((*CALL, "documents"), call.documents):
        place = PurePosixPath(document.file)
        if place.is_absolute() or ".." in place.parts or "\\" in document.file or ":" in document.file:
            message = _(
                "“%(file)s” leads out of the folder of the call file; write a path within it, such as guidelines.pdf"
            )
            yield Problem((*path, "file"), message, {"file": document.file})
        elif document.file in names:
            message = _("“%(file)s” is already offered above; offer each file once")
            yield Problem((*path, "file"), message, {"file": document.file})
        names.add(document.file)


CHECKS = (first_stage, own_stages, letters, documents)
