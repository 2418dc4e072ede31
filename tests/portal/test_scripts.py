"""The install step's scripts and the lint of translations."""

import gettext
import importlib.util
import subprocess
import types
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.embedded import ROOT

TTF = ROOT / "static" / "vendor" / "fonts" / "ttf"


def _script(name: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = _script("lint_translations")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('_("Saved")', ""),
        ('_("Saved %(name)s") % {"name": name}', ""),
        ('ngettext("%(n)s file", "%(n)s files", n)', ""),
        ('_(f"Saved {name}")', "f-string"),
        ('gettext("Saved " + name)', "after gettext"),
        ('gettext_lazy("Saved %s" % name)', "after gettext"),
        ('_("Saved {}".format(name))', "after gettext"),
        ('pgettext("button", "Save {name}")', "write %(name)s"),
        ('translation.ngettext(f"{n} file", "files", n)', "f-string"),
    ],
)
def test_gettext_takes_whole_literal_texts(lint: types.ModuleType, tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "views.py"
    path.write_text(f"x = 1\n{line}\n")
    faults = list(lint.python_faults(path))
    assert len(faults) == bool(fault)
    assert all(found.startswith("views.py:2: ") and fault in found for found in faults)


@pytest.mark.parametrize(
    ("tag", "count"),
    [
        ("{% blocktranslate trimmed %}", 0),
        ("{% blocktranslate trimmed count n=files|length %}", 0),
        ("{% blocktranslate %}", 1),
        ("{% blocktrans with name=person.name %}", 1),
        ("{% blocktranslate with trimmed_name=name %}", 1),
    ],
)
def test_blocks_are_trimmed(lint: types.ModuleType, tmp_path: Path, tag: str, count: int) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<p>\n{tag}Text{{% endblocktranslate %}}</p>")
    assert [fault.split(" ")[0] for fault in lint.template_faults(path)] == ["page.html:2:"] * count


def test_the_project_itself_has_no_faults() -> None:
    assert _script("lint_translations").main() == 0


def test_catalogues_are_compiled_without_gettext(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = _script("messages")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    source = tmp_path / "locale" / "hy" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Save"\nmsgstr "Պահել"\n')
    module.main()
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "Պահել"


def test_each_font_has_a_family_of_its_own_and_its_letters() -> None:
    """Two subsets of one family would draw Latin text with the glyphs of the Armenian file."""
    files = sorted(TTF.glob("*.ttf"))
    families = [TTFont(path)["name"].getDebugName(1) for path in files]
    assert len(files) >= 12
    assert len(set(families)) == len(families)
    for style in ("sans", "serif"):
        for subset, letters in {"armenian": "Աև՞", "latin": "Az€", "latin-ext": "əțş", "cyrillic": "Жїґ"}.items():
            font = TTFont(TTF / f"noto-{style}-{subset}-400-normal.ttf")
            assert {ord(letter) for letter in letters} <= set(font.getBestCmap()), (style, subset)


def test_the_install_step_is_sound_shell() -> None:
    for script in ("scripts/install.sh", ".ci/run", "docker/passwords.sh"):
        checked = subprocess.run(["bash", "-n", script], cwd=ROOT, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
