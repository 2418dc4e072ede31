"""What stages, letters and documents say about each other."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from calls.callfile.checks import walk
from calls.callfile.checks.walk import CALL, under
from calls.callfile.messages import OneOf
from calls.callfile.problems import Problem
from calls.spec import CallSpec


def first_stage(call: CallSpec) -> Iterator[Problem]:
    """What rests on an earlier stage is not asked of the first one."""
    for path, stage in list(walk.stages(call))[:1]:
        if stage.admission == "invited":
            message = _("no stage comes before this one that could invite; write “open”")
            yield Problem((*path, "admission"), message)
        if stage.keep_requested_within_percent is not None:
            message = _("no stage comes before this one to compare with; remove the key")
            yield Problem((*path, "keep_requested_within_percent"), message)


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


CHECKS = (first_stage, letters, documents)
