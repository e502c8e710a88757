"""Maps over threads or Dask workers; memory does not grow with the number of items."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from multiprocessing import forkserver, set_forkserver_preload
from typing import Any, TypeVar

from lepsearch.errors import InputError

__all__ = ("OrderedMap", "ahead", "ordered_map", "pool")

T = TypeVar("T")

# Like the built-in map: results in the order of the items, as they are asked for.
OrderedMap = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]

# what keeps the libraries below NumPy from starting threads of their own in each worker
ONE_THREAD = dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
# what lets memory go back to the system when it is freed, as Dask has it by itself; it would make
# networks, whose arrays come and go, a third slower
TRIMMED = {"MALLOC_TRIM_THRESHOLD_": "65536"}


@contextmanager
def pool(
    workers: int = 1,
    address: str | None = None,
    *,
    threads: bool = False,
    ordered: bool = True,
    imports: Sequence[str] = (),
    trimmed: bool = False,
) -> Iterator[OrderedMap]:
    """A map that runs on several workers while the block lasts.

    Its results come in the order of its items, so they don't depend on the number of workers, and
    only a few items are ahead of the one that is asked for.

    Args:
        workers: Processes of a local cluster; with 1 the map runs in this process, without Dask.
        address: Scheduler of a running ``dask.distributed`` cluster (``tcp://host:port``), in
            place of local workers; ``$DASK_SCHEDULER_ADDRESS`` by default.
        threads: Take threads of this process in place of processes. They start at once and share
            their memory, for what spends its time outside of Python: decompression and NumPy.
        ordered: Whether results wait for those before them. Otherwise processes give them as they
            are finished, all items are taken at once, and the function goes to each process once,
            with the arrays that it holds.
        imports: Modules that local workers have imported when they start, where this is the first
            pool of this process; so for the next one.
        trimmed: Whether local workers give freed memory back at once, which takes time.

    Yields:
        The map. In processes it raises an ``InputError`` for a function that they can't import.
    """
    address = address or os.environ.get("DASK_SCHEDULER_ADDRESS")
    if workers <= 1 and not address:
        yield map
        return
    if threads and not address:
        with ThreadPoolExecutor(workers) as executor:
            yield _ordered(executor.submit, workers)
        return
    with _client(workers, address, imports, trimmed) as client:
        yield _on(client) if ordered else _as_finished(client)


def ordered_map(
    function: Callable[[Any], Any], items: Iterable[Any], *, workers: int = 1
) -> Iterator[Any]:
    """Results of one function in the order of its items, on a pool of their own.

    Its workers give freed memory back.
    """
    with pool(workers, imports=[function.__module__], trimmed=True) as mapped:
        yield from mapped(function, items)


@contextmanager
def _client(
    workers: int, address: str | None, imports: Sequence[str], trimmed: bool
) -> Iterator[Any]:
    """A client of that scheduler, or of a local cluster of its own."""
    if not address:
        _start_fork_server(imports, ONE_THREAD | (TRIMMED if trimmed else {}))
    import dask
    from distributed import Client, LocalCluster  # a second to import: only when it is used

    # it sets its own level when imported, and tells every connection
    logging.getLogger("distributed").setLevel(logging.WARNING)
    # a worker that is slow to stop is stopped: nobody needs to know
    logging.getLogger("distributed.nanny").setLevel(logging.ERROR)
    if address:
        with Client(address) as client:
            yield client
        return
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _start_fork_server(imports: Sequence[str], surroundings: Mapping[str, str]) -> None:
    """Start the process whose copies the workers will be; it imports Dask while this one does.

    Workers that each start Python and import Dask need two seconds more. The server stays until
    this process ends, for later pools. Libraries read these settings when they are loaded, so they
    are in the server's surroundings already.
    """
    absent = {name: value for name, value in surroundings.items() if name not in os.environ}
    os.environ.update(absent)
    try:
        set_forkserver_preload(["distributed.nanny", *imports])
        forkserver.ensure_running()
    finally:
        for name in absent:
            del os.environ[name]


class _Sent:
    """A function on its way to workers, which is unpacked there by its first call.

    Dask itself unpacks what arrives before it knows whom to tell of an error, so that a function
    that a worker can't import is waited for without end. Arrays that the function holds are not
    copied.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        from distributed.protocol import pickle

        self.name, self.arrays = _name(function), list[Any]()
        self.code = pickle.dumps(function, buffer_callback=self.arrays.append)

    @cached_property
    def function(self) -> Callable[[Any], Any]:
        """What was sent.

        Raises:
            InputError: It is of a module that this process can't import.
        """
        from distributed.protocol import pickle

        try:
            function: Callable[[Any], Any] = pickle.loads(self.code, buffers=self.arrays)
        except (ImportError, AttributeError) as error:
            msg = f"a worker can't import {self.name}: {error}; expected a function of the script "
            msg += "or notebook itself, or of a module that Python finds when it starts: install "
            msg += "the module, or put its folder on PYTHONPATH"
            raise InputError(msg) from error
        return function


def _name(function: Callable[..., Any]) -> str:
    """Module and name, also of the functions that a ``partial`` holds."""
    if isinstance(function, partial):
        held = ", ".join(_name(one) for one in function.args if callable(one))
        return f"{_name(function.func)}({held})"
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


def _call(sent: _Sent, item: Any) -> Any:
    return sent.function(item)


def _on(client: Any) -> OrderedMap:
    mapped = _ordered(partial(client.submit, pure=False), len(client.ncores()))
    return lambda function, items: mapped(partial(_call, _Sent(function)), items)


def _ordered(submit: Callable[..., Any], workers: int) -> OrderedMap:
    def ordered(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        waiting: deque[Any] = deque()
        for item in items:
            waiting.append(submit(function, item))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    return ordered


def _as_finished(client: Any) -> OrderedMap:
    from distributed import as_completed

    def unordered(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        sent = client.scatter(_Sent(function), broadcast=True)
        running = [client.submit(_call, sent, item, pure=False) for item in items]
        for done in as_completed(running):
            yield done.result()

    return unordered


def ahead(items: Iterable[T], count: int = 2) -> Iterator[T]:
    """The items, made in a thread of its own while the last one is being used.

    Args:
        items: What to make; an error in it comes out here.
        count: Items that may be ready at once.
    """
    ready: queue.Queue[tuple[bool, T | BaseException | None]] = queue.Queue(count)
    stopped = threading.Event()

    def put(last: bool, item: T | BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                ready.put((last, item), timeout=0.1)
                return

    def make() -> None:
        try:
            for item in items:
                put(False, item)
                if stopped.is_set():
                    return
            put(True, None)
        except BaseException as error:  # given to the thread that waits for it
            put(True, error)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            last, item = ready.get()
            if isinstance(item, BaseException):
                raise item
            if last:
                return
            yield item  # type: ignore[misc]  # only the last may be None
    finally:
        stopped.set()
        thread.join()
