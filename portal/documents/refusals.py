"""Why an uploaded file is not accepted."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Reason = str | _StrPromise
else:
    Reason = Any


class UploadRefused(ValidationError):
    """An uploaded file is not accepted; its message says why, in plain words, in the reader's language."""

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(reason, code="upload_refused", params=values or None)
