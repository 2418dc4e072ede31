"""Ways to spoil the call for pilot projects. Each changes one place and moves no line."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "calls" / "data" / "calls"
PILOT = (FOLDER / "m4eg-2021-pilot.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """What to write instead of what, and the one error line that this brings."""

    name: str
    old: str
    new: str
    error: str

    def spoil(self, text: str) -> str:
        assert text.count(self.old) == 1, f"{self.name}: “{self.old}” stands {text.count(self.old)} times"
        assert self.old.count("\n") == self.new.count("\n")
        return text.replace(self.old, self.new)


TWELVE = (
    Fault(
        "unknown key",
        "  duration_months: {min: 18",
        "  duration_weeks: {min: 18",
        "pilot.yaml:27: call.duration_weeks: is not a key of the format; the keys here are: "
        "code, programme, title, summary, description, languages, countries, currency, budget, "
        "grant, cofinancing_min_percent, duration_months, applications_per_municipality, "
        "priorities, lots, eligibility, documents, time_zone, questions_until, answers_until, "
        "letters, stages",
    ),
    Fault(
        "missing key",
        "  currency: EUR\n",
        "  # none\n",
        "pilot.yaml:6: call.currency: is missing; add it with a currency code of three "
        "capitals (ISO 4217), such as EUR",
    ),
    Fault(
        "wrong type",
        "16:00\n      grace_minutes: 0\n      form",
        "16:00\n      grace_minutes: none\n      form",
        "pilot.yaml:89: call.stages[0].grace_minutes: “none” cannot stand here; write a whole "
        "number of minutes from 0 to 1440",
    ),
    Fault(
        "criterion twice",
        '{code: "1.2", weight: 2, title: {hy: "Երկրի',
        '{code: "1.1", weight: 2, title: {hy: "Երկրի',
        "pilot.yaml:118: call.stages[0].evaluation.sections[0].criteria[1].code: “1.1” is "
        "already at call.stages[0].evaluation.sections[0].criteria[0].code; write each only "
        "once, or choose another code",
    ),
    Fault(
        "show_if at a later question",
        "{key: target-groups,",
        "{key: target-groups, show_if: {question: months, greater: 12},",
        "pilot.yaml:97: call.stages[0].form.sections[0].questions[2].show_if.question: “months” "
        "comes later in the form; write the key of an earlier question, or move it up",
    ),
    Fault(
        "lot budgets above the call's",
        "budget: 4000000",
        "budget: 6000000",
        "pilot.yaml:53: call.lots[1].budget: with this lot the budgets of the lots come to "
        "11000000, above the call's budget of 10000000; lower them, or raise the call's budget",
    ),
    Fault(
        "code that ISO does not know",
        "[AM, AZ, BY, GE, MD, UA]",
        "[AM, AZ, XB, GE, MD, UA]",
        "pilot.yaml:23: call.countries[2]: ISO 3166-1 does not know “XB”; write a code of that standard",
    ),
    Fault(
        "stage opens after its deadline",
        "opens: 2021-06-07",
        "opens: 2021-08-07",
        "pilot.yaml:134: call.stages[1].opens: the stage opens at 2021-08-07 09:00, not before "
        "its deadline, 2021-07-26 16:00; write an earlier moment",
    ),
    Fault(
        "mark that cannot be reached",
        "pass_mark: 30",
        "pass_mark: 50.5",
        "pilot.yaml:126: call.stages[0].evaluation.pass_mark: 50.5 cannot be reached: scale and "
        "weights allow at most 50; write at most that",
    ),
    Fault(
        "tie_break without its draw",
        '[relevance, "1.1", lot-draw]',
        '[relevance, "1.1"]',
        "pilot.yaml:128: call.stages[0].evaluation.tie_break: does not end in “lot-draw”, so a "
        "tie could stay; add it as the last entry",
    ),
    Fault(
        "fixed zone",
        "Europe/Brussels",
        "CET",
        "pilot.yaml:76: call.time_zone: “CET” is an abbreviation with a fixed offset: it does "
        "not say whether summer time applies, and notices have printed CET while the clock ran "
        "on CEST; write the zone of a place, such as Europe/Brussels",
    ),
    Fault(
        "missing language",
        ', en: "Concept note"}',
        "}",
        "pilot.yaml:86: call.stages[0].title.en: is missing; write the text in each language of the call: hy, en",
    ),
)
