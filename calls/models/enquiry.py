"""Questions about a call as people ask them, the answers that are published for all, and corrections of these."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.call import Call
from portal import clock
from portal.accounts.models import Municipality
from portal.transitions import TransitionTable, guard, immutable


class FixedIn(pgtrigger.ReadOnly):
    """Refuses a change of the fields of a row that is in one of these states already."""

    def __init__(self, *states: str, **options: Any) -> None:
        super().__init__(**options)
        self.states = [str(state) for state in states]

    def get_condition(self, model: Any) -> Any:
        """Return when the trigger fires: a field changes, and the state was one of these."""
        return super().get_condition(model) & pgtrigger.Q(old__state__in=self.states)  # type: ignore[no-untyped-call]


class AnswerState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


ANSWER_TRANSITIONS: TransitionTable = {
    AnswerState.DRAFT: frozenset({AnswerState.PUBLISHED}),
    AnswerState.PUBLISHED: frozenset(),
}


class EnquiryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("question", "waiting for an answer")
    ANSWERED = "answered", pgettext_lazy("question", "answered")
    DECLINED = "declined", pgettext_lazy("question", "declined")


ENQUIRY_TRANSITIONS: TransitionTable = {
    EnquiryState.WAITING: frozenset({EnquiryState.ANSWERED, EnquiryState.DECLINED}),
    EnquiryState.ANSWERED: frozenset(),
    EnquiryState.DECLINED: frozenset(),
}


class AnswerQuerySet(models.QuerySet["EnquiryAnswer"]):
    def published(self) -> "AnswerQuerySet":
        """Return what anyone may read."""
        return self.filter(state=AnswerState.PUBLISHED, call__in=Call.objects.public())

    def visible_to(self, person: Any) -> "AnswerQuerySet":
        """Return what is public; drafts too for the programme's staff, and for an office those on its own questions."""
        if not getattr(person, "is_authenticated", False):
            return self.published()
        if person.sees_everything:
            return self
        own = Enquiry.objects.filter(municipality__country__in=person.office_countries)
        public = Q(state=AnswerState.PUBLISHED, call__in=Call.objects.public())
        return self.filter(public | Q(pk__in=own.values("answer")))


def _written_in(language: str) -> models.CheckConstraint:
    """A published answer that is to be in a language has its question and its answer in it."""
    written = ~Q(**{f"question_{language}": ""}) & ~Q(**{f"text_{language}": ""})
    present = Q(**{f"question_{language}__isnull": False, f"text_{language}__isnull": False})
    other = Q(state=AnswerState.DRAFT) | ~Q(languages__contains=[language])
    return models.CheckConstraint(condition=other | (present & written), name=f"answer_is_written_in_{language}")


class EnquiryAnswer(models.Model):
    """A question in the words in which all read it, without names, and its answer; both in the call's languages.

    ``languages`` are those of the call at publication; ``version`` counts the changes of a draft. Questions that ask
    the same share one answer.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="answers", verbose_name=_("call for proposals"))
    state = models.CharField(_("state"), max_length=10, choices=AnswerState, default=AnswerState.DRAFT)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    question = models.TextField(_("question"), blank=True)
    text = models.TextField(_("answer"), blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name=_("languages"))
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("drafted by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("published by")
    )

    objects: ClassVar[Any] = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["call", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="answer_number_once"),
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="answer_state_known"),
            models.CheckConstraint(
                condition=Q(state=AnswerState.DRAFT, number=None, published_at=None)
                | Q(state=AnswerState.PUBLISHED, number__gte=1, published_at__isnull=False, languages__len__gte=1),
                name="answer_published_has_number_and_moment",
            ),
            *(_written_in(language) for language in settings.MODELTRANSLATION_LANGUAGES),
        ]
        triggers = [
            guard(ANSWER_TRANSITIONS),
            # Who published may be erased from the row; nothing else of a published answer ever changes.
            FixedIn(AnswerState.PUBLISHED, name="published_stays", exclude=["drafted_by", "published_by"]),
            pgtrigger.Protect(
                name="published_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state="published")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.number or '—'}"


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def visible_to(self, person: Any) -> "EnquiryQuerySet":
        """Return one's own; for an office those of its country's municipalities; all for the programme's staff."""
        if not getattr(person, "is_authenticated", False):
            return self.none()
        if person.sees_everything:
            return self
        return self.filter(Q(asked_by=person) | Q(municipality__country__in=person.office_countries))

    def waiting(self) -> "EnquiryQuerySet":
        """Return those that were neither answered nor declined."""
        return self.filter(state=EnquiryState.WAITING)


class Enquiry(models.Model):
    """A question about a call, as a person asked it. Nobody but that person and staff ever sees this row.

    ``digest`` is of the folded text: the same question of one person is one. History leaves out who asked and in
    which words.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="enquiries", verbose_name=_("call for proposals"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="enquiries", verbose_name=_("asked by")
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("municipality"),
    )
    language = models.CharField(_("language"), max_length=5)
    text = models.TextField(_("question"))
    digest = models.CharField(max_length=64, editable=False)
    asked_at = models.DateTimeField(_("asked at"), default=clock.now)
    state = models.CharField(_("state"), max_length=10, choices=EnquiryState, default=EnquiryState.WAITING)
    answer = models.ForeignKey(
        EnquiryAnswer, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("answer")
    )
    reason = models.TextField(_("reason told to the asker"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )

    objects: ClassVar[Any] = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a call")
        verbose_name_plural = _("questions about calls")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["call", "state"], name="enquiry_by_call")]
        constraints = [
            models.UniqueConstraint(fields=["call", "asked_by", "digest"], name="enquiry_once"),
            models.CheckConstraint(condition=Q(state__in=EnquiryState.values), name="enquiry_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="enquiry_has_a_text"),
            models.CheckConstraint(
                condition=Q(state=EnquiryState.WAITING, decided_at=None, reason="")
                | Q(state=EnquiryState.ANSWERED, decided_at__isnull=False, answer__isnull=False, reason="")
                | (Q(state=EnquiryState.DECLINED, decided_at__isnull=False, answer=None) & ~Q(reason="")),
                name="enquiry_state_has_what_it_needs",
            ),
        ]
        triggers = [
            guard(ENQUIRY_TRANSITIONS),
            immutable("call", "municipality", "language", "text", "digest", "asked_at"),
            FixedIn(
                EnquiryState.ANSWERED,
                EnquiryState.DECLINED,
                name="decided_stays",
                fields=["answer", "reason", "decided_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.asked_at:%Y-%m-%d %H:%M}"


class CorrectionQuerySet(models.QuerySet["AnswerCorrection"]):
    def visible_to(self, person: Any) -> "CorrectionQuerySet":
        """Return those of the answers that the person may read."""
        return self.filter(answer__in=EnquiryAnswer.objects.visible_to(person))


class AnswerCorrection(models.Model):
    """New words of a published answer. The words before it stay, and are shown too."""

    answer = models.ForeignKey(EnquiryAnswer, models.PROTECT, related_name="corrections", verbose_name=_("answer"))
    number = models.PositiveSmallIntegerField(_("number"))
    question = models.TextField(_("question"), blank=True)
    text = models.TextField(_("answer"), blank=True)
    corrected_at = models.DateTimeField(_("corrected at"))
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("corrected by")
    )

    objects: ClassVar[Any] = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of an answer")
        verbose_name_plural = _("corrections of answers")
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="correction_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="correction_number_from_one"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="immutable", exclude=["corrected_by"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.answer} · {self.number}"
