"""Rules of eligibility. The form of each kind is made from what the registry of kinds says about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as NotARule

from calls import queries
from calls.authoring.fields import CodesField, NumberField
from calls.authoring.forms import PartForm
from calls.authoring.kinds.listing import listed_at
from calls.authoring.parts import Choice, Line, Part, register
from calls.authoring.words import language_name
from calls.eligibility import kinds
from calls.models import Call, EligibilityRule, Programme
from calls.pages.voice import Voice
from calls.rule_kinds import RuleField, RuleKind, rule_kinds
from calls.transfer import rule_values, spec_of
from calls.transfer.reading import rule_of
from portal import clock, languages

_LONGEST = 1000


class RuleForm(PartForm):
    """The keys of one kind of rule; a new rule gets its kind by ``initial["kind"]``."""

    kind = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = EligibilityRule
        fields = ()

    def prepare(self) -> None:
        name = self.instance.rule or str((self.data or self.initial).get("kind", "")) or str(self.initial.get("kind"))
        found = [one for one in rule_kinds() if one.name == name]
        self.rule_kind: RuleKind = found[0] if found else rule_kinds()[0]
        self.fields["kind"].initial = self.rule_kind.name
        rule = None if self.is_new else rule_of(self.instance, self.call.languages)
        self.names: dict[str, RuleField] = {}
        for key in self.rule_kind.fields:
            self._add(key, getattr(rule, key.name, None) if rule else self._default(key))
        rows = [tuple(name for name, one in self.names.items() if one is key) for key in self.rule_kind.fields]
        self.layout = (("", tuple(rows)),)  # type: ignore[misc]

    def _default(self, key: RuleField) -> Any:
        column = self.rule_kind.model.model_fields[key.name]
        return None if column.is_required() else column.default

    def _add(self, key: RuleField, value: Any) -> None:
        if key.kind != "texts":
            self.names[key.name] = key
            self.fields[key.name] = self._field(key)
            self.initial[key.name] = value if not isinstance(value, tuple) else list(value)
            return
        for language in self.call.languages:
            name = f"{key.name}_{language}"
            self.names[name] = key
            self.fields[name] = forms.CharField(
                label=f"{capfirst(str(key.label))} ({language_name(language)})",
                required=key.required,
                max_length=_LONGEST,
                widget=forms.Textarea({"rows": 3, "lang": language}),
            )
            self.initial[name] = (value or {}).get(language, "")

    def _field(self, key: RuleField) -> forms.Field:
        label, hint = capfirst(str(key.label)), str(key.hint or "")
        choices = [(value, capfirst(str(word))) for value, word in key.choices]
        if key.names:
            return self._code_field(key, label)
        made: dict[str, Callable[[], forms.Field]] = {
            "integer": lambda: NumberField(label=label, required=key.required, decimal_places=0),
            "decimal": lambda: NumberField(label=label, required=key.required, decimal_places=4),
            "boolean": lambda: forms.BooleanField(label=label, required=False),
            "choice": lambda: forms.ChoiceField(label=label, required=key.required, choices=choices),
            "choices": lambda: CodesField(label=label, choices=choices, present=self._present(key.name)),
            "text": lambda: forms.CharField(label=label, required=key.required, help_text=hint),
            "list": lambda: forms.CharField(label=label, required=key.required, help_text=_("Separated by commas.")),
        }
        return made[key.kind]()

    def _present(self, name: str) -> list[str]:
        return [] if self.is_new else list(self.instance.settings.get(name) or ())

    def _code_field(self, key: RuleField, label: str) -> forms.Field:
        """Offer what there is under the codes that a key can name, and keep a code that is not there yet."""
        offered = _OFFERED[key.names](self.call) if key.names in _OFFERED else []
        present = "" if self.is_new else self.instance.settings.get(key.name) or ""
        codes = [code for code, _word in offered]
        more = [(present, present)] if present and present not in codes else []
        choices = [("", "—"), *offered, *more]
        return forms.ChoiceField(label=label, required=key.required, choices=choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.rule = self.rule_kind.model.model_validate(self._keys(cleaned))
            except NotARule as wrong:
                for fault in wrong.errors():
                    self._blame(str(fault["loc"][0]) if fault["loc"] else "")
        return cleaned

    def _blame(self, key: str) -> None:
        field = next((name for name, one in self.names.items() if one.name == key), None)
        hint = str(self.names[field].hint) if field else ""
        self.add_error(field, ValidationError(_("This cannot stand here. Needed: %(hint)s"), params={"hint": hint}))

    def _keys(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return what was typed as keys of the call file, without those that were left empty."""
        keys: dict[str, Any] = {"rule": self.rule_kind.name}
        for name, key in self.names.items():
            value = cleaned.get(name)
            if key.kind == "texts" and value:
                keys.setdefault(key.name, {})[name.removeprefix(f"{key.name}_")] = value
            elif key.kind == "list" and value:
                keys[key.name] = tuple(part.strip() for part in str(value).split(",") if part.strip())
            elif key.kind == "integer" and value is not None:
                keys[key.name] = int(value)
            elif key.kind != "texts" and value not in (None, "", []):
                keys[key.name] = value
        return keys

    def before_writing(self, by: Any) -> None:
        texts = {f"{key.name}_{code}" for key in self.names.values() for code in self.call.languages}
        for name, value in rule_values(self.rule).items():
            of_another_language = name.startswith(("reason_", "text_")) and name not in texts
            if self.is_new or not of_another_language:
                setattr(self.instance, name, value)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What applicants read, by language, as it was saved last; nothing for a new rule."""
        if self.is_new:
            return []
        rows = list(self.call.eligibility_rules.all())
        found = queries.conditions(spec_of(self.call), clock.now())[-len(rows) :]
        texts = [finding.text for row, finding in zip(rows, found, strict=True) if row.pk == self.instance.pk]
        return [(code, text) for one in texts for code, text in one.items()]

    @property
    def sentence(self) -> "str | Promise":
        """One sentence that explains the kind."""
        return self.rule_kind.explanation


def _calls(call: Call) -> list[tuple[str, str]]:
    rows = Call.objects.exclude(pk=call.pk).order_by("code")
    return [(row.code, f"{row.code} · {row.title}") for row in rows]


def _stages(call: Call) -> list[tuple[str, str]]:
    """The stages of this call, and those of all others, since the call may be chosen in the same form."""
    own = {stage.code: f"{stage.code} · {stage.title}" for stage in call.stages.all()}
    others = Call.objects.exclude(pk=call.pk).order_by("code").values_list("stages__code", "code")
    for stage, code in others:
        if stage and stage not in own:
            own[stage] = f"{stage} · {code}"
    return list(own.items())


def _programmes(_call: Call) -> list[tuple[str, str]]:
    return [(row.code, f"{row.code} · {row.title}") for row in Programme.objects.all()]


_OFFERED: dict[str, Callable[[Call], list[tuple[str, str]]]] = {
    "call": _calls,
    "stage": _stages,
    "programme": _programmes,
}


def describe(rule: EligibilityRule, voice: Voice) -> Line:
    """A rule in a list: its kind, the words of the call, what follows where it does not hold."""
    kind = kinds().get(rule.rule)
    title = next((str(one.title) for one in rule_kinds() if one.name == rule.rule), rule.rule) if kind else rule.rule
    own = getattr(rule, "asked", "") or rule.text
    tone = "error" if rule.otherwise == "fail" else "warn"
    return Line(title, (own,) if own else (), ((str(rule.get_otherwise_display()), tone),))


def prepare(call: Call, rows: list[EligibilityRule]) -> None:
    """Give each rule the sentence that applicants read."""
    if not rows:
        return
    asked = queries.conditions(spec_of(call), clock.now())[-len(rows) :]
    for row, finding in zip(rows, asked, strict=True):
        row.asked = languages.said(finding.text, languages.active())  # type: ignore[attr-defined]


def choices(_call: Call) -> list[Choice]:
    """Return the kinds of rules that can be added, each with a sentence."""
    return [Choice(kind.name, kind.title, kind.explanation) for kind in rule_kinds()]


register(
    Part(
        "rule",
        EligibilityRule,
        "eligibility_rules",
        "",
        RuleForm,
        _("rule of eligibility"),
        describe,
        listed_at("rule"),
        choose=choices,
        plural=_("rules of eligibility"),
        about=_(
            "Country, region and the number of applications follow from the call itself. Here is what it asks besides."
        ),
        prepare=prepare,
        more="admin/calls/setup/_rule.html",
    )
)
