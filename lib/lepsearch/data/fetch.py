"""Downloads that survive interruption and count as there only when size and checksum are right.

A transfer goes into ``<name>.part`` beside its place; the next run asks for the missing bytes only.
The whole file is held against its adler32 and then renamed, so nothing wrong ever has the final
name. (pooch 1.9 starts over after a cut and has no adler32.)
"""

import errno
import logging
import os
import shutil
import threading
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from tqdm import tqdm

from lepsearch.data.remote import BrokenOffError, pieces
from lepsearch.errors import FetchError
from lepsearch.files import lock

__all__ = ("Download", "State", "adler32", "fetch", "state")

log = logging.getLogger(__name__)

State = Literal["there", "missing", "wrong size", "wrong checksum"]
TRIES = 5  # in a row that bring no byte
PAUSE = 1.0  # seconds before the second try; doubles with each


@dataclass(frozen=True)
class Download:
    """A file to fetch."""

    address: str  # where it is, ``https://...`` or ``root://...``
    path: Path  # where it goes
    size: int  # its bytes
    adler32: str  # its checksum, eight hexadecimal digits

    @property
    def part(self) -> Path:
        """Where its bytes gather."""
        return self.path.with_name(self.path.name + ".part")


class _StoppedError(Exception):
    """Another transfer met something that ends them all."""


class _SilentError(FetchError):
    """No byte of a file came in several tries."""


def adler32(path: Path) -> str:
    """Adler-32 checksum of a file's content, as eight hexadecimal digits (RFC 1950)."""
    value = 1
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            value = zlib.adler32(chunk, value)
    return f"{value:08x}"


def state(download: Download, *, checksum: bool = True) -> State:
    """Whether a file is there and right.

    Without ``checksum`` only its size is looked at: enough for files that :func:`fetch` put there.
    """
    if not download.path.is_file():
        return "missing"
    if download.path.stat().st_size != download.size:
        return "wrong size"
    return "wrong checksum" if checksum and adler32(download.path) != download.adler32 else "there"


def fetch(downloads: Sequence[Download], *, workers: int = 4, pause: float = PAUSE) -> int:
    """Fetch the files that aren't there yet, several at a time, and say how many these were.

    A failed transfer's second try comes after a pause [s], which doubles with each.

    Raises:
        FetchError: The disk is too small, or some files could not be fetched; each is named with
            its reason. The others are there, and what came of the failed ones is kept to resume.
    """
    wanted = [one for one in downloads if state(one, checksum=False) != "there"]
    there = _refuse_too_much(wanted)
    stop, counting = threading.Event(), threading.Lock()
    total = sum(one.size for one in wanted)
    with (
        tqdm(total=total, initial=there, unit="B", unit_scale=True, disable=None) as bar,
        ThreadPoolExecutor(workers) as pool,
    ):

        def count(size: int) -> None:
            with counting:
                bar.update(size)
            if stop.is_set():
                raise _StoppedError

        def failure(download: Download) -> str | None:
            """Why the file is missing; nothing to say of what another one stopped."""
            try:
                count(0)
                _Transfer(download, count, stop, pause).run()
            except FetchError as error:
                if isinstance(error, _SilentError) and bar.n <= there:
                    stop.set()  # nothing came of any file: there is no network or no server
                return str(error)
            except OSError as error:
                stop.set()  # the disk is full or can't be written: so it is for the others
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    reason = "the disk is full; free some space and run again to resume"
                else:
                    reason = f"can't be written ({error.strerror or error})"
                return f"{download.part}: {reason}"
            except _StoppedError:
                return ""
            return None

        try:
            failures = [reason for reason in pool.map(failure, wanted) if reason is not None]
        except KeyboardInterrupt:
            stop.set()
            raise
    if failures:
        msg = f"{len(failures)} of {len(wanted)} files are missing; run again to resume"
        raise FetchError("\n".join([msg, *filter(None, failures)]))
    return len(wanted)


def _refuse_too_much(wanted: Sequence[Download]) -> int:
    """Compare what is still to come with the space on the disk, and say how much is there."""
    if not wanted:
        return 0
    folder = wanted[0].path.parent
    folder.mkdir(parents=True, exist_ok=True)
    there = sum(one.part.stat().st_size for one in wanted if one.part.is_file())
    needed, free = sum(one.size for one in wanted) - there, shutil.disk_usage(folder).free
    if needed > free:
        come, room = (tqdm.format_sizeof(size, "B") for size in (needed, free))
        msg = f"{folder}: {come} are to come, {room} are free; "
        msg += "free some space, fetch less, or name another folder"
        raise FetchError(msg)
    return there


@dataclass(frozen=True)
class _Transfer:
    """One file on its way."""

    download: Download
    # called with the number of bytes that came, or (negative) that were thrown away; raises where
    # all transfers are to stop, for which ``stop`` is set
    count: Callable[[int], None]
    stop: threading.Event
    pause: float

    def run(self) -> None:
        """Fetch the file into its part, check it and give it its name."""
        place = self.download.part
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab") as part:
            self._lock(part)
            try:
                self._fill(part)
            finally:
                if part.tell() == 0:
                    place.unlink()
            os.fsync(part.fileno())
            place.replace(self.download.path)

    def _lock(self, part: BinaryIO) -> None:
        """Keep two runs from writing one file; the lock goes with the process, however it ends."""
        place = self.download.part
        ours = lock(part) and place.exists()
        if not ours or place.stat().st_ino != os.fstat(part.fileno()).st_ino:
            msg = f"{place}: another process is fetching it; wait for that one"
            raise FetchError(msg)

    def _fill(self, part: BinaryIO) -> None:
        """Bring a part to the right size and hold it against the checksum."""
        wanted = self.download
        if part.tell() > wanted.size:
            self._empty(part)
        resumed = part.tell() > 0
        self._gather(part)
        if (found := adler32(wanted.part)) == wanted.adler32:
            return
        self._empty(part)
        if not resumed:
            msg = f"{wanted.address}: the bytes have the checksum {found} instead of "
            msg += f"{wanted.adler32}; they were thrown away"
            raise FetchError(msg)
        log.warning("%s: what was resumed is wrong; starting over", wanted.path)
        self._fill(part)

    def _empty(self, part: BinaryIO) -> None:
        self.count(-part.tell())
        part.truncate(0)
        part.seek(0)

    def _gather(self, part: BinaryIO) -> None:
        """Append bytes until the part has the right size, trying again as long as bytes come."""
        address, size = self.download.address, self.download.size
        tries = 0
        while part.tell() < size:
            before = part.tell()
            try:
                for start, piece in pieces(address, before, size):
                    if start != part.tell():
                        self._empty(part)  # the server can't resume
                    self.count(part.write(piece[: size - part.tell()]))
                    if part.tell() == size:
                        break
                reason = f"it ended after {part.tell()} of {size} bytes"
            except BrokenOffError as error:
                reason = str(error)
            part.flush()
            tries = 1 if part.tell() > before else tries + 1
            if tries == TRIES:
                msg = f"{address}: gave up after {TRIES} tries: {reason}"
                raise _SilentError(msg)
            if part.tell() < size:
                level = logging.DEBUG if part.tell() > before else logging.WARNING
                log.log(level, "%s: %s; trying again", address, reason)
                self.stop.wait(self.pause * 2 ** (tries - 1))
                self.count(0)
