"""Maps over threads, processes or a Dask cluster; memory does not grow with the number of items."""

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from multiprocessing import forkserver, get_context, parent_process
from threading import Thread
from typing import Any
from unittest.mock import patch

import cloudpickle

from lepsearch.errors import InputError
from lepsearch.surroundings import place_of_sockets

__all__ = ("OrderedMap", "cluster", "ordered_map", "pool")

# Like the built-in map: results in the order of the items, as they are asked for.
OrderedMap = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]

# keeps the libraries below NumPy, when they are loaded, from starting threads in each process
ONE_THREAD = dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


@contextmanager
def pool(workers: int = 1, *, threads: bool = False) -> Iterator[OrderedMap]:
    """A map that runs on several workers while the block lasts.

    Its results come in the order of its items, so they don't depend on the number of workers, and
    only a few items are ahead of the one that is asked for. A function goes to each process once,
    with the arrays that it holds; it may be one of the script or notebook itself. The map raises an
    ``InputError`` for a function that a process can't import, and where a process dies.

    Args:
        workers: Processes; with 1 the map runs in this one. Where ``$DASK_SCHEDULER_ADDRESS``
            names the scheduler of a running ``dask.distributed`` cluster (``tcp://host:port``),
            its workers are taken in place of local ones.
        threads: Take threads of this process in place of processes. They start at once and share
            their memory, for what spends its time outside of Python: decompression and NumPy.
    """
    if address := os.environ.get("DASK_SCHEDULER_ADDRESS"):
        with cluster(address) as client, client.get_executor(pure=False) as executor:
            send = partial(client.scatter, broadcast=True)
            yield lambda function, items: _results(
                executor, items, len(client.ncores()), _call, send(cloudpickle.dumps(function))
            )
    elif workers <= 1:
        yield map
    elif threads:
        with futures.ThreadPoolExecutor(workers) as executor:
            yield lambda function, items: _results(executor, items, workers, function)
    else:
        yield partial(_on_processes, workers)


def cluster(address: str) -> Any:
    """A client of the scheduler at this address, which has ten seconds to answer."""
    from distributed import Client  # a second to import: only when it is used

    try:
        return Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        msg = f"no Dask scheduler answers at {address} ({error}); start it, or unset "
        msg += "DASK_SCHEDULER_ADDRESS if that names it"
        raise InputError(msg) from error


def ordered_map(
    function: Callable[[Any], Any], items: Iterable[Any], *, workers: int = 1
) -> Iterator[Any]:
    """Results of one function in the order of its items, on a pool of their own."""
    with pool(workers) as mapped:
        yield from mapped(function, items)


def _results(
    executor: futures.Executor,
    items: Iterable[Any],
    workers: int,
    call: Callable[..., Any],
    *first: Any,
) -> Iterator[Any]:
    """Results in order, with two items for each worker under way."""
    submitted = (executor.submit(call, *first, item) for item in items)
    waiting = deque(islice(submitted, 2 * workers))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(islice(submitted, 1))


def _on_processes(
    workers: int, function: Callable[[Any], Any], items: Iterable[Any]
) -> Iterator[Any]:
    """Results of a function on processes of their own."""
    _start_fork_server(function.__module__)
    executor = futures.ProcessPoolExecutor(
        workers, get_context("forkserver"), _keep, (cloudpickle.dumps(function),)
    )
    try:
        yield from _results(executor, items, workers, _call, None)
    except BrokenProcessPool as error:
        msg = "a worker ended before its work was done; is the memory full? Try fewer workers"
        raise InputError(msg) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _start_fork_server(module: str) -> None:
    """Start the process, for all pools, whose copies the workers are; it imports the module.

    It is asked for them through a socket, in a short folder.
    """
    forkserver.set_forkserver_preload([__name__, *({module} - {"__main__"})])
    absent = {name: value for name, value in ONE_THREAD.items() if name not in os.environ}
    with patch.dict(os.environ, absent), patch("tempfile.tempdir", place_of_sockets()):
        forkserver.ensure_running()


# a function travels packed; its first call unpacks it, and fails where that can't be done
_kept = b""


def _keep(code: bytes) -> None:
    """Take the function, and end when the process that asked for it does, however it ends."""
    global _kept
    _kept = code

    def end_with(parent: Any) -> None:
        parent.join()
        os._exit(1)

    Thread(target=end_with, args=[parent_process()], daemon=True).start()


def _call(code: bytes | None, item: Any) -> Any:
    return _unpacked(code or _kept)(item)


@lru_cache(maxsize=1)
def _unpacked(code: bytes) -> Callable[[Any], Any]:
    try:
        function: Callable[[Any], Any] = pickle.loads(code)  # noqa: S301 (packed by ourselves)
    except (ImportError, AttributeError) as error:
        msg = f"a worker can't import the function that it should run: {error}; expected one of "
        msg += "the script or notebook itself, or of a module that Python finds when it starts: "
        msg += "install the module, or put its folder on PYTHONPATH"
        raise InputError(msg) from error
    return function
