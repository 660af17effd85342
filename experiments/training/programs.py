"""Which compiled program a run trains in, known before anything is compiled."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import jax
from flax import nnx

from experiments.objectives import without_starts
from experiments.training.ahead import AHEAD, Chunks
from experiments.training.config import encoder_shapes, image_shape, runs_long, world_shapes
from experiments.training.loop import CHUNK, trains_together
from experiments.training.members import (
    Member,
    fresh_state,
    keys_schedules,
    program_of_graph,
    stack,
    told,
)
from experiments.training.mesh import device_mesh
from experiments.training.run import Run
from scm import World, WorldConfig


def program_of(run: Run) -> Hashable:
    """What is equal for two runs only where they train in the same compiled program.

    These are the settings of encoders, objective and optimiser that are no mere numbers to the
    compiled loop; the shapes of what is read of the world; how many seeds train together, and the
    lengths of chunks. Temperatures, learning rates, probabilities and weights of a law are no part.

    Args:
        run: config and seeds; nothing is trained.
    """
    return (*shared_by(run), len(run.seeds) if trains_together() else 1)


def shared_by(run: Run) -> tuple[Hashable, ...]:
    """What is equal for two runs only where they can train together; see `program_of`.

    Args:
        run: config and seeds; nothing is trained.
    """
    config = run.config
    return (
        _shapes(config.world, run.seeds[0]),
        (config.image_encoder, config.text_encoder, config.embedding_size, config.frozen),
        (without_starts(config.objective), config.optimizer.method, config.batch_size),
        (_lengths(config.steps), runs_long(config)),
    )


def prepare(runs: Sequence[Run]) -> None:
    """Have a thread compile the program of some runs, so that it is there when they begin.

    Args:
        runs: that train together, or one; nothing of them is computed but tables of a world.
    """
    group = [Member(run.config, seed) for run in runs for seed in run.seeds]
    group = group if trains_together() else group[:1]
    AHEAD.compile(told(group), lambda: _chunks(group))


def _chunks(group: Sequence[Member]) -> Iterator[Chunks]:
    """What a group's chunks are called with, in shapes."""
    config, seed = group[0].config, group[0].seed
    world = world_shapes(config.world, seed)
    graph, parameters = nnx.split(encoder_shapes(config, world, seed))

    def arguments(world: World, parameters: Any) -> tuple[Any, ...]:
        state = fresh_state(config.optimizer.method, [parameters] * len(group))
        return state, stack([world] * len(group)), *keys_schedules(group)

    shapes = jax.eval_shape(arguments, world, nnx.to_pure_dict(parameters))
    program = program_of_graph(config, graph, device_mesh())
    for length in _lengths(config.steps):
        yield program, length, shapes


def _lengths(steps: int) -> tuple[int, ...]:
    """The lengths of the chunks of a training, each once."""
    return tuple(sorted({min(CHUNK, steps), steps % CHUNK} - {0}, reverse=True))


def numbers_an_image(run: Run) -> int:
    """How many numbers an image has that a run trains on.

    Args:
        run: config and seeds; nothing is trained.
    """
    return math.prod(image_shape(run.config.world))


@lru_cache(maxsize=1024)
def _shapes(config: WorldConfig, seed: int) -> Hashable:
    """Structure, shapes and dtypes of a world, which many runs share."""
    leaves, structure = jax.tree.flatten(world_shapes(config, seed))
    return structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
