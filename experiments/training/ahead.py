"""Training programs, which a thread compiles while others train.

A program takes seconds to trace and compile, in which the device has nothing to do. Shapes alone
decide which it is, so it can be had before its run begins; see `experiments.training.programs`. No
number is computed ahead: runs have the same bits with and without.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from threading import Lock
from typing import Any

import jax
from jax.sharding import NamedSharding, PartitionSpec

from experiments.training.chunk import Program, train_chunk

HELD = 4
"""How many programs are held: one that trains, and what a run after it asks for."""

Chunks = tuple[Program, int, tuple[Any, ...]]
"""What `train_chunk` is called with: program, length and other arguments."""


class Ahead:
    """Training programs, the last few of them."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, Future[None]] = {}
        self._held: dict[Hashable, Callable[..., Any]] = {}
        self._holding = Lock()

    def compile(self, owner: Hashable, wanted: Callable[[], Iterable[Chunks]]) -> None:
        """Have a thread compile programs, after what it was asked for before.

        Args:
            owner: whose programs those are, by which `chunk` waits for them.
            wanted: called in the thread; what they will be called with, or in place of each array
                a `jax.ShapeDtypeStruct`, for one that is whole on every device of the mesh.
        """

        def compile_all() -> None:
            for program, length, arguments in wanted():
                whole = NamedSharding(program.mesh, PartitionSpec())
                shapes = jax.tree.map(
                    lambda leaf, whole=whole: jax.ShapeDtypeStruct(
                        leaf.shape, leaf.dtype, sharding=whole
                    ),
                    arguments,
                )
                self._compile(program, length, shapes)

        self._asked[owner] = self._thread.submit(compile_all)

    def chunk(
        self, owner: Hashable, program: Program, length: int, arguments: tuple[Any, ...]
    ) -> Callable[..., Any]:
        """`train_chunk` of a program and length, compiled now if it was not ahead.

        Args:
            owner: who asks; what is being compiled for it is waited for.
            program: see `train_chunk`.
            length: likewise.
            arguments: its other arguments.

        Returns:
            A function of those arguments, or of others of the same shapes.

        Raises:
            Exception: what compiling met.
        """
        if (asked := self._asked.pop(owner, None)) is not None:
            asked.result()
        found = self._held.get(_signature(program, length, arguments))
        return self._compile(program, length, arguments) if found is None else found

    def _compile(
        self, program: Program, length: int, arguments: tuple[Any, ...]
    ) -> Callable[..., Any]:
        lowered = train_chunk.lower(program, length, *arguments)
        compiled = lowered.compile(compiler_options=program.compiler_options)
        # The thread and who trains may both have compiled one.
        with self._holding:
            self._held[_signature(program, length, arguments)] = compiled
            while len(self._held) > HELD:
                del self._held[next(iter(self._held))]
        return compiled

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "compile-ahead")


AHEAD = Ahead()
"""The training programs of this process."""


def _signature(program: Program, length: int, arguments: tuple[Any, ...]) -> Hashable:
    leaves, structure = jax.tree.flatten(arguments)
    return program, length, structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
