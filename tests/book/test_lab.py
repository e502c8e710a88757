"""Scripts and notebooks stay paired in JupyterLab, through its server's own interface."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
LINE = """# %% [markdown]
# Of {eval}`n` points.

# %% lepsearch={"full": {"n": 9}, "reads": []} nbmake={"mock": {"n": 3}} tags=["parameters"]
n = 5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the real chapters, their settings and a short chapter, and notebooks of all."""
    folder = tmp_path_factory.mktemp("notebooks")
    for path in (*ROOT.glob("notebooks/*.py"), ROOT / "notebooks" / "jupytext.toml"):
        shutil.copy(path, folder)
    (folder / "01_line.py").write_text(LINE)
    command = [sys.executable, "-m", "jupytext", "--quiet", "--to", "ipynb", *folder.glob("*.py")]
    subprocess.run(command, check=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def contents(folder, tmp_path_factory):
    """A function that gets a notebook from the server, or saves it there."""
    runtime = tmp_path_factory.mktemp("runtime")
    options = ["--allow-root", "--no-browser", "--port=0", f"--ServerApp.root_dir={folder}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *options],
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (known := list(runtime.glob("jpserver-*.json"))) and time.monotonic() < deadline:
        time.sleep(0.1)
    where = json.loads(known[0].read_text())

    def call(name, notebook=None):
        answer = requests.request(
            "PUT" if notebook else "GET",
            f"{where['url']}api/contents/{name}.ipynb",
            headers={"Authorization": f"token {where['token']}"},
            json=notebook and {"type": "notebook", "content": notebook},
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()

    yield call
    server.terminate()
    server.wait()


def test_saving_without_an_edit_changes_no_script(folder, contents):
    for script in sorted(folder.glob("*.py")):
        before = script.read_text()
        contents(script.stem, contents(script.stem)["content"])
        assert script.read_text() == before


def test_edits_go_both_ways_and_lose_nothing(folder, contents):
    script = folder / "01_line.py"
    first = contents("01_line")
    text, code = first["content"]["cells"]
    text["metadata"]["user_expressions"] = [{"expression": "n", "result": {"status": "ok"}}]
    code["source"] = "n = 6"
    contents("01_line", first["content"])
    assert script.read_text() == LINE.replace("n = 5", "n = 6")
    saved = contents("01_line")
    time.sleep(1.1)
    script.write_text(LINE.replace("n = 5", "n = 7"))
    now = contents("01_line")
    assert now["content"]["cells"][1]["source"] == "n = 7"
    # JupyterLab asks before it saves over a file that is newer than what it has opened
    assert now["last_modified"] > saved["last_modified"]
