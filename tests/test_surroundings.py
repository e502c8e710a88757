"""What other programs' settings change, and that chapters run without them."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lepsearch import surroundings
from lepsearch.errors import InputError


@pytest.fixture
def other(tmp_path):
    """A folder of another installation, with a NumPy that can't be imported."""
    (tmp_path / "other" / "numpy").mkdir(parents=True)
    broken = "raise ImportError('libpython3.9.so.1.0: cannot open shared object file')\n"
    (tmp_path / "other" / "numpy" / "__init__.py").write_text(broken)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my_cuts.py").touch()
    return tmp_path / "other"


def command(*arguments, **variables):
    """Run the command line in another environment."""
    return python("from lepsearch.cli import main; main()", *arguments, **variables)


def python(program, *arguments, **variables):
    """Run a program in another environment."""
    code = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(code, env=environment, capture_output=True, text=True, check=False)


def test_own_packages_go_before_those_of_pythonpath(other, monkeypatch):
    """Only a folder that holds a package of this environment is left out."""
    mine = str(other.with_name("mine"))
    named = [mine, str(other), str(surroundings.LIBRARY), "/nowhere", ""]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(named))
    assert surroundings.shadowing() == [str(other)]
    path = surroundings.for_a_chapter(other)["PYTHONPATH"].split(os.pathsep)
    assert path == [str(surroundings.LIBRARY), mine, "/nowhere"]


def test_commands_run_with_another_numpy_on_pythonpath(other):
    path = os.pathsep.join([str(surroundings.LIBRARY), str(other)])
    done = command("skim", "nothing", "--profile", "smoke", PYTHONPATH=path)
    assert "Traceback" not in done.stderr
    assert f"other copies of installed packages: {other}" in done.stderr
    assert "unknown sample of profile 'smoke': 'nothing'" in done.stderr


def test_threads_of_nested_levels_and_a_lost_working_directory(tmp_path):
    """What another program set or removed: one number of threads, one message."""
    threads = "import os; from lepsearch.surroundings import settle; settle(); import numexpr; "
    done = python(threads + "print(os.environ['OMP_NUM_THREADS'])", OMP_NUM_THREADS="3,2")
    assert done.stdout == "3\n"
    gone = tmp_path / "gone"
    gone.mkdir()
    lost = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); "
    done = python(lost + "from lepsearch.cli import main; main()", "list")
    assert done.stderr == "lepsearch: a file, or the working directory: No such file or directory\n"


def test_a_chapter_sees_no_setting_of_other_programs(tmp_path, monkeypatch):
    ours = {"LEPSEARCH_DATA": "/data", "HOME": "/home/me", "NUMBA_CACHE_DIR": "/cache"}
    others = {
        "KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1", "JUPYTER_PATH": "/swan",
        "PYTHONSTARTUP": "/me.py", "PYTHONWARNINGS": "error", "MATPLOTLIBRC": "/mine",
        "PYTHONOPTIMIZE": "2", "TF_ENABLE_ONEDNN_OPTS": "1", "KERAS_HOME": "/keras",
    }  # fmt: skip
    for name, value in (ours | others).items():
        monkeypatch.setenv(name, value)
    environment = surroundings.for_a_chapter(tmp_path)
    assert environment | ours == environment
    assert not [name for name, value in others.items() if environment.get(name) == value]
    assert Path(environment["MATPLOTLIBRC"]).is_file()
    assert set(others) <= set(surroundings.own_variables())


def test_networks_are_trained_on_one_backend_with_its_own_settings(tmp_path):
    """Whatever the environment or keras.json name, and also where Keras was imported before."""
    settings = {"backend": "torch", "floatx": "float16", "epsilon": 0.1}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    variables = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "1"}
    code = "from lepsearch.learn.backend import keras; c = keras.config\n"
    code += "print(keras.backend.backend(), c.floatx(), c.epsilon(), c.max_epochs())"
    said = python(code, **variables).stdout.split()
    assert said == ["tensorflow", "float32", "1e-07", "None"]
    early = "import keras; keras.backend.backend = lambda: 'torch'\n"
    refused = python(early + code).stderr.splitlines()[-1]
    assert re.search(r"InputError: Keras runs on torch .*unset KERAS_BACKEND", refused)


def test_sockets_lie_where_their_names_are_short(tmp_path, monkeypatch):
    long = tmp_path / ("scratch_of_a_batch_job_1234567" * 4)
    long.mkdir()
    short = tmp_path.parent  # whose name does not hold that of the test
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert surroundings.place_of_sockets() == str(short)
    assert not list(long.iterdir())

    def refuse(*_):
        raise OSError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert surroundings.place_of_sockets() is None


def test_few_open_files_are_refused(monkeypatch):
    monkeypatch.setattr("resource.getrlimit", lambda _: (64, 64))
    with pytest.raises(InputError, match=r"may open 64 files, .*: ulimit -n 1024"):
        surroundings.refuse_few_handles()


def test_any_character_can_be_printed_and_written(tmp_path):
    """In a terminal that knows ASCII only; what isn't there is replaced, not an error."""
    variables = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    folder = tmp_path / "données"
    done = command("skim", "--profile", "local", "--data", str(folder), **variables)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "is no folder" in done.stderr
