"""Messages: written with what they tell of, sent after it is certain, tried again while that makes sense."""

import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
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
BATCH = 500  # messages in one statement
# Minutes until the next attempt; after the last one a message is given up.
PAUSES = (1, 5, 15, 60, 240, 720)


def enqueue(
    kind: str, *, recipient: Person, key: str, context: Mapping[str, Any], unsubscribe: str = ""
) -> Message | None:
    """Write a message to the outbox, in the recipient's language, in the caller's transaction.

    Args:
        kind: names the templates ``notices/KIND/subject.txt`` and ``notices/KIND/body.txt``.
        recipient: who is not saved is written to by address, language and name alone.
        key: what makes the message unique; with a key that is there already nothing happens.
        unsubscribe: the whole address at which one act ends such messages, without a login; the templates have it
            under this name, and mail programs in the header.

    Returns:
        The message, or None where it was written before.

    Effects: after the transaction a Celery task sends it; where the broker is away, the next sweep does.
    """
    text = _render(kind, recipient.language, {**context, "recipient": recipient, "unsubscribe": unsubscribe})
    return next(iter(_write([_message(kind, recipient, key, text, unsubscribe)])), None)


def enqueue_all(
    kind: str,
    recipients: Iterable[Person],
    key_for: Callable[[Person], str],
    context: "Mapping[str, Any] | Callable[[Person], Mapping[str, Any]]",
    *,
    unsubscribe_for: Callable[[Person], str] | None = None,
) -> list[Message]:
    """Write a message to each of many people, with the same guarantees as ``enqueue``, in two queries for all.

    Args:
        key_for: returns what makes the message to a person unique; who has it already is left out.
        context: the same for everybody, then each language is rendered once and the templates may not name the
            recipient (LookupError where they do); or a function that returns what one person is told.
        unsubscribe_for: returns the address that ``enqueue`` takes as ``unsubscribe``; the templates have it.

    Returns:
        The messages that were written now, only their keys loaded.
    """
    rendered: dict[str, Text] = {}
    messages: dict[str, Message] = {}
    for person in recipients:
        address = unsubscribe_for(person) if unsubscribe_for else ""
        if callable(context):
            own = {**context(person), "recipient": person, "unsubscribe": address}
            text = _render(kind, person.language, own)
        else:
            if person.language not in rendered:
                shared = {**context, "recipient": _Everybody(), "unsubscribe": _PLACE if unsubscribe_for else ""}
                rendered[person.language] = _render(kind, person.language, shared)
            text = rendered[person.language].with_address(address)
        key = key_for(person)
        messages.setdefault(key, _message(kind, person, key, text, address))
    return _write([messages[key] for key in sorted(messages)])  # always in one order, so that two cannot block


_PLACE = "https://unsubscribe.invalid/"
"""Stands for the address of each recipient in a text that is rendered once."""
SECRET_PLACE = "not-kept-here"  # noqa: S105 - stands for one
"""Stands in the outbox for a word that opens something (``registry.register_secret``)."""


@dataclass(frozen=True)
class Text:
    """What a message says."""

    subject: str
    body: str
    html: str

    def with_address(self, address: str) -> "Text":
        """Return the text with one recipient's address for ending such messages."""
        return replace(self, body=self.body.replace(_PLACE, address), html=self.html.replace(_PLACE, address))


class _Everybody:
    """Stands for the recipient in a text for many: a template that asks for a name must not print an empty one."""

    def __getitem__(self, name: str) -> Any:
        raise LookupError(f"a text for many has no recipient with a {name}")


def _render(kind: str, language: str, context: Mapping[str, Any]) -> Text:
    with translation.override(language):
        values = {**context, "site_url": settings.SITE_URL, "secret": SECRET_PLACE}
        subject = " ".join(render_to_string(f"notices/{kind}/subject.txt", values).split())
        body = render_to_string(f"notices/{kind}/body.txt", values).strip() + "\n"
        html = render_to_string("notices/frame.html", {**values, "subject": subject, "text": body})
    return Text(subject, body, html)


def _message(kind: str, recipient: Person, key: str, text: Text, unsubscribe: str) -> Message:
    return Message(
        key=key,
        kind=kind,
        recipient=recipient if recipient.pk else None,
        to=recipient.email,
        language=recipient.language,
        subject=text.subject[:300],
        text=text.body,
        html=text.html,
        unsubscribe=unsubscribe,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )


@transaction.atomic
def _write(messages: list[Message]) -> list[Message]:
    """Insert those messages whose keys are not there yet, and return them: what is ours has our Message-ID."""
    if not messages:
        return []
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=BATCH)
    ours = Message.objects.filter(message_id__in=[message.message_id for message in messages])
    kept = list(ours.filter(key__in=[message.key for message in messages]).only("pk").order_by("pk"))
    transaction.on_commit(partial(_send_soon, [message.pk for message in kept]), robust=True)
    return kept


def _send_soon(keys: Iterable[int]) -> None:
    """Hand messages to the workers; where the broker is away the first one fails, and the sweep sends them all."""
    from portal.notices.tasks import send_message

    for pk in keys:
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
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if message.unsubscribe:  # RFC 2369 and RFC 8058: a button of the mail program
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    secret = registry.secrets.get(message.kind)
    word = (secret(message.key) if secret else "") or SECRET_PLACE
    text, html = (one.replace(SECRET_PLACE, word) for one in (message.text, message.html))
    mail = EmailMultiAlternatives(message.subject, text, to=[message.to], headers=headers)
    mail.attach_alternative(html, "text/html")
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
    transaction.on_commit(partial(_send_soon, [message.pk]), robust=True)


def write_reminders() -> int:
    """Write the reminders that are due, each once however often the clock asks; return how many were new."""
    now = clock.now()
    due = (reminder for provider in registry.providers for reminder in provider(now))
    written = (enqueue(r.kind, recipient=r.recipient, key=r.key, context=r.context) for r in due)
    return sum(message is not None for message in written) + sum(writer(now) for writer in registry.writers)
