"""Names of uploaded files: which of them hide what a file is, and how the others are kept."""

import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from portal.documents.refusals import UploadRefused

LONGEST = 150
_PROGRAMS = frozenset(
    {
        "exe",
        "com",
        "scr",
        "pif",
        "cpl",
        "msi",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "hta",
        "jar",
        "lnk",
        "url",
        "desktop",
        "reg",
        "sh",
        "apk",
        "dll",
    }
)
# They turn the order of the letters that follow: "photo\u202egpj.exe" is shown as "photoexe.jpg".
_TURNING = frozenset("\u202b\u202d\u202e\u2067")
_CONTROL = _("The name of the file holds signs that no name has. Please give it a plain name and choose it again.")
_TURNED = _(
    "The name of the file holds an invisible sign that turns the order of its letters and so hides what it is. "
    "Please type the name anew and choose the file again."
)
_DOUBLE = _(
    "The name has two endings, .%(first)s and .%(last)s, as programs in disguise have. Please rename the file "
    "and choose it again."
)


def check_name(name: str) -> None:
    """Raise UploadRefused for a name with control signs, with letters in hidden order, or of a program in disguise."""
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in name):
        raise UploadRefused(_CONTROL)
    if _TURNING.intersection(name):
        raise UploadRefused(_TURNED)
    _stem, *endings = name.strip().lower().rsplit(".", 2)
    if len(endings) == 2 and endings[0] in _PROGRAMS:
        raise UploadRefused(_DOUBLE, first=endings[0], last=endings[1])


def visible_name(name: str) -> str:
    """Return a name without path and invisible signs, white space as single spaces."""
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    base = PurePosixPath(unicodedata.normalize("NFC", seen).replace("\\", "/")).name
    return " ".join(base.split())
