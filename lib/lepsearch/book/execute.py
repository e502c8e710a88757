"""Run a chapter: papermill executes it, its numbers and its fingerprint are kept with it."""

import base64
import copy
import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from PIL import Image
from traitlets import default
from traitlets.config import Config

from lepsearch import provenance, surroundings
from lepsearch.book import origin, report
from lepsearch.book.chapters import Chapter, inputs, regions_of
from lepsearch.book.numbered import TABLE
from lepsearch.errors import ChapterError
from lepsearch.files import unwritten, whole
from lepsearch.workspace import READS, Workspace

__all__ = ("execute", "present_fingerprint")

log = logging.getLogger(__name__)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
STYLED = re.compile(r"\bT_[0-9a-f]{5}(?![0-9a-f])")  # ids that pandas draws at random
FAILING_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
EXPRESSION = re.compile(r"\{eval\}`([^`]+)`")
LONG = 40  # characters of a text that is more than a number
EVALUATES = "evaluates"  # tag of a cell that stands for the expressions of the text before it
TELLS = "import json; from lepsearch import surroundings; print(json.dumps(surroundings.running()))"


class OwnKernel(AsyncKernelManager):
    """A kernel of this very interpreter, whichever the user has installed under any name."""

    @default("kernel_spec_manager")
    def _from_no_folder(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def present_fingerprint(
    chapter: Chapter, workspace: Workspace, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The fingerprint that a run of now would carry.

    Its inputs are those of the profile among the values, whosever book the chapter is for.

    Raises:
        ChapterError: An input isn't there.
    """
    workspace = replace(workspace, profile=values.get("profile", workspace.profile))
    needed = inputs(chapter.source, workspace)
    missing = [path for path in needed if not path.is_file()]
    if missing:
        msg = f"{chapter.name} reads {missing[0]}, which isn't there ({len(missing)} of "
        msg += f"{len(needed)} inputs missing); make them with: {workspace.make('skims')}"
        raise ChapterError(msg)
    return provenance.fingerprint(chapter.source, values, needed, workspace.root)


def execute(
    chapter: Chapter, workspace: Workspace, values: Mapping[str, Any], notebook: Path, results: Path
) -> None:
    """Run a chapter and write the executed notebook and its numbers, each whole or not at all.

    While it runs, and after a failure, the notebook as far as it came stands in
    ``build/<profile>/unfinished/``, or beside the notebook where that is not the book's. The values
    replace the defaults of parameters; the results are JSON: name -> value, error, text.

    Raises:
        ChapterError: A cell failed, the kernel died or can't start, or other code than this
            library's ran.
        InputError: The notebook can't be written, or too few files may be open.
    """
    surroundings.refuse_few_handles()
    mark = present_fingerprint(chapter, workspace, values)
    ours = notebook.parent == workspace.chapters
    folder = workspace.build / "unfinished" if ours else notebook.parent
    unfinished = folder / f"{chapter.name}.unfinished.ipynb"
    start = unfinished.with_suffix(".start.ipynb")
    chapter = _with_expressions(chapter)
    events = replace(workspace, profile=values.get("profile", workspace.profile))
    # papermill adds a cell with what it is given: one that repeats the defaults tells nothing
    changed = {key: one for key, one in values.items() if one != chapter.parameters[key].default}
    place = surroundings.place_of_sockets()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        start.write_text(nbformat.writes(chapter.notebook), encoding="utf-8")  # type: ignore[no-untyped-call]
        with TemporaryDirectory(prefix="lepsearch-", dir=place) as own:
            kernel = _environment(chapter, events)
            sockets = {"transport": "ipc", "ip": f"{own}/kernel"}
            with patch.dict(os.environ, surroundings.for_a_chapter(Path(own)) | kernel, clear=True):
                executed = papermill.execute_notebook(
                    start,
                    unfinished,
                    parameters=changed,
                    kernel_name="python3",
                    kernel_manager_class=OwnKernel,
                    cwd=chapter.source.parent,
                    progress_bar={"desc": chapter.name, "unit": "cell"},
                    # sockets are files that only this user can open, in a folder of this run:
                    # in the working directory, kernels that run side by side would mix up theirs
                    config=Config({"KernelManager": sockets}) if place else None,
                )
    except papermill.PapermillExecutionError as error:
        raise ChapterError(_failure(chapter, error, unfinished)) from error
    except DeadKernelError as error:
        msg = f"{chapter.name}: the kernel died (often: out of memory); "
        msg += f"the notebook as far as it came: {unfinished}"
        raise ChapterError(msg) from error
    except NoSuchKernel as error:
        msg = f"{chapter.name}: {sys.executable} has no ipykernel to run it with; "
        msg += "install what the lock names (make env), or: pip install ipykernel"
        raise ChapterError(msg) from error
    except OSError as error:
        raise unwritten(unfinished, error) from error
    finally:
        with suppress(OSError):
            start.unlink()
    origin.place(chapter, executed)
    ran = json.loads(executed.cells.pop().outputs[0].text)
    if (other := ran.pop("library")) != str(surroundings.LIBRARY):
        msg = f"{chapter.name}: ran with the library in {other}, not with this one in "
        msg += f"{surroundings.LIBRARY}; leave the other one out of PYTHONPATH and sitecustomize"
        raise ChapterError(msg)
    outputs = [one for cell in executed.cells for one in cell.get("outputs", [])]
    numbers = report.collect(outputs, chapter.name)
    _clean(executed)
    executed.cells = _with_texts(executed.cells)
    said = origin.colophon(chapter, events, values)
    executed.cells.append(nbformat.v4.new_markdown_cell(said, id="origin"))  # type: ignore[no-untyped-call]
    executed.metadata["lepsearch"] = mark | {"ran": ran}
    text = json.dumps(numbers, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with whole(results) as part:
        part.write_text(text, encoding="utf-8")
    with whole(notebook) as part:
        part.write_text(nbformat.writes(executed), encoding="utf-8")  # type: ignore[no-untyped-call]
    unfinished.unlink(missing_ok=True)
    log.info("%s: %d numbers recorded, %s", chapter.name, len(numbers), notebook)


def _environment(chapter: Chapter, workspace: Workspace) -> dict[str, str]:
    """What a chapter is told: the project, the data and what it may read."""
    return {
        READS: " ".join(f"{workspace.profile}/{region}" for region in regions_of(chapter.source)),
        "LEPSEARCH_ROOT": str(workspace.root),
    } | ({"LEPSEARCH_DATA": str(workspace.data)} if workspace.data else {})


def _failure(chapter: Chapter, error: Any, unfinished: Path) -> str:
    """One message: the chapter, the cell, the line of the script and the exception."""
    found = FAILING_LINE.search(COLOURS.sub("", "\n".join(error.traceback)))
    inside = int(found.group(1)) if found else 1
    where = f"cell {error.cell_index + 1}"
    for cell, start in zip(chapter.notebook.cells, chapter.starts, strict=True):
        if cell.cell_type == "code" and cell.source.strip() == error.source.strip():
            where = f"line {start + inside - 1} ({where})"
            break
    line = (error.source.splitlines() or [""])[min(inside, error.source.count("\n") + 1) - 1]
    return (
        f"{chapter.source.name}: {where}: {error.ename}: {COLOURS.sub('', error.evalue)}\n"
        f"  in: {line.strip()}\n  the notebook as far as it came: {unfinished}"
    )


def _with_expressions(chapter: Chapter) -> Chapter:
    """The chapter with a cell behind each text that evaluates the expressions in it.

    An expression stands on the same line of that cell as in the text, so that an error names it.
    A last cell tells what ran.
    """
    cells, starts = [], []
    for cell, start in zip(chapter.notebook.cells, chapter.starts, strict=True):
        cells.append(cell)
        starts.append(start)
        if cell.cell_type == "markdown" and EXPRESSION.search(cell.source):
            lines = ["#"] * (cell.source.count("\n") + 1)
            for found in EXPRESSION.finditer(cell.source):
                line = cell.source.count("\n", 0, found.start())
                before = "import lepsearch.book.report" if lines[line] == "#" else lines[line]
                expression = " ".join(found[1].split())
                lines[line] = f"{before}; lepsearch.book.report.evaluate({expression!r})"
            source, tags = "\n".join(lines), {"tags": [EVALUATES]}
            cells.append(nbformat.v4.new_code_cell(source, metadata=tags))  # type: ignore[no-untyped-call]
            starts.append(start)
    cells.append(nbformat.v4.new_code_cell(TELLS))  # type: ignore[no-untyped-call]
    starts.append(starts[-1])
    notebook = copy.copy(chapter.notebook)
    notebook.cells = cells
    return replace(chapter, notebook=notebook, starts=tuple(starts))


def _with_texts(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Executed cells as a page has them: expressions by their texts, captions in their figures."""
    kept: list[NotebookNode] = []
    for cell in cells:
        if EVALUATES in cell.metadata.get("tags", []):
            sent = (one.metadata.get(report.KEY) for one in cell.outputs if "metadata" in one)
            for said in (one.text for one in cell.outputs if one.output_type == "stream"):
                log.warning("%s", said.strip())
            texts = iter([_linked(one) for one in sent if one])
            prose = kept[-1]
            prose.source = EXPRESSION.sub(partial(_in_line, texts), prose.source)
        else:
            kept.append(cell)
    page: list[NotebookNode] = []
    for cell in kept:
        if "caption" in cell.metadata.get("tags", []) and page and "mystnb" in page[-1].metadata:
            figure = page[-1].metadata.mystnb.setdefault("figure", {})
            figure["caption"] = " ".join(cell.source.split())
            if figure.get("name", "").startswith(TABLE):
                figure["caption_before"] = True
        else:
            page.append(cell)
    return page


def _linked(sent: Mapping[str, Any]) -> str:
    """The text of an expression; a number leads to the cell that made it."""
    text = str(sent["markdown"])
    if not sent["cell"] or sent["value"] is None or len(text) > LONG:
        return text
    return f'<a class="made" href="#line-{sent["cell"]}">{text}</a>'


def _in_line(texts: Iterator[str], found: re.Match[str]) -> str:
    """The next text, such that a number with a full stop behind it begins no list."""
    text = next(texts)
    begins = not found.string[: found.start()].rpartition("\n")[2].strip()
    lists = begins and text.isdigit() and found.string[found.end() :].startswith((".", ")"))
    return text + "\\" if lists else text


def _light(png: str) -> str:
    """A picture in base64 with 256 colours of its own, which is enough for a plot."""
    light = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        picture.convert("RGB").quantize(256).save(light, "PNG")
    return base64.b64encode(light.getvalue()).decode()


def _clean(notebook: NotebookNode) -> None:
    """Make pictures light, and take out what differs from run to run.

    That is papermill's times and paths, and random ids of tables.
    """
    notebook.metadata.pop("papermill", None)
    for i, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = _light(data["image/png"])
            if "text/html" in data:
                data["text/html"] = STYLED.sub(f"T_{i}", data["text/html"])
