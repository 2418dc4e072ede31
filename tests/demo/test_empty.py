"""What the commands of the demonstration say where there is none."""

from io import StringIO

import pytest
from django.core.management import call_command

from portal.demo.people import logins


@pytest.mark.django_db
def test_show_demo_says_that_nothing_is_loaded() -> None:
    out = StringIO()
    call_command("show_demo", stdout=out)
    assert "not loaded: manage.py load_demo" in out.getvalue()
    assert not any(login.email in out.getvalue() for login in logins())
