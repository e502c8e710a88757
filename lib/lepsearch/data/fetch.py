"""Downloads that survive interruption and count as there only when size and checksum are right.

A transfer goes into ``<name>.part`` beside its place; the next run asks for the missing bytes only.
The whole file is held against its adler32 and then renamed, so nothing wrong ever has the final
name. (pooch was looked at: version 1.9 starts over after a cut and has no adler32.)
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
import threading
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from tqdm import tqdm

from lepsearch.data.remote import BrokenOffError, opened
from lepsearch.errors import FetchError

__all__ = ("Download", "State", "adler32", "fetch", "state")

log = logging.getLogger(__name__)

State = Literal["there", "missing", "wrong size", "wrong checksum"]
TRIES = 5  # in a row that bring no byte
PAUSE = 1.0  # seconds before the second try; doubles with each


@dataclass(frozen=True)
class Download:
    """A file to fetch.

    Attributes:
        address: Where it is, ``https://...`` or ``root://...``.
        path: Where it goes.
        size: Its bytes.
        adler32: Its checksum, eight hexadecimal digits.
    """

    address: str
    path: Path
    size: int
    adler32: str

    @property
    def part(self) -> Path:
        """Where its bytes gather."""
        return self.path.with_name(self.path.name + ".part")


class _StoppedError(Exception):
    """Another transfer met something that ends them all."""


class _Cargo:
    """What the transfers share: the bar, and the sign to stop."""

    def __init__(self, total: int, *, show: bool) -> None:
        self._bar = tqdm(total=total, unit="B", unit_scale=True, disable=None if show else True)
        self._lock = threading.Lock()
        self.stop = threading.Event()

    def add(self, size: int) -> None:
        """Count bytes that came, or (negative) that were thrown away."""
        with self._lock:
            self._bar.update(size)

    def close(self) -> None:
        self._bar.close()

    def check(self) -> None:
        if self.stop.is_set():
            raise _StoppedError


def adler32(path: Path) -> str:
    """Adler-32 checksum of a file's content, as eight hexadecimal digits (RFC 1950)."""
    value = 1
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            value = zlib.adler32(chunk, value)
    return f"{value:08x}"


def state(download: Download, *, checksum: bool = True) -> State:
    """Whether a file is there and right.

    Args:
        download: The file.
        checksum: Read all of it; otherwise only its size is looked at, which is enough for files
            that :func:`fetch` put there.
    """
    if not download.path.is_file():
        return "missing"
    if download.path.stat().st_size != download.size:
        return "wrong size"
    return "wrong checksum" if checksum and adler32(download.path) != download.adler32 else "there"


def fetch(
    downloads: Sequence[Download], *, workers: int = 4, show: bool = True, pause: float = PAUSE
) -> int:
    """Fetch the files that aren't there yet, several at a time.

    Args:
        downloads: The files.
        workers: How many at a time.
        show: Show a bar.
        pause: Seconds before a failed transfer's second try; doubles with each.

    Returns:
        How many files were fetched.

    Raises:
        FetchError: The disk is too small, or some files could not be fetched; each is named with
            its reason. The others are there, and what came of the failed ones is kept to resume.
    """
    wanted = [one for one in downloads if state(one, checksum=False) != "there"]
    _refuse_too_much(wanted)
    cargo = _Cargo(sum(one.size for one in wanted), show=show)
    failed: dict[Path, str] = {}

    def one_file(download: Download) -> None:
        try:
            _fetch_one(download, cargo, pause)
        except FetchError as error:
            failed[download.path] = str(error)
        except OSError as error:
            cargo.stop.set()  # the disk is full or can't be written: so it is for the others
            failed[download.path] = _disk_error(download, error)
        except _StoppedError:
            pass

    try:
        with ThreadPoolExecutor(workers) as pool:
            try:
                list(pool.map(one_file, wanted))
            except KeyboardInterrupt:
                cargo.stop.set()
                raise
    finally:
        cargo.close()
    if failed:
        reasons = [failed[one.path] for one in wanted if one.path in failed]
        missing = sum(state(one, checksum=False) != "there" for one in wanted)
        msg = f"{missing} of {len(wanted)} files are missing; run again to resume"
        raise FetchError("\n".join([msg, *reasons]))
    return len(wanted)


