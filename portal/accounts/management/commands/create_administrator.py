import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from portal.accounts.lifecycle import grant_role, make_person
from portal.accounts.models import Person, Role, StaffRole


class Command(BaseCommand):
    help = "Ask for the first administrator: e-mail address, name and password. Does nothing where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="instead of asking; the password is then read from standard input")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if StaffRole.objects.in_force().filter(role=Role.ADMINISTRATOR).exists():
            self.stdout.write("There is an administrator already.")
            return
        if not options["email"] and not sys.stdin.isatty():
            raise CommandError("Nobody is there to answer. Give --email, --name, and the password on standard input.")
        email = options["email"] or self._ask("E-mail address of the first administrator: ", validate_email)
        name = options["name"] or ("" if options["email"] else input("Name: ").strip())
        person = Person(email=email.lower(), name=name)
        password = self._password(person, asked=not options["email"])
        grant_role(make_person(email, password=password, name=name), Role.ADMINISTRATOR)
        self.stdout.write(f"{email} is the administrator.")

    def _ask(self, question: str, validate: Any) -> str:
        while True:
            answer = input(question).strip()
            try:
                validate(answer)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
            else:
                return answer

    def _password(self, person: Person, *, asked: bool) -> str:
        while True:
            password = getpass.getpass("Password: ") if asked else sys.stdin.readline().rstrip("\n")
            try:
                validate_password(password, person)
            except ValidationError as error:
                if not asked:
                    raise CommandError(" ".join(error.messages)) from error
                self.stderr.write(" ".join(error.messages))
            else:
                return password
