"""An ordered map over Dask workers, whose memory does not grow with the number of items."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

__all__ = ("ordered_map",)

T = TypeVar("T")
R = TypeVar("R")


def ordered_map(
    function: Callable[[T], R], items: Iterable[T], *, workers: int = 1, address: str | None = None
) -> Iterator[R]:
    """Results of ``function`` in the order of ``items``, at most a few of them ahead at a time.

    Args:
        function: What to do; it must be importable by a worker.
        items: What to do it to.
        workers: Processes of a local cluster; 1 works in this process, without Dask.
        address: Scheduler of a running ``dask.distributed`` cluster (``tcp://host:port``);
            ``$DASK_SCHEDULER_ADDRESS`` by default. Replaces the local cluster.

    Yields:
        One result an item, in order.
    """
    address = address or os.environ.get("DASK_SCHEDULER_ADDRESS")
    if workers <= 1 and not address:
        yield from map(function, items)
        return
    from distributed import Client, LocalCluster  # a second to import: only when it is used

    def consume(client: Any) -> Iterator[R]:
        ahead: deque[Any] = deque()
        window = 2 * max(workers, len(client.scheduler_info()["workers"]))
        for item in items:
            ahead.append(client.submit(function, item, pure=False))
            if len(ahead) >= window:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    if address:
        with Client(address) as client:
            yield from consume(client)
        return
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield from consume(client)