def _refuse_too_much(wanted: Sequence[Download]) -> None:
    """Compare what is still to come with the space on the disk."""
    if not wanted:
        return
    folder = wanted[0].path.parent
    folder.mkdir(parents=True, exist_ok=True)
    needed = sum(one.size - _size(one.part) for one in wanted)
    free = shutil.disk_usage(folder).free
    if needed > free:
        msg = (
            f"{folder}: {_in_words(needed)} are to come, {_in_words(free)} are free; "
            "free some space, fetch less, or name another folder"
        )
        raise FetchError(msg)


def _in_words(size: int) -> str:
    return str(tqdm.format_sizeof(size, "B"))


def _disk_error(download: Download, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{download.part}: the disk is full; free some space and run again to resume"
    return f"{download.part}: can't be written ({error.strerror or error})"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _fetch_one(download: Download, cargo: _Cargo, pause: float) -> None:
    """Fetch one file into its part, check it and give it its name."""
    cargo.check()
    download.path.parent.mkdir(parents=True, exist_ok=True)
    with download.part.open("ab") as part:
        _lock(part, download)
        cargo.add(part.tell())
        try:
            _fill(download, part, cargo, pause)
        finally:
            if part.tell() == 0:
                download.part.unlink()
        os.fsync(part.fileno())
        download.part.replace(download.path)


def _lock(part: BinaryIO, download: Download) -> None:
    """Keep two runs from writing one file; the lock goes with the process, however it ends."""
    try:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = os.fstat(part.fileno()).st_ino
        free = download.part.exists() and download.part.stat().st_ino == held
    except BlockingIOError:
        free = False
    if not free:
        msg = f"{download.part}: another process is fetching it; wait for that one"
        raise FetchError(msg)


def _fill(download: Download, part: BinaryIO, cargo: _Cargo, pause: float) -> None:
    """Bring a part to the right size and hold it against the checksum."""
    if part.tell() > download.size:
        _empty(part, cargo)
    resumed = part.tell() > 0
    _gather(download, part, cargo, pause)
    if resumed and adler32(download.part) != download.adler32:
        log.warning("%s: what was resumed is wrong; starting over", download.path)
        _empty(part, cargo)
        _gather(download, part, cargo, pause)
    found = adler32(download.part)
    if found != download.adler32:
        _empty(part, cargo)
        msg = (
            f"{download.address}: the bytes have the checksum {found} instead of "
            f"{download.adler32}; they were thrown away"
        )
        raise FetchError(msg)


def _empty(part: BinaryIO, cargo: _Cargo) -> None:
    cargo.add(-part.tell())
    part.truncate(0)
    part.seek(0)


def _gather(download: Download, part: BinaryIO, cargo: _Cargo, pause: float) -> None:
    """Append bytes until the part has the right size, trying again as long as bytes come."""
    tries = 0
    while True:
        before = part.tell()
        try:
            _transfer(download, part, cargo)
            reason = f"it ended after {part.tell()} of {download.size} bytes"
        except BrokenOffError as error:
            reason = str(error)
        part.flush()
        if part.tell() == download.size:
            return
        tries = 1 if part.tell() > before else tries + 1
        if tries == TRIES:
            msg = f"{download.address}: gave up after {TRIES} tries: {reason}"
            raise FetchError(msg)
        log.debug("%s: %s; trying again", download.address, reason)
        if cargo.stop.wait(pause * 2 ** (tries - 1)):
            raise _StoppedError


def _transfer(download: Download, part: BinaryIO, cargo: _Cargo) -> None:
    """Append what one connection brings, up to the right size."""
    if part.tell() == download.size:
        return
    with opened(download.address, part.tell()) as stream:
        if stream.size not in (None, download.size):
            msg = (
                f"{download.address}: the server's file has {stream.size} bytes, the manifest's "
                f"{download.size}; it was replaced there, or the server is wrong"
            )
            raise FetchError(msg)
        if stream.start != part.tell():
            _empty(part, cargo)  # the server can't resume
        for chunk in stream.chunks:
            cargo.check()
            wanted = chunk[: download.size - part.tell()]
            part.write(wanted)
            cargo.add(len(wanted))
            if part.tell() == download.size:
                return
