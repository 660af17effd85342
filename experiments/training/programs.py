"""Which compiled program a run trains in, known before anything is compiled."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import lru_cache
from typing import Any

import jax
from flax import nnx

from experiments.objectives import without_starts
from experiments.training.ahead import AHEAD, Chunks
from experiments.training.config import encoder_shapes, world_shapes
from experiments.training.loop import (
    CHUNK,
    data_keys,
    fresh_state,
    program_of_graph,
    stack,
    trains_together,
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
    config = run.config
    return (
        _shapes(config.world, run.seeds[0]),
        (config.image_encoder, config.text_encoder, config.embedding_size, config.frozen),
        (without_starts(config.objective), config.optimizer.method, config.batch_size),
        *_lengths(run),
    )


def prepare(run: Run) -> None:
    """Have a thread compile the program of a run, so that it is there when the run begins.

    Args:
        run: config and seeds; nothing of it is computed but tables of its world.
    """
    AHEAD.compile(run.config, lambda: _chunks(run))


def _chunks(run: Run) -> Iterator[Chunks]:
    """What a run's chunks are called with, in shapes."""
    config, seed = run.config, run.seeds[0]
    count, lengths = _lengths(run)
    world = world_shapes(config.world, seed)
    graph, parameters = nnx.split(encoder_shapes(config, world, seed))

    def arguments(world: World, parameters: Any) -> tuple[Any, ...]:
        state, worlds = fresh_state(config, [parameters] * count), stack([world] * count)
        return state, worlds, data_keys([seed] * count), config.optimizer.schedule(config.steps)

    shapes = jax.eval_shape(arguments, world, nnx.to_pure_dict(parameters))
    program = program_of_graph(config, graph, device_mesh())
    for length in lengths:
        yield program, length, shapes


def _lengths(run: Run) -> tuple[int, tuple[int, ...]]:
    """How many seeds train in one program, and the lengths of the chunks they train in."""
    steps = run.config.steps
    count = len(run.seeds) if trains_together(run.config) else 1
    lengths = {min(CHUNK, steps), steps % CHUNK} - {0}
    return count, tuple(sorted(lengths, reverse=True))


@lru_cache(maxsize=1024)
def _shapes(config: WorldConfig, seed: int) -> Hashable:
    """Structure, shapes and dtypes of a world, which many runs share."""
    leaves, structure = jax.tree.flatten(world_shapes(config, seed))
    return structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
