"""Bytes of remote files from any offset on, over https or XRootD."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import fsspec
import requests
import urllib3

from lepsearch.errors import FetchError

__all__ = ("BrokenOffError", "Stream", "https_address", "opened")

PORTAL = "https://opendata.cern.ch"
MIRROR = "LEPSEARCH_MIRROR"
CHUNK = 1 << 18  # bytes
TIMEOUT = (10, 60)  # seconds to connect, and without a byte
WORTH_ANOTHER_TRY = {408, 425, 429}


class BrokenOffError(Exception):
    """A transfer stopped in a way that another try may mend."""


@dataclass(frozen=True)
class Stream:
    """Bytes on their way.

    Attributes:
        start: Offset of the first byte: the one asked for, or 0 from a server that can't resume.
        size: What the server says the whole file has [bytes]; None if it says nothing.
        chunks: The bytes up to the file's end.
    """

    start: int
    size: int | None
    chunks: Iterator[bytes]


def https_address(uri: str) -> str:
    """The https spelling of a ``root://`` address on the CERN Open Data portal.

    ``$LEPSEARCH_MIRROR`` replaces the portal by another server with the same paths.

    Examples:
        >>> https_address("root://eospublic.cern.ch//eos/opendata/atlas/a.root")
        'https://opendata.cern.ch/eos/opendata/atlas/a.root'
    """
    path = re.sub(r"^root://[^/]+/+", "/", uri)
    return os.environ.get(MIRROR, PORTAL).rstrip("/") + path


@contextmanager
def opened(address: str, offset: int) -> Iterator[Stream]:
    """Open a remote file.

    Args:
        address: ``https://...`` (or ``http://``), or ``root://...``.
        offset: First byte wanted.

    Yields:
        The stream.

    Raises:
        FetchError: The file isn't there or may not be read, or ``root://`` isn't installed.
        BrokenOffError: The connection failed, before or while reading.
    """
    protocol = _xrootd if address.startswith("root:") else _https
    with protocol(address, offset) as stream:
        yield stream


@contextmanager
def _https(address: str, offset: int) -> Iterator[Stream]:
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        with requests.get(address, headers=headers, stream=True, timeout=TIMEOUT) as response:
            start, size = _extent(address, offset, response)
            yield Stream(start, size, _received(response))
    except requests.RequestException as error:
        raise BrokenOffError(_reason(error)) from error


def _extent(address: str, offset: int, response: requests.Response) -> tuple[int, int | None]:
    """Where the answer's bytes begin, and the size of the whole file."""
    status = response.status_code
    if status == 206:
        given = response.headers.get("Content-Range", "")
        match = re.match(r"bytes (\d+)-\d+/(\d+|\*)", given)
        if not match or int(match[1]) != offset:
            msg = f"{address}: asked for the bytes from {offset} on, got the range {given!r}"
            raise FetchError(msg)
        return offset, int(match[2]) if match[2] != "*" else None
    if status == 200:
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdigit() else None
    msg = f"the server answers {status} {response.reason}"
    if status >= 500 or status in WORTH_ANOTHER_TRY:
        raise BrokenOffError(msg)
    msg = f"{address}: {msg}"
    raise FetchError(msg)


def _reason(error: Exception) -> str:
    """The innermost message of a chain of wrapped network errors."""
    cause: BaseException = error
    while cause.args and isinstance(cause.args[0], BaseException):
        cause = cause.args[0]
    return str(getattr(cause, "reason", None) or cause) or type(error).__name__


def _received(response: requests.Response) -> Iterator[bytes]:
    """Bytes as they come: unlike iter_content, none that came before a cut is lost."""
    try:
        while chunk := response.raw.read1(CHUNK):
            yield chunk
    except urllib3.exceptions.HTTPError as error:
        raise BrokenOffError(_reason(error)) from error


@contextmanager
def _xrootd(address: str, offset: int) -> Iterator[Stream]:
    try:
        file = fsspec.open(address, "rb").open()
        file.seek(offset)
    except (ImportError, ValueError) as error:
        msg = f"{address}: root:// needs the package fsspec-xrootd: pip install 'lepsearch[xrootd]'"
        raise FetchError(msg) from error
    except FileNotFoundError as error:
        msg = f"{address}: there is no such file"
        raise FetchError(msg) from error
    except OSError as error:
        raise BrokenOffError(str(error)) from error
    with file:
        yield Stream(offset, None, _read(file))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    except OSError as error:
        raise BrokenOffError(str(error)) from error
