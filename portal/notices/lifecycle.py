"""Messages: written with what they tell of, sent after it is certain, tried again while that makes sense."""

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from portal import clock
from portal.accounts.models import Person
from portal.notices import registry
from portal.notices.models import MESSAGE_TRANSITIONS, Message, MessageState
from portal.transitions import move

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
# Minutes until the next attempt; after the last one a message is given up.
PAUSES = (1, 5, 15, 60, 240, 720)


def enqueue(kind: str, *, recipient: Person, key: str, context: Mapping[str, Any]) -> Message | None:
    """Write a message to the outbox, in the recipient's language, in the caller's transaction.

    Args:
        kind: names the templates ``notices/KIND/subject.txt`` and ``notices/KIND/body.txt``.
        key: what makes the message unique; with a key that is there already nothing happens.

    Returns:
        The message, or None where it was written before.

    Effects: after the transaction a Celery task sends it; where the broker is away, the next sweep does.
    """
    message = _render(kind, recipient, key, context)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    kept = Message.objects.filter(key=key, message_id=message.message_id).only("pk").first()
    if kept is None:
        return None
    transaction.on_commit(partial(_send_soon, kept.pk), robust=True)
    return kept


def _render(kind: str, recipient: Person, key: str, context: Mapping[str, Any]) -> Message:
    with translation.override(recipient.language):
        values = {**context, "recipient": recipient, "site_url": settings.SITE_URL}
        subject = " ".join(render_to_string(f"notices/{kind}/subject.txt", values).split())
        text = render_to_string(f"notices/{kind}/body.txt", values).strip() + "\n"
        html = render_to_string("notices/frame.html", {**values, "subject": subject, "text": text})
    return Message(
        key=key,
        kind=kind,
        recipient=recipient,
        to=recipient.email,
        language=recipient.language,
        subject=subject[:300],
        text=text,
        html=html,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )


def _send_soon(pk: int) -> None:
    from portal.notices.tasks import send_message

    send_message.delay(pk)


def send(pk: int) -> bool:
    """Send one message, if it waits and nobody else is sending it; return whether it was sent now.

    The claim is a lease in the row and no lock is held while the mail server is spoken to. Where a worker dies after
    the server took the mail, it goes again under the same Message-ID, by which mail systems drop the copy.
    """
    message = _claim(pk)
    if message is None:
        return False
    try:
        _mail(message).send()
    except (smtplib.SMTPException, OSError) as error:
        _record_failure(message.pk, error)
        return False
    _record_sent(message.pk)
    return True


@transaction.atomic
def _claim(pk: int) -> Message | None:
    message = Message.objects.due().filter(pk=pk).select_for_update(skip_locked=True).first()
    if message is not None:
        message.leased_until = clock.now() + LEASE
        message.attempts += 1
        message.save(update_fields=["leased_until", "attempts"])
    return message


def _mail(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.to],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


@transaction.atomic
def _record_sent(pk: int) -> None:
    message = Message.objects.select_for_update().get(pk=pk)
    move(message, MessageState.SENT, MESSAGE_TRANSITIONS)
    message.sent_at, message.leased_until, message.error = clock.now(), None, ""
    message.save(update_fields=["state", "sent_at", "leased_until", "error"])


@transaction.atomic
def _record_failure(pk: int, error: Exception) -> None:
    """Plan the next attempt, or give up: at once where the server said never, else after the last pause."""
    message = Message.objects.select_for_update().get(pk=pk)
    message.leased_until, message.error = None, f"{type(error).__name__}: {error}"[:2000]
    if _is_final(error) or message.attempts > len(PAUSES):
        move(message, MessageState.FAILED, MESSAGE_TRANSITIONS)
        log.error("message given up", message=pk, kind=message.kind, error=type(error).__name__)
    else:
        message.next_attempt_at = clock.now() + timedelta(minutes=PAUSES[message.attempts - 1])
        log.warning("message not sent yet", message=pk, kind=message.kind, error=type(error).__name__)
    message.save(update_fields=["state", "leased_until", "error", "next_attempt_at"])


def _is_final(error: Exception) -> bool:
    """Say whether the mail server refused for good: a reply of the 500s."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


@transaction.atomic
def try_again(message: Message) -> None:
    """Put a message that was given up back into the outbox.

    Raises:
        IllegalTransition: it was not given up.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    move(message, MessageState.QUEUED, MESSAGE_TRANSITIONS)
    message.attempts, message.next_attempt_at = 0, clock.now()
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    transaction.on_commit(partial(_send_soon, message.pk), robust=True)


def write_reminders() -> int:
    """Write the reminders that are due, each once however often the clock asks; return how many were new."""
    now = clock.now()
    due = (reminder for provider in registry.providers for reminder in provider(now))
    written = (enqueue(r.kind, recipient=r.recipient, key=r.key, context=r.context) for r in due)
    return sum(message is not None for message in written)
