"""Which modules a script uses, and what changed since a run."""

import pytest

from lepsearch import provenance
from lepsearch.errors import InputError


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A small package with a chain, a lazy import, relative imports and a data file."""
    files = {
        "__init__.py": "",
        "alone.py": "import math\n",
        "base.py": "",
        "middle.py": "from house.base import thing\n",
        "lazy.py": "def f():\n    from house import middle\n    return middle\n",
        "table.py": "from pathlib import Path\nPATH = Path(__file__).with_name('table.yaml')\n",
        "table.yaml": "a: 1\n",
        "other.yaml": "b: 1\n",
        "cycle_a.py": "from house import cycle_b\n",
        "cycle_b.py": "from house import cycle_a\n",
        "plots/__init__.py": "from house import alone\n",
        "plots/bars.py": "from . import style\nfrom ..base import thing\n",
        "plots/style.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING: import house.alone",
        "plots/unused.py": "",
    }
    folder = tmp_path / "lib" / "house"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(folder.parent)
    provenance._graph.cache_clear()
    return folder


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import numpy as np", []),
        ("import house", []),
        ("from house import alone, table", ["alone.py", "table.py", "table.yaml"]),
        ("import house.middle as m", ["base.py", "middle.py"]),
        ("from house.lazy import f", ["base.py", "lazy.py", "middle.py"]),
        ("if True:\n    from house import cycle_a", ["cycle_a.py", "cycle_b.py"]),
        (
            "from house.plots.bars import draw",
            [
                "alone.py",
                "base.py",
                "plots/__init__.py",
                "plots/bars.py",
                "plots/style.py",
            ],
        ),
        # a name of ours in text is no use of it
        ("# %% [markdown]\n# import house.alone\nx = 'house.alone'", []),
    ],
)
def test_modules_used(library, tmp_path, script, expected):
    notebook = tmp_path / "01_line.py"
    notebook.write_text(script)
    found = [
        one.relative_to(library).as_posix() for one in provenance.modules_used(notebook, library)
    ]
    top = ["__init__.py"] if "house" in script and "markdown" not in script else []
    assert found == sorted(top + expected)


def test_a_module_is_not_its_own_input(library):
    found = provenance.modules_used(library / "cycle_a.py", library)
    assert library / "cycle_a.py" not in found
    assert library / "cycle_b.py" in found


def test_a_script_that_is_no_python(tmp_path):
    script = tmp_path / "01_line.py"
    script.write_text("x = 1\ny = (\n")
    with pytest.raises(InputError, match=r"01_line\.py: line 2: not valid Python"):
        provenance.modules_used(script)


def test_the_real_library_is_followed():
    """What skims uses the kernel of the selection, and nothing that draws."""
    used = provenance.modules_used(provenance.LIBRARY / "events" / "skim.py")
    names = {one.relative_to(provenance.LIBRARY).as_posix() for one in used}
    assert {
        "events/selection.py",
        "events/reader.py",
    } <= names
    assert not any(name.startswith(("plotting/", "book/")) for name in names)


def test_what_changed_names_each_thing(tmp_path):
    script, skim = tmp_path / "01_line.py", tmp_path / "zjets.parquet"
    script.write_text("from lepsearch import errors\n")
    skim.write_bytes(b"one")
    before = provenance.fingerprint(script, {"n": 1}, [skim], tmp_path)
    assert (
        provenance.what_changed(before, provenance.fingerprint(script, {"n": 1}, [skim], tmp_path))
        == []
    )
    library = {"lepsearch/__init__.py", "lepsearch/errors.py"}
    assert before["files"].keys() == {"01_line.py", "zjets.parquet", *library}
    skim.write_bytes(b"two")
    script.write_text("import math\n")
    after = provenance.fingerprint(script, {"n": 2}, [skim], tmp_path)
    changes = " | ".join(provenance.what_changed(before, {**after, "version": "99"}))
    assert "01_line.py has changed" in changes
    assert "zjets.parquet has changed" in changes
    assert "errors.py is not used any more" in changes
    assert "parameter n was 1, the book's is 2" in changes
    assert "now 99" in changes
    # a notebook without a fingerprint was made by other hands
    assert len(provenance.what_changed({}, after)) == 4
