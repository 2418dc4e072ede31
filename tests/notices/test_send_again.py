"""A message that was given up, sent again by staff: asked first, done by a POST only."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.notices.models import Message, MessageState
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_up() -> Message:
    return Message.objects.create(
        key="one", kind="receipt", to="a@example.org", language="en", subject="Receipt", text="Text",
        message_id="<1@example.org>", state=MessageState.FAILED, attempts=3, error="SMTPRecipientsRefused: 550",
    )  # fmt: skip


def test_looking_changes_nothing_and_sending_is_confirmed(client: Client, given_up: Message) -> None:
    client.force_login(make_staff())
    address = reverse("admin:notices_message_send_again", args=[given_up.pk])
    page = client.get(address).content.decode()
    assert "SMTPRecipientsRefused: 550" in page
    assert "Receipt" in page
    given_up.refresh_from_db()
    assert given_up.state == MessageState.FAILED
    assert client.post(address).status_code == 302
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == (MessageState.QUEUED, 0)
