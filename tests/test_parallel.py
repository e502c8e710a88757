"""Pools on machines of all kinds; what they compute is tested where they are used."""

import math
import os
import subprocess
import sys

import pytest

from lepsearch import parallel
from lepsearch.errors import InputError


def test_workers_start_under_a_long_tmpdir(tmp_path):
    """As batch systems name it: sockets' names are short."""
    scratch = tmp_path / ("scratch_of_a_batch_job_1234567" * 4)
    scratch.mkdir()
    code = "import math; from lepsearch.parallel import ordered_map; "
    code += "print(list(ordered_map(math.sqrt, [1, 4], workers=2)))"
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.stdout.split() == [b"[1.0,", b"2.0]"], done.stderr


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense"])
def test_a_dead_cluster_is_named(monkeypatch, address):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    match = rf"no Dask scheduler answers at {address} \(.*unset DASK_SCHEDULER_ADDRESS"
    with pytest.raises(InputError, match=match):
        list(parallel.ordered_map(math.sqrt, [1, 4]))
