"""Forms of help from outside: inviting, changing until when, and taking an invitation up."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.models import Person

LONGEST: Final = timedelta(days=90)
USUAL: Final = timedelta(days=30)
AFTER_DEADLINE: Final = timedelta(days=7)


def usual_day(deadline: datetime, zone: str) -> date:
    """Return the day that is proposed: a week after the deadline, but at most a month from now, and never the past."""
    now = clock.now()
    wanted = min(now + USUAL, max(deadline, now) + AFTER_DEADLINE)
    return wanted.astimezone(ZoneInfo(zone)).date()


class UntilForm(forms.Form):
    """Until when somebody helps: a whole day by the municipality's clock."""

    until = forms.DateField(
        label=gettext_lazy("May write until, that day included"),
        help_text=gettext_lazy("For example 15.03.2027."),
        widget=forms.DateInput({"autocomplete": "off", "size": 12, "class": "day"}, format="%d.%m.%Y"),
        error_messages={
            "required": gettext_lazy("Please say until when."),
            "invalid": gettext_lazy("This is not a date. Please write it as 15.03.2027."),
        },
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        today = clock.now().astimezone(ZoneInfo(zone)).date()
        self.first, self.last = today, today + LONGEST
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.no_summary = True

    def clean_until(self) -> datetime:
        """Return the last minute of the day."""
        day: date = self.cleaned_data["until"]
        if day < self.first:
            raise forms.ValidationError(_("This day has passed."))
        if day > self.last:
            raise forms.ValidationError(
                _("Help can last at most %(days)s days; it can be prolonged then.") % {"days": LONGEST.days}
            )
        return datetime.combine(day, time(23, 59), ZoneInfo(self.zone))


class InviteForm(UntilForm):
    """Who is invited, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Name and surname"),
        max_length=150,
        error_messages={"required": gettext_lazy("Please give the name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("The invitation is sent there, and only who logs in with this address can take it up."),
        error_messages={"required": gettext_lazy("Please give the e-mail address.")},
    )
    field_order = ("name", "email", "until")


class WordForm(forms.Form):
    """The word of an invitation, where no script took it from the link. Pages that hold typed text leave it out."""

    password_of_invitation = forms.CharField(
        label=gettext_lazy("The code from the e-mail"),
        max_length=100,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-invitation-word": ""}
        ),
        error_messages={"required": gettext_lazy("Please type the code from the e-mail.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.no_summary = True


class AccountForm(forms.Form):
    """A new account for the invited person: the address is known."""

    name = forms.CharField(
        label=gettext_lazy("Your name and surname"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Please give your name.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Please choose a password.")},
    )
    repeated_password = forms.CharField(
        label=gettext_lazy("The password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Please type the password again.")},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.no_summary = True

    def clean(self) -> None:
        """Hold the password against the site's rules, for this very person."""
        given = self.cleaned_data
        password, again = given.get("password"), given.get("repeated_password")
        if password and again and password != again:
            self.add_error("repeated_password", _("The two passwords differ."))
        if password:
            try:
                validate_password(password, Person(email=self.email, name=given.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
