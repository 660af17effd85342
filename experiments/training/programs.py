"""Which compiled program a run trains in, known before anything is compiled."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

import jax

from experiments.objectives import without_starts
from experiments.training.config import world_shapes
from experiments.training.loop import CHUNK, trains_together
from experiments.training.run import Run
from scm import WorldConfig


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
        len(run.seeds) if trains_together(config) else 1,
        (min(CHUNK, config.steps), config.steps % CHUNK),
    )


@lru_cache(maxsize=1024)
def _shapes(config: WorldConfig, seed: int) -> Hashable:
    """Structure, shapes and dtypes of a world, which many runs share."""
    leaves, structure = jax.tree.flatten(world_shapes(config, seed))
    return structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
