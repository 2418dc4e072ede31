"""The tests' own tools: a fixture that guards nothing would let everything through."""

import socket
import urllib.request

import pytest
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_tests_have_the_rights_of_the_application_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("portal_app", "portal_owner")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE not_allowed (id int)")


@pytest.mark.django_db(transaction=True)
def test_transactional_tests_are_cleaned_up_with_the_rights_of_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_app",)
