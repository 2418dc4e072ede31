"""The stages of a call, each with its form, checks and evaluation grid."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.base import PercentField, Positioned, inner_code
from calls.models.call import Call


class Stage(Positioned):
    """A round of applying: from when to when, by which form, judged how."""

    class Kind(models.TextChoices):
        EXPRESSION_OF_INTEREST = "expression_of_interest", _("expression of interest")
        CONCEPT_NOTE = "concept_note", _("concept note")
        FULL_APPLICATION = "full_application", _("full application")

    class Admission(models.TextChoices):
        OPEN = "open", _("open")
        INVITED = "invited", _("by invitation")

    class Submitter(models.TextChoices):
        HEAD = "head", _("the head of the municipality")
        EDITOR = "editor", _("the head or an editor")

    call = models.ForeignKey(Call, models.CASCADE, related_name="stages")
    code = models.CharField(_("code"), max_length=40, validators=[inner_code])
    kind = models.CharField(_("kind"), max_length=25, choices=Kind)
    admission = models.CharField(_("admission"), max_length=8, choices=Admission, default=Admission.OPEN)
    submitted_by = models.CharField(
        pgettext_lazy("stage", "submitted by"),
        max_length=6,
        choices=Submitter,
        default=Submitter.HEAD,
        help_text=_("Who confirms the application and submits it for the municipality. Editors write in either case."),
    )
    title = models.CharField(_("title"), max_length=300)
    opens_at = models.DateTimeField(_("opens at"))
    deadline = models.DateTimeField(_("deadline"))
    grace_minutes = models.PositiveSmallIntegerField(
        _("grace, minutes"), default=0, help_text=_("Never shown as the deadline; its use is recorded.")
    )
    keep_requested_within_percent = PercentField(
        _("request may differ from the earlier stage, percent"), null=True, blank=True
    )

    class Meta(Positioned.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="stage_code_once"),
            models.CheckConstraint(condition=Q(deadline__gt=F("opens_at")), name="stage_opens_before_its_deadline"),
            models.CheckConstraint(
                condition=Q(submitted_by__in=["head", "editor"]), name="stage_submitted_by_somebody_known"
            ),
        ]
        indexes = [models.Index(fields=["deadline"])]

    def __str__(self) -> str:
        return self.title

    def has_opened(self, moment: datetime) -> bool:
        return self.opens_at <= moment

    def accepts(self, received_at: datetime, *, with_grace: bool, deadline: datetime | None = None) -> bool:
        """Say whether a submission that arrived then is in time; equal to the deadline is in time.

        Args:
            with_grace: also take what arrived within the grace after the deadline. Only submitting asks for it.
            deadline: the one that holds for a municipality, where it has an extension; the grace follows it too.
        """
        grace = timedelta(minutes=self.grace_minutes) if with_grace else timedelta()
        return self.opens_at <= received_at <= (deadline or self.deadline) + grace


class FormSection(Positioned):
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="form_sections")
    code = models.CharField(_("code"), max_length=60, validators=[inner_code])
    title = models.CharField(_("title"), max_length=300)
    help = models.TextField(_("help"), blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("section of the form")
        verbose_name_plural = _("sections of the form")
        constraints = [models.UniqueConstraint(fields=["stage", "code"], name="form_section_code_once")]

    def __str__(self) -> str:
        return self.title


class Question(Positioned):
    """A question of a form. Limits, choices, columns and conditions are in ``settings``, as in the call file."""

    section = models.ForeignKey(FormSection, models.CASCADE, related_name="questions")
    key = models.CharField(_("key"), max_length=60, validators=[inner_code])
    kind = models.CharField(_("kind"), max_length=20)
    label = models.TextField(_("question"))
    help = models.TextField(_("help"), blank=True)
    required = models.BooleanField(_("required"), default=False)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [models.UniqueConstraint(fields=["section", "key"], name="question_key_once")]

    def __str__(self) -> str:
        return self.label


class CheckItem(Positioned):
    """One line of the checklist that staff go through before scoring."""

    class Kind(models.TextChoices):
        ADMINISTRATIVE = "administrative", _("administrative check")
        ELIGIBILITY = "eligibility", _("eligibility check")

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="check_items")
    code = models.CharField(_("code"), max_length=60, validators=[inner_code])
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    fatal = models.BooleanField(_("a “no” rejects"), default=True)

    class Meta(Positioned.Meta):
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        constraints = [models.UniqueConstraint(fields=["stage", "code"], name="check_code_once")]

    def __str__(self) -> str:
        return self.title


class Grid(models.Model):
    """The evaluation grid of a stage. Totals are never stored: they follow from scale and weights."""

    class Comment(models.TextChoices):
        NEVER = "never", _("never required")
        ALWAYS = "always", _("always required")
        AT_EXTREMES = "required_at_extremes", _("required with the lowest and highest score")

    class Resolve(models.TextChoices):
        THIRD_ASSESSOR = "third_assessor", _("third assessor")
        CONSENSUS = "consensus", _("consensus")
        NONE = "none", _("not settled")

    class Selection(models.TextChoices):
        BUDGET = "budget", _("as far as the budget goes")
        COUNT = "count", _("a number of applications")
        PASS_MARK = "pass_mark", _("all that pass")
        MANUAL = "manual", _("by the committee")

    class Overflow(models.TextChoices):
        STOP = "stop", _("stop at the first that does not fit")
        SKIP = "skip", _("go on to the next that fits")

    stage = models.OneToOneField(Stage, models.CASCADE, related_name="grid")
    assessors = models.PositiveSmallIntegerField(_("assessors"), default=2)
    scale_min = models.DecimalField(_("lowest score"), max_digits=7, decimal_places=2)
    scale_max = models.DecimalField(_("highest score"), max_digits=7, decimal_places=2)
    scale_step = models.DecimalField(_("step"), max_digits=7, decimal_places=2, default=1)
    comment = models.CharField(_("comment"), max_length=25, choices=Comment, default=Comment.NEVER)
    pass_mark = models.DecimalField(_("threshold"), max_digits=9, decimal_places=2)
    divergence_percent = PercentField(_("divergence, percent of the higher total"), null=True, blank=True)
    divergence_resolve = models.CharField(_("settled by"), max_length=15, choices=Resolve, default=Resolve.NONE)
    tie_break = ArrayField(models.CharField(max_length=60), verbose_name=_("tie break"))
    selection_rule = models.CharField(_("selection"), max_length=10, choices=Selection)
    selection_limit = models.PositiveIntegerField(_("number per lot"), null=True, blank=True)
    selection_factor = models.DecimalField(_("factor of the budget"), max_digits=7, decimal_places=2, default=1)
    on_overflow = models.CharField(_("where the budget ends"), max_length=4, choices=Overflow, default=Overflow.STOP)

    class Meta:
        verbose_name = _("evaluation grid")
        verbose_name_plural = _("evaluation grids")

    def __str__(self) -> str:
        return str(self.stage)


class GridSection(Positioned):
    grid = models.ForeignKey(Grid, models.CASCADE, related_name="sections")
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    min = models.DecimalField(_("eliminatory minimum"), max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("section of the grid")
        verbose_name_plural = _("sections of the grid")
        constraints = [models.UniqueConstraint(fields=["grid", "code"], name="grid_section_code_once")]

    def __str__(self) -> str:
        return self.title


class Criterion(Positioned):
    section = models.ForeignKey(GridSection, models.CASCADE, related_name="criteria")
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=300)
    help = models.TextField(_("guidance"), blank=True)
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=2, default=1)
    min = models.DecimalField(_("eliminatory minimum"), max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta(Positioned.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [models.UniqueConstraint(fields=["section", "code"], name="criterion_code_once")]

    def __str__(self) -> str:
        return self.title
