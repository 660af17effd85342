"""One training over several processes, each with its own devices, mostly on hosts of their own.

All of them compile and run the same program, and each holds its part of every batch. The first
leads: it decides what is trained, measures, and alone writes. The others follow: they train what it
trains, as long as it does.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental.multihost_utils import broadcast_one_to_all

from scm.arguments import ArgumentError, require, require_integer

T = TypeVar("T")

PATIENCE = 300.0
"""Seconds within which all processes must have come."""

KEY_LENGTH = 16
"""Characters of what `announce` tells: the hash of a run."""

_END = "-" * KEY_LENGTH


@dataclass(frozen=True)
class Hosts:
    """How the processes of a job find each other.

    Attributes:
        coordinator: HOST:PORT of the first process, as the others reach it; None where JAX can ask
            what started them: Slurm, Open MPI, mpi4py's launcher, or a TPU pod.
        rank: number of this process, from 0; None likewise.
        count: number of processes; None likewise.
        patience: seconds to wait for the others.

    Raises:
        ArgumentError: if some of the three are given and some are not, or a value is out of range.
    """

    coordinator: str | None = None
    rank: int | None = None
    count: int | None = None
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        given = (self.coordinator, self.rank, self.count)
        alike = all(one is None for one in given) or all(one is not None for one in given)
        require(alike, "coordinator", "coordinator, rank and count, or none of them", given)
        if self.coordinator is not None and self.rank is not None and self.count is not None:
            _address(self.coordinator)
            require_integer("count", self.count, 1)
            require_integer("rank", self.rank, 0)
            require(self.rank < self.count, "rank", f"less than count, {self.count}", self.rank)

    def join(self) -> None:
        """Wait for the others, and make the devices of all those of this process too.

        It must come before anything is computed.

        Raises:
            ArgumentError: if not all processes come in time, or nothing says where they are.
        """
        end = time.monotonic() + self.patience
        if self.coordinator is not None and self.rank is not None and self.count is not None:
            # JAX ends the process, without a word to a user, if somebody is missing later on.
            _meet(_address(self.coordinator), self.rank, self.count, end)
        timeout = max(1, round(end - time.monotonic()))
        try:
            jax.distributed.initialize(
                self.coordinator, self.count, self.rank, initialization_timeout=timeout
            )
        except ValueError as error:
            raise ArgumentError(
                "distributed: expected Slurm, MPI or a TPU pod that says how many processes there "
                f"are, or coordinator, rank and count, got neither ({error})"
            ) from None


def follows() -> bool:
    """Whether this process follows another."""
    return jax.process_index() > 0


@contextmanager
def leading() -> Iterator[None]:
    """What the first process does, at whose end, whatever it is, the others end too."""
    try:
        yield
    finally:
        _tell(_END)


def announce(key: str) -> None:
    """Tell those who follow what is trained next.

    Args:
        key: the hash of the run.
    """
    _tell(key)


def follow(runs: Mapping[str, T], train: Callable[[T], object]) -> None:
    """Train what the first process trains, until it ends.

    Args:
        runs: all that it may train, by hash.
        train: trains one, in step with the first process.
    """
    while (key := _hear()) != _END:
        train(runs[key])


def shared(tree: T) -> T:
    """What the first process has of a tree of arrays, in all of them; they come back on the host.

    Args:
        tree: of the same structure and shapes everywhere.
    """
    return tree if jax.process_count() == 1 else broadcast_one_to_all(tree)


def _tell(key: str) -> None:
    if jax.process_count() > 1:
        broadcast_one_to_all(np.frombuffer(key.encode().ljust(KEY_LENGTH), np.uint8))


def _hear() -> str:
    heard = np.asarray(broadcast_one_to_all(np.zeros(KEY_LENGTH, np.uint8)))
    return heard.astype(np.uint8).tobytes().decode().strip()


def _address(coordinator: str) -> tuple[str, int]:
    host, _, port = coordinator.rpartition(":")
    fits = bool(host) and port.isdecimal() and 0 < int(port) < 2**16
    require(fits, "coordinator", "HOST:PORT", coordinator)
    return host, int(port)


def _meet(address: tuple[str, int], rank: int, count: int, end: float) -> None:
    """Wait until all processes have come to the first; then it lets them go on."""
    if rank == 0:
        _receive(address, count, end)
    else:
        _call(address, rank, end)


def _receive(address: tuple[str, int], count: int, end: float) -> None:
    here: dict[int, socket.socket] = {}
    try:
        with socket.create_server(address) as server:
            while len(here) < count - 1:
                server.settimeout(max(end - time.monotonic(), 0.001))
                peer, _ = server.accept()
                peer.settimeout(max(end - time.monotonic(), 0.001))
                here[int.from_bytes(peer.recv(4))] = peer
            for peer in here.values():
                peer.sendall(b"\1")
    except TimeoutError:
        missing = sorted(set(range(1, count)) - set(here))
        raise ArgumentError(
            f"count: expected {count} processes at {_text(address)}, got none of rank "
            f"{', '.join(map(str, missing))} in time"
        ) from None
    except OSError as error:
        raise ArgumentError(
            f"coordinator: expected an address of this host that is free, got {_text(address)} "
            f"({error})"
        ) from None
    finally:
        for peer in here.values():
            peer.close()


def _call(address: tuple[str, int], rank: int, end: float) -> None:
    last: Any = "nobody answered"
    while (left := end - time.monotonic()) > 0:
        try:
            with socket.create_connection(address, timeout=left) as peer:
                peer.sendall(rank.to_bytes(4))
                if peer.recv(1) == b"\1":
                    return
                last = "it ended"
        except OSError as error:
            last = error
        time.sleep(min(AGAIN, max(left, 0.0)))
    raise ArgumentError(
        f"coordinator: expected the process of rank 0 at {_text(address)} and those of all other "
        f"ranks, got neither in time ({last})"
    )


AGAIN = 0.2
"""Seconds between two calls."""


def _text(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"
