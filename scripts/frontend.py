"""Copies what the pages and the PDFs need from node_modules to static/vendor, and makes TrueType fonts for the PDFs.

Run by the install step after ``npm ci``. Nothing of it is committed.
"""

import shutil
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
# Source maps too: the manifest of static files fails on a file that names an absent one.
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.min.css.map": "bootstrap/bootstrap.min.css.map",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
    "bootstrap/dist/js/bootstrap.bundle.min.js.map": "bootstrap/bootstrap.bundle.min.js.map",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
}
WEIGHTS = ("400", "600", "700")
SUBSETS = ("latin", "latin-ext", "cyrillic")


def main() -> None:
    """Make static/vendor anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        _copy(MODULES / source, VENDOR / target)
    for style in ("sans", "serif"):
        for weight in WEIGHTS:
            for subset in SUBSETS:
                name = f"noto-{style}-{subset}-{weight}-normal"
                _font(f"noto-{style}", name, name)
            # Under their own names they would say Armenian and Georgian twice.
            for script in ("armenian", "georgian"):
                source = f"noto-{style}-{script}-{script}-{weight}-normal"
                _font(f"noto-{style}-{script}", source, f"noto-{style}-{script}-{weight}-normal")
        for package in (f"noto-{style}", f"noto-{style}-armenian", f"noto-{style}-georgian"):
            _copy(MODULES / "@fontsource" / package / "LICENSE", VENDOR / "fonts" / f"{package}.LICENSE")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _font(package: str, source: str, name: str) -> None:
    """Copy one font for browsers and write it as TrueType, with a family of its own, for PDFs.

    Two files of one family would draw Latin text with glyphs of the Armenian one.
    """
    woff2 = MODULES / "@fontsource" / package / "files" / f"{source}.woff2"
    _copy(woff2, VENDOR / "fonts" / f"{name}.woff2")
    font = TTFont(woff2)
    font.flavor = None
    family = name.removesuffix("-normal")
    for number in (1, 4, 16):
        font["name"].setName(family, number, 3, 1, 0x409)
        font["name"].removeNames(number, platformID=1)
    font["name"].setName(family, 6, 3, 1, 0x409)
    target = VENDOR / "fonts" / "ttf" / f"{name}.ttf"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


if __name__ == "__main__":
    main()
