"""Who may see a private file, and who acts where a virus is in one: the apps that keep files, each for its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from portal.documents.models import StoredFile

Person = AbstractBaseUser | AnonymousUser
Predicate = Callable[[Person, "StoredFile"], bool]

Finder = Callable[["StoredFile"], None]

_scopes: dict[str, Predicate] = {}
_finders: list[Finder] = []


def register_scope(label: str, predicate: Predicate) -> None:
    """Let an app say which files it keeps and to whom it shows them; to be called in ``AppConfig.ready()``.

    ``predicate(person, stored_file)`` returns True only for a file that the app keeps and the person may
    see; the person may be anonymous. ``label`` names the scope once, such as "applications.answer"; a
    second one raises ValueError.
    """
    if label in _scopes:
        raise ValueError(f"scope registered twice: {label}")
    _scopes[label] = predicate


def may_see(person: Person, stored_file: "StoredFile") -> bool:
    """Return whether any app shows this file to this person; a file that no app keeps is shown to nobody."""
    return any(predicate(person, stored_file) for predicate in _scopes.values())


def register_infected(finder: Finder) -> None:
    """Let an app act where a virus was found in a file it keeps: ``finder(stored_file)``, in the same transaction."""
    if finder not in _finders:
        _finders.append(finder)


def tell_infected(stored_file: "StoredFile") -> None:
    """Tell every app that a virus was found in a file."""
    for finder in _finders:
        finder(stored_file)
