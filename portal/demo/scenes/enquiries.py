"""Questions and answers about the open call: answered, merged, corrected, declined, waiting."""

from collections.abc import Callable, Mapping
from typing import Any

from calls.enquiries.lifecycle import ask, correct, decline, publish_answers, save_draft
from calls.enquiries.wording import Wording
from calls.models import Call, Enquiry, EnquiryAnswer
from portal.accounts.models import Person
from portal.demo.scenes.stage import Cast, story


class Desk:
    """Those who ask and those who answer, about one call."""

    def __init__(self, cast: Cast, call: Call) -> None:
        self._cast, self._call = cast, call
        self._asked: dict[str, Enquiry] = {}
        self._answers: dict[str, EnquiryAnswer] = {}

    def ask(self, row: Mapping[str, Any]) -> None:
        """Ask one question, for the municipality for which the person works."""
        person: Person = self._cast.people[row["by"]]
        arrived = self._cast.day(row["days"])
        with self._cast.ago(row["days"]):
            held = person.memberships.in_force().select_related("municipality").get()
            asked = ask(
                self._call,
                by=person,
                text=row["text"],
                language=row["language"],
                arrived_at=arrived,
                municipality=held.municipality,
            )
        self._asked[row["key"]] = asked.enquiry

    def publish(self, act: Mapping[str, Any]) -> None:
        """Draft some answers and publish them together."""
        with self._cast.ago(act["days"]):
            drafts = {row["to"][0]: self._draft(row) for row in act["answers"]}
            versions = {draft.pk: draft.version for draft in drafts.values()}
            published = {row.pk: row for row in publish_answers(self._call, versions, by=self._cast.officer)}
        self._answers |= {key: published[draft.pk] for key, draft in drafts.items()}

    def _draft(self, row: Mapping[str, Any]) -> EnquiryAnswer:
        first, *others = (self._asked[key] for key in row["to"])
        wordings = {code: Wording(row["question"][code], row["text"][code]) for code in self._call.languages}
        merged = [other.pk for other in others]
        return save_draft(first, wordings, merged=merged, version=0, by=self._cast.officer)

    def correct(self, row: Mapping[str, Any]) -> None:
        """Correct what was answered; the question stays as it stands."""
        answer = self._answers[row["answer"]]
        questions = {code: getattr(answer, f"question_{code}") for code in self._call.languages}
        wordings = {code: Wording(question, row["text"][code]) for code, question in questions.items()}
        with self._cast.ago(row["days"]):
            correct(answer, wordings, number=1, by=self._cast.officer)

    def decline(self, row: Mapping[str, Any]) -> None:
        """Decline a question with a reason to its asker."""
        with self._cast.ago(row["days"]):
            decline(self._asked[row["question"]], reason=row["reason"], by=self._cast.officer)


def play(cast: Cast, call: Call) -> None:
    """Ask and answer: six answers, one of them to two questions and one corrected; one declined; two still wait."""
    told, desk = story("enquiries"), Desk(cast, call)
    acts: list[tuple[int, Callable[[Mapping[str, Any]], None], Mapping[str, Any]]]
    acts = [(row["days"], desk.ask, row) for row in told["asked"]]
    acts += [(row["days"], desk.publish, row) for row in told["published"]]
    acts += [(told["corrected"]["days"], desk.correct, told["corrected"])]
    acts += [(told["declined"]["days"], desk.decline, told["declined"])]
    for _days, act, row in sorted(acts, key=lambda item: -item[0]):
        act(row)
