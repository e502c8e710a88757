"""Files appear whole or not at all."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from lepsearch import files
from lepsearch.errors import InputError
from lepsearch.files import lock, sha256, state, whole


def test_written_whole(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with whole(path) as part:
        part.write_text("abc")
        assert not path.exists()
    assert path.read_text() == "abc"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with whole(path) as part:
            part.write_text("half")
            msg = "stop"
            raise ValueError(msg)

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_sigkill_leaves_nothing_under_the_name(tmp_path):
    path = tmp_path / "a.txt"
    code = (
        "import sys, time; from pathlib import Path; from lepsearch.files import whole\n"
        "with whole(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half'); print('ready', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"ready"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1  # the hidden part of the killed writer
    with whole(path) as part:
        part.write_text("right")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]  # the next writer cleans up
    assert path.read_text() == "right"


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "a.txt"
    code = (
        "import sys; from pathlib import Path; from lepsearch.files import whole\n"
        "with whole(Path(sys.argv[1])) as part:\n"
        "    part.write_text('other'); print('ready', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert other.stdout.readline().strip() == b"ready"
    with whole(path) as part:
        part.write_text("mine")
    assert path.read_text() == "mine"
    other.communicate()
    assert other.returncode == 0
    assert path.read_text() == "other"


def test_full_disk(small_disk):
    path = small_disk / "a.bin"
    path.write_bytes(b"old")

    def fill():
        with whole(path) as part:
            part.write_bytes(b"x" * 10_000_000)

    with pytest.raises(InputError, match=r"a\.bin: could not be written .*free some space"):
        fill()
    assert path.read_bytes() == b"old"
    assert list(small_disk.iterdir()) == [path]


def test_sha256(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("abc")
    # FIPS 180-2, appendix B.1
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_place_that_can_not_be(tmp_path):
    path = tmp_path / "a.csv" / "x.csv"
    path.parent.write_text("a file")
    with (
        pytest.raises(InputError, match=r"x\.csv: could not be written .*can be written"),
        whole(path) as part,
    ):
        part.write_text("never")
    assert path.parent.read_text() == "a file"


def test_a_file_that_can_not_be_read_is_named_and_not_the_one_to_write(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent"), whole(tmp_path / "a.txt"):
        (tmp_path / "absent").read_bytes()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EROFS, "name a place that can be written"),
        (errno.EMFILE, "allow more open files"),
    ],
)
def test_the_advice_fits_the_error(tmp_path, number, advice):
    match = rf"a\.txt: could not be written \({os.strerror(number)}\); {advice}"
    with pytest.raises(InputError, match=match), whole(tmp_path / "a.txt"):
        raise OSError(number, os.strerror(number))


def test_one_lock_at_a_time(tmp_path):
    with (tmp_path / "lock").open("w") as one, (tmp_path / "lock").open("w") as two:
        assert lock(one)
        assert not lock(two)


def test_no_locks_on_a_file_system(tmp_path, monkeypatch, caplog):
    """As on some Lustre, AFS and FUSE: it is said, and nobody waits for ever."""

    def refuse(*_):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    with (tmp_path / "lock").open("w") as one:
        assert lock(one)
    assert "no locks on this file system" in caplog.text


def test_a_file_s_state_tells_contents_apart(tmp_path, monkeypatch):
    """By content alone; of a large file, by size and date."""
    path = tmp_path / "a"
    path.write_text("abc")
    before = state(path)
    os.utime(path, (0, 0))
    assert state(path) == before
    path.write_text("abd")
    os.utime(path, (0, 0))
    assert state(path) != before
    monkeypatch.setattr(files, "HASHED", 1)
    before = state(path)
    os.utime(path, (1, 1))
    assert state(path) != before
