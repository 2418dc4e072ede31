"""Who may see a private file: the apps that keep files answer, each for its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from portal.documents.models import StoredFile

Person = AbstractBaseUser | AnonymousUser
Predicate = Callable[[Person, "StoredFile"], bool]

_scopes: dict[str, Predicate] = {}


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
