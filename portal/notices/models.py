"""The outbox: every message is a row before it is a mail."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.transitions import TransitionTable, guard


class MessageState(models.TextChoices):
    QUEUED = "queued", _("waiting to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


MESSAGE_TRANSITIONS: TransitionTable = {
    MessageState.QUEUED: frozenset({MessageState.SENT, MessageState.FAILED}),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
}


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """Return what waits to be sent, and whose lease (held by a worker that is sending it) has run out."""
        moment = clock.now()
        return self.filter(
            Q(leased_until=None) | Q(leased_until__lt=moment),
            state=MessageState.QUEUED,
            next_attempt_at__lte=moment,
        )

    def visible_to(self, person: Any) -> "MessageQuerySet":
        """Return all for those who run the programme; for anyone else what was addressed to them."""
        return self if person.sees_everything else self.filter(recipient=person)


class Message(models.Model):
    """One message to one recipient, in the recipient's language, written in the transaction of what it tells of."""

    key = models.CharField(
        _("key"),
        max_length=200,
        unique=True,
        help_text=_("Kind, recipient, object and moment: the same message is written once."),
    )
    kind = models.CharField(_("kind"), max_length=50)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="messages",
        verbose_name=_("recipient"),
    )
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    unsubscribe = models.URLField(_("address for ending such messages"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=clock.now)
    leased_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=150)
    created_at = models.DateTimeField(_("created at"), default=clock.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="message_queued"),
            models.Index(fields=["recipient", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_has_a_moment"
            ),
        ]
        triggers = [guard(MESSAGE_TRANSITIONS)]

    def __str__(self) -> str:
        return self.subject
