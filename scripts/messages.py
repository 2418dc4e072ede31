"""Compiles the message catalogues of the project: locale/**/LC_MESSAGES/*.po to .mo, without needing gettext."""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in sorted((ROOT / "locale").rglob("LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


if __name__ == "__main__":
    main()
