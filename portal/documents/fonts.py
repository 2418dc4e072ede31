"""The fonts of PDFs: TrueType files brought by the install step, each under a family name of its own.

Two subsets under one family name draw Latin text with glyphs of the Armenian file while the extracted text
stays right: so a family here is one subset of one typeface, and the style sheets name them in order.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

_FILE = re.compile(r"noto-(sans|serif)-(latin-ext|latin|armenian|cyrillic|georgian)-(400|600)-normal\.ttf")
REQUIRED = frozenset(
    (style, subset, weight)
    for style in ("sans", "serif")
    for subset in ("latin", "armenian")
    for weight in ("400", "600")
)


@dataclass(frozen=True)
class FontFile:
    """One file: style (sans, serif), subset (latin, armenian, latin-ext, cyrillic, georgian), weight (400, 600)."""

    path: Path
    style: str
    subset: str
    weight: str

    @property
    def family(self) -> str:
        """Return the family name that style sheets use, such as "Noto Serif armenian"."""
        return f"Noto {self.style.title()} {self.subset}"

    @property
    def face(self) -> str:
        """Return the CSS rule that declares the file."""
        source = f'url("{self.path.as_uri()}") format("truetype")'
        return f'@font-face {{ font-family: "{self.family}"; font-weight: {self.weight}; src: {source}; }}'


def font_directory() -> Path:
    """Return where the install step puts the fonts."""
    return Path(settings.BASE_DIR) / "static" / "vendor" / "fonts" / "ttf"


def font_files() -> list[FontFile]:
    """Return the fonts that are there and that letters use."""
    found = ((path, _FILE.fullmatch(path.name)) for path in sorted(font_directory().glob("*.ttf")))
    return [FontFile(path, match[1], match[2], match[3]) for path, match in found if match]


def missing_fonts() -> list[str]:
    """Return the names of required fonts that are not there."""
    present = {(file.style, file.subset, file.weight) for file in font_files()}
    return sorted(" ".join(font) for font in REQUIRED - present)
