"""Which files of grants are shown to whom."""

from typing import Any

from grants.models import Letter
from portal.documents.models import StoredFile


def may_see_letter(person: Any, stored_file: StoredFile) -> bool:
    """A letter is shown to whoever may see its grant."""
    return bool(Letter.objects.visible_to(person).filter(file=stored_file).exists())
