"""Files that appear whole or not at all, and their checksums."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lepsearch.errors import InputError

__all__ = ("sha256", "whole")

_NO_PLACE = (FileExistsError, FileNotFoundError, NotADirectoryError, PermissionError)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, and move the file to its place only when the block ends well.

    The folder is made if needed. A killed process leaves at most a hidden ``.<name>.<pid>.part``
    behind, which the next writer of the same file removes; the file itself is never half written.

    Raises:
        InputError: The disk is full or the place can't be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(path)
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        no_place = isinstance(error, _NO_PLACE)
        advice = "name a place that can be written" if no_place else "free some space and rerun"
        msg = f"{path}: could not be written ({error.strerror or error}); {advice}"
        raise InputError(msg) from error
    finally:
        with suppress(OSError):  # where the folder could not be made
            part.unlink()


def _remove_left_overs(path: Path) -> None:
    """Remove the parts of a file whose writers, named by their process numbers, are gone."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        try:
            os.kill(int(part.name.split(".")[-2]), 0)  # signal 0 only asks
        except (ProcessLookupError, ValueError):
            part.unlink(missing_ok=True)
        except PermissionError:  # somebody else's, and alive
            continue


def sha256(path: Path) -> str:
    """Checksum of a file's content, as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
