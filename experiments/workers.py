"""Processes that share a job: of this machine, or of a Dask cluster."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any, TypeVar

import jax
import psutil

from experiments.stopped import StoppedError
from scm.arguments import ArgumentError, require, require_integer

T = TypeVar("T")

DEATHS = 3
"""How many processes a task may kill before it is given up, as Dask has it."""

ANSWER = 20.0
"""Seconds within which a scheduler must answer."""


GRACE = 10.0
"""Seconds that a process has to end of its own accord: a chunk of training steps takes fewer."""


class WorkersLostError(StoppedError):
    """The processes that worked at a task died, again and again."""

    by_what_was_asked = False


@dataclass(frozen=True)
class Crew:
    """Who does the work: this process alone by default.

    In a script, processes of one's own need ``if __name__ == "__main__":`` around what starts them.

    Attributes:
        workers: number of processes of this machine, at least 1; 1 is this process.
        scheduler: address of a Dask scheduler, whose workers do the work instead.

    Raises:
        ArgumentError: for a number below 1, or both.
    """

    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.workers is not None:
            require_integer("workers", self.workers, 1)
            alone = self.scheduler is None
            require(alone, "workers", "none beside a scheduler, which has its own", self.workers)

    @contextmanager
    def team(self) -> Iterator[Team]:
        """Those who work, until the end of a ``with`` block; then none of this machine is left.

        Raises:
            ArgumentError: if the scheduler does not answer, or Dask is not installed.
        """
        if self.scheduler is not None:
            with _dask(self.scheduler) as team:
                yield team
        elif self.workers is not None and self.workers > 1:
            processes = Processes(self.workers)
            try:
                yield Team(processes, self.workers, (BrokenProcessPool,))
            finally:
                processes.shutdown()
        else:
            yield Team()


HERE = Crew()
"""This process alone."""

WORKER = 9 * 2**28
"""Bytes that a process should have to itself: it takes 1.7 GB at the most in the quick preset, and
2.5 in the full one."""


def cores_a_process() -> int:
    """On how many cores XLA computes in a process, as `experiments` sets it where nobody else does.

    Raises:
        ArgumentError: if the environment variable says what is no number.
    """
    said = os.environ["NPROC"]
    require(said.isdecimal() and int(said) > 0, "NPROC", "a number of cores, at least 1", said)
    return int(said)


def as_many_as_fit() -> int:
    """How many processes of this machine should share a job: as many as have cores and memory.

    Two took 0.54 of the time of one on two cores (fifteen tasks). One where JAX has an accelerator,
    which processes would have to share.

    Raises:
        ArgumentError: see `cores_a_process`.
    """
    each = cores_a_process()
    if jax.default_backend() != "cpu":
        return 1
    cores = len(psutil.Process().cpu_affinity()) if psutil.LINUX else psutil.cpu_count()
    fitting = psutil.virtual_memory().available // WORKER
    return max(1, min((cores or 1) // each, fitting))


@dataclass(frozen=True)
class Team:
    """Those who work.

    Attributes:
        executor: what takes tasks; None where this process does them itself.
        count: how many work at a time.
        lost: what a task raises whose processes died.
    """

    executor: Executor | None = None
    count: int = 1
    lost: tuple[type[Exception], ...] = ()


class Processes(Executor):
    """Processes of this machine, each with a task at a time.

    A task whose process dies, killed for want of memory for example, is done again by a new one,
    while the others go on: each process is a pool of its own, since one that dies breaks its pool.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self._context = get_context("spawn")
        # Nothing is ever sent: a worker ends at once when nobody holds the other end any more,
        # whether that was closed here or this process is gone.
        self._leash, self._held = self._context.Pipe(duplex=False)
        self._closed = threading.Event()
        self._threads = ThreadPoolExecutor(count)
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(count):
            self._idle.put(self._pool())

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Let a process do a call, see `concurrent.futures.Executor`.

        Args:
            fn: what is called, a function at the top level of a module.
            *args: what it is called with, which can be pickled.
            **kwargs: likewise.
        """
        return self._threads.submit(self._do, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End all processes, whatever they do; what they train is kept as far as it is.

        Args:
            wait: until they have ended.
            cancel_futures: whether tasks that wait are not done either.
        """
        self._closed.set()
        self._held.close()
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        while not self._idle.empty():
            self._idle.get().shutdown(wait=wait, cancel_futures=cancel_futures)

    def _pool(self) -> ProcessPoolExecutor:
        leash = (self._leash,)
        return ProcessPoolExecutor(1, self._context, initializer=_tie, initargs=leash)

    def _do(self, call: Callable[[], T]) -> T:
        pool = self._idle.get()
        try:
            for _ in range(DEATHS - 1):
                try:
                    return pool.submit(call).result()
                except BrokenProcessPool:
                    if self._closed.is_set():
                        raise
                    pool.shutdown()
                    pool = self._pool()
            return pool.submit(call).result()
        finally:
            self._idle.put(pool)


def _tie(leash: Connection) -> None:
    """Let this worker end with the process that started it; an interrupt is that one's to take."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        wait([leash])
        # A run that is being trained is kept as far as it is, see `Saves.on_termination`.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _dask(address: str) -> Iterator[Team]:
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise ArgumentError(
            "scheduler: expected Dask to be installed, by pip install 'token-scm[cluster]', got "
            "no package distributed"
        ) from None
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ArgumentError(
            f"scheduler: expected the address of a Dask scheduler that answers within {ANSWER:g} "
            f"s, got {address!r} ({type(error).__name__})"
        ) from None
    with client:
        # Not pure: what an earlier job of the same name returned says nothing of this one.
        executor = client.get_executor(pure=False)
        # Awaited already, since the client is not asynchronous.
        workers: Any = client.nthreads()
        count = max(1, len(workers))
        try:
            yield Team(executor, count, (KilledWorker,))
        finally:
            executor.shutdown(wait=False)
