"""The exercises: every chapter has some, and each solution does what it says."""

import re
from pathlib import Path

import pytest

from lepsearch.book.chapters import find_chapter, list_chapters, overrides

ROOT = Path(__file__).parents[2]
CHAPTER = re.compile(r"^## Chapter (\d+): .*$", re.MULTILINE)
NUMBER = re.compile(r"^\*\*Exercise (\d+)\.\*\* ", re.MULTILINE)
FENCE = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def exercises():
    """Each with its chapter and number in it, and its text."""
    for page in sorted((ROOT / "book").glob("exercises_*.md")):
        _, *chapters = CHAPTER.split(page.read_text(encoding="utf-8"))
        for chapter, part in zip(chapters[::2], chapters[1::2], strict=True):
            _, *texts = NUMBER.split(part)
            for number, text in zip(texts[::2], texts[1::2], strict=True):
                yield pytest.param(int(chapter), int(number), text, id=f"{chapter}, {number}")


@pytest.mark.parametrize(("chapter", "number", "text"), list(exercises()))
def test_a_solution_runs(chapter, number, text):
    """Code runs and holds what it asserts; a rerun has parameters that the chapter takes."""
    assert "{admonition} Solution\n:class: dropdown" in text
    fences = FENCE.findall(text)
    assert fences or len(text) > 200
    for language, code in fences:
        if language == "python":
            assert "assert " in code
            exec(compile(code, f"exercise {chapter}.{number}", "exec"), {})
        else:
            command, run, name, *given = code.split()
            assert (command, run, int(name)) == ("lepsearch", "run", chapter)
            assert given[::2] == ["-p"] * (len(given) // 2)
            overrides(find_chapter(ROOT, name), given[1::2])


def test_every_chapter_has_exercises():
    numbers = {(one.values[0], one.values[1]) for one in exercises()}
    for name in list_chapters(ROOT):
        assert {(int(name[:2]), 1), (int(name[:2]), 2)} <= numbers


def test_the_errata_name_tests_that_there_are():
    text = (ROOT / "book" / "errata.md").read_text(encoding="utf-8")
    rows = re.findall(r"^- \*(.*)\*: `(.*)::(.*)`$", text, re.MULTILINE)
    assert len(rows) > 10
    for entry, path, name in rows:
        assert f"\n### {entry}\n" in text
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
