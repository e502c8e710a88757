"""The store of a grid: a JSON object with a key on each line, complete at any moment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lepsearch.errors import InputError

__all__ = ("append", "read")

_START = b'{"key": "'  # of every line of a store


def read(store: Path) -> dict[str, dict[str, Any]]:
    """Rows by key. A line that a kill has cut short has no end; it is taken off the file.

    Raises:
        InputError: It is no store; the file stays as it is.
    """
    if not store.exists():
        return {}
    text = store.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    rest = text[len(whole) :]
    try:
        rows = {row["key"]: row for row in map(json.loads, whole.splitlines())}
        if not (rest.startswith(_START) or _START.startswith(rest)):
            raise KeyError(rest[:20])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        msg = f"{store}: not a grid's store of one JSON object with a key a line ({error}); "
        msg += "give another path, or remove the file"
        raise InputError(msg) from error
    if rest:
        os.truncate(store, len(whole))
    return rows


def append(store: Path, row: Mapping[str, Any]) -> None:
    """Add a line in one write, and wait until the disk has it."""
    line = (json.dumps(row) + "\n").encode()
    with store.open("ab", buffering=0) as file:
        file.write(line)
        os.fsync(file.fileno())
