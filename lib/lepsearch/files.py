"""Files that appear whole or not at all, their checksums and locks."""

import errno
import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from lepsearch.errors import InputError

__all__ = ("ADVICE", "HASHED", "lock", "sha256", "state", "unwritten", "whole")

log = logging.getLogger(__name__)
HASHED = 20_000_000  # bytes of a file up to which its content is looked at, not only size and date
ADVICE = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space and rerun")
ADVICE |= dict.fromkeys((errno.EMFILE, errno.ENFILE), "allow more open files: ulimit -n 1024")


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
        if error.filename and Path(str(error.filename)) not in (part, *part.parents):
            raise  # of a file that was read
        raise unwritten(path, error) from error
    finally:
        with suppress(OSError):  # where the folder could not be made
            part.unlink()


def unwritten(path: Path, error: OSError) -> InputError:
    """What to say of a file that could not be written: its name, why and what to do."""
    advice = ADVICE.get(error.errno or 0, "name a place that can be written")
    return InputError(f"{path}: could not be written ({error.strerror or error}); {advice}")


def lock(stream: IO[Any]) -> bool:
    """Lock an open file until its process ends, however that is; False if another one holds it.

    Where a file system has no locks, it is said, and the file counts as locked.
    """
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        text = "%s: no locks on this file system (%s); let no second run work there"
        log.warning(text, stream.name, error.strerror)
    return True


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


def state(path: Path) -> str:
    """What changes with a file's content, cheaply: its checksum; of a large one, size and date."""
    status = path.stat()
    large = status.st_size > HASHED
    return f"{status.st_size} {status.st_mtime_ns}" if large else sha256(path)
