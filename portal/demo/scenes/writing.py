"""Applications as their clerks write them, through the portal's own lifecycle: begun, answered, filed, submitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.utils import translation

from applications.lifecycle import attach_file, save_section, start_application, submit_application
from applications.models import Attachment, StageEntry, Submission
from applications.pages.checking import confirmation
from applications.queries import call_spec, dossier_of, stage_of
from calls.models import Call, Lot, Stage
from portal import clock
from portal.accounts.models import Municipality, Person
from portal.demo.scenes.stage import Cast
from portal.demo.simulation.drafting import Drafting
from portal.demo.simulation.files import Samples
from portal.demo.simulation.places import Place

_SEED = 60


@dataclass(frozen=True)
class Written:
    """An application, and what its clerks are going to answer, by section."""

    entry: StageEntry
    sections: Mapping[str, Mapping[str, Any]]
    samples: Samples

    def save(self, by: Person, sections: Iterable[str] | None = None, **changes: Any) -> None:
        """Save sections, all of them unless some are named.

        Args:
            changes: other answers than those thought of, by the key of the question.
        """
        versions = dossier_of(self.entry).versions
        for code in self.sections if sections is None else sections:
            known = {key: changes[key] for key in self.sections[code] if key in changes}
            save_section(self.entry, code, {**self.sections[code], **known}, versions.get(code, 0), by=by)

    def attach(self, by: Person) -> None:
        """Upload a sample to each question that requires a file and has none."""
        there = set(Attachment.objects.filter(entry=self.entry).values_list("question", flat=True))
        stage = stage_of(call_spec(self.entry.stage.call), self.entry.stage.code)
        for question in stage.form.questions():
            if question.kind == "file" and question.required and question.key not in there:
                name, content = self.samples.upload(question.key)
                attach_file(self.entry, question.key, File(BytesIO(content), name=name), by=by)


def begin(
    cast: Cast,
    stage: Stage,
    municipality: Municipality,
    by: Person,
    *,
    lot: Lot | None = None,
    before: Decimal | None = None,
) -> Written:
    """Begin an application, and think of its answers.

    Args:
        before: what was requested in the earlier stage, where the request is held to it.
    """
    call: Call = stage.call
    spec = call_spec(call)
    form = stage_of(spec, stage.code)
    samples = Samples(list(form.form.questions()))
    entry = start_application(call, stage, municipality, lot, by=by)
    drafting = Drafting(spec, form, stage.opens_at, cast.now, _SEED)
    thought = drafting.write(Place(municipality, lot, requested_before=before), cast.now).sheet.answers
    return Written(entry, {code: answers for code, answers in thought.items() if answers}, samples)


def submit(entry: StageEntry, by: Person) -> Submission:
    """Submit as the page does: the head confirms the sentence in the own language."""
    with translation.override(by.language):
        return submit_application(entry, by=by, received_at=clock.now(), confirmation=confirmation())
