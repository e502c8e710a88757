"""Bytes of remote files from any offset on, over https or XRootD."""

import os
import re
from collections.abc import Iterator

import fsspec
import requests
import urllib3

from lepsearch.errors import FetchError

__all__ = ("BrokenOffError", "https_address", "pieces")

PORTAL = "https://opendata.cern.ch"
MIRROR = "LEPSEARCH_MIRROR"
CHUNK = 1 << 18  # bytes
TIMEOUT = (10, 60)  # seconds to connect, and without a byte
WORTH_ANOTHER_TRY = {408, 425, 429}


class BrokenOffError(Exception):
    """A transfer stopped in a way that another try may mend."""


def https_address(uri: str) -> str:
    """The https spelling of a ``root://`` address on the CERN Open Data portal.

    ``$LEPSEARCH_MIRROR`` replaces the portal by another server with the same paths.

    Examples:
        >>> https_address("root://eospublic.cern.ch//eos/opendata/atlas/a.root")
        'https://opendata.cern.ch/eos/opendata/atlas/a.root'
    """
    path = re.sub(r"^root://[^/]+/+", "/", uri)
    return os.environ.get(MIRROR, PORTAL).rstrip("/") + path


def pieces(address: str, offset: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each piece of a remote file, which should have ``size`` bytes in all.

    The first piece begins at the offset asked for, or at 0 where the server can't resume.

    Raises:
        FetchError: The file isn't there, may not be read or has another size, or ``root://`` isn't
            installed.
        BrokenOffError: The connection failed, before or while reading.
    """
    root = address.startswith("root:")
    return _xrootd(address, offset) if root else _https(address, offset, size)


def _https(address: str, offset: int, size: int) -> Iterator[tuple[int, bytes]]:
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        with requests.get(address, headers=headers, stream=True, timeout=TIMEOUT) as response:
            start = _start(address, offset, size, response)
            # unlike iter_content, this loses none of the bytes that came before a cut
            while piece := response.raw.read1(CHUNK):
                yield start, piece
                start += len(piece)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        cause: BaseException = error
        while cause.args and isinstance(cause.args[0], BaseException):
            cause = cause.args[0]
        reason = str(getattr(cause, "reason", None) or cause) or type(error).__name__
        raise BrokenOffError(reason) from error


def _start(address: str, offset: int, size: int, response: requests.Response) -> int:
    """Where the answer's bytes begin; an answer without them, or of another file, is refused."""
    status = response.status_code
    start, said = 0, response.headers.get("Content-Length", "")
    if status == 206:
        given = response.headers.get("Content-Range", "")
        match = re.match(r"bytes (\d+)-\d+/(\d+|\*)", given)
        if not match or int(match[1]) != offset:
            msg = f"{address}: asked for the bytes from {offset} on, got the range {given!r}"
            raise FetchError(msg)
        start, said = offset, match[2]
    elif status != 200:
        msg = f"the server answers {status} {response.reason}"
        if status >= 500 or status in WORTH_ANOTHER_TRY:
            raise BrokenOffError(msg)
        msg = f"{address}: {msg}"
        raise FetchError(msg)
    if said.isdigit() and int(said) != size:
        msg = f"{address}: the server's file has {said} bytes, the manifest's {size}; "
        msg += "it was replaced there, or the server is wrong"
        raise FetchError(msg)
    return start


def _xrootd(address: str, offset: int) -> Iterator[tuple[int, bytes]]:
    try:
        with fsspec.open(address, "rb") as file:
            file.seek(offset)
            while piece := file.read(CHUNK):
                yield offset, piece
                offset += len(piece)
    except (ImportError, ValueError) as error:
        msg = f"{address}: root:// needs the package fsspec-xrootd: pip install 'lepsearch[xrootd]'"
        raise FetchError(msg) from error
    except FileNotFoundError as error:
        msg = f"{address}: there is no such file"
        raise FetchError(msg) from error
    except OSError as error:
        raise BrokenOffError(str(error)) from error
