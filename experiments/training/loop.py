"""The one training loop: what is trained, seed by seed and chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import Mesh
from jaxtyping import Array, Key

from experiments.encoders import DualEncoder, PerceptronConfig
from experiments.objectives import without_starts
from experiments.stopped import StoppedError
from experiments.training.ahead import AHEAD
from experiments.training.chunk import Program, TrainingState
from experiments.training.config import TrainingConfig, one_pair, world_shapes
from experiments.training.hosts import shared
from experiments.training.mesh import device_mesh, replicate, require_even
from experiments.training.optimizer import transformation
from experiments.training.parts import start_from
from experiments.training.saves import Progress, Saves
from scm import named_key
from scm.arguments import require

CHUNK = 100
"""Steps between two visits to the host: one point of the loss curve, one move of the progress."""

VMAP_LIMIT = 2e8
"""Encoder FLOPs a step and seed below which seeds are trained together by vmap on a CPU. On
two cores the default recipe (3e7) took 1.12 ms a step and seed together and 1.15 ms apart."""


Report = Callable[[int, float], None]
"""Called after every chunk: steps just done, summed over seeds, and their mean loss in nats."""


class NonFiniteLossError(StoppedError):
    """The loss became NaN or infinite; the text names the study, the seed and the step."""

    by_what_was_asked = True


@dataclass(frozen=True)
class Trained:
    """The result of a run.

    Attributes:
        encoders: the trained encoders, one a seed.
        losses: mean loss of each chunk of `CHUNK` steps (the last may be shorter), in nats.
        step_counts: number of steps done at the end of each chunk.
    """

    encoders: tuple[DualEncoder, ...]
    losses: np.ndarray
    step_counts: np.ndarray


def train(
    config: TrainingConfig,
    seeds: Sequence[int],
    *,
    study: str = "user",
    together: bool | None = None,
    mesh: Mesh | None = None,
    report: Report | None = None,
    ended: Sequence[DualEncoder] = (),
    saves: Saves | None = None,
) -> Trained:
    """Train the encoders of every seed.

    Args:
        config: what to train.
        seeds: each redraws the world, the initialisation and the data, from its own named keys.
        study: named in errors.
        together: whether seeds are trained by vmap in one program, or one after the other; by
            default together where that is faster, see `trains_together`.
        mesh: devices; batches are sharded over them, parameters are replicated.
        report: what to call after every chunk, if anything.
        ended: the encoders of each seed at the end of the training that this one starts from;
            none where it starts from none.
        saves: where progress is kept on the way, and what was kept when the run was killed.

    Raises:
        ArgumentError: if the batch does not divide over the devices, or the training starts from
            another whose end is not there or does not fit.
        NonFiniteLossError: if the loss becomes NaN or infinite.
    """
    mesh = device_mesh() if mesh is None else mesh
    require_even(config, mesh)
    if together is None:
        together = trains_together(config)
    needed = 0 if config.start is None else len(seeds)
    expected = f"{needed} encoders, one a seed where a training starts from another"
    require(len(ended) == needed, "ended", expected, len(ended))
    of_seed = dict(zip(seeds, ended, strict=bool(needed)))
    groups = [tuple(seeds)] if together else [(seed,) for seed in seeds]
    trained = [_train_group(config, group, study, mesh, report, of_seed, saves) for group in groups]
    return Trained(
        encoders=tuple(encoder for encoders, _ in trained for encoder in encoders),
        losses=np.concatenate([losses for _, losses in trained]),
        step_counts=np.minimum(np.arange(CHUNK, config.steps + CHUNK, CHUNK), config.steps),
    )


def trains_together(config: TrainingConfig) -> bool:
    """Whether vmap over seeds beats one seed after the other.

    On an accelerator it always does. On a CPU a step of more than `VMAP_LIMIT` FLOPs already
    fills the cores, and batched matmuls run slower than plain ones; so does one of any encoder
    that does not say that it is a perceptron.
    """
    if jax.default_backend() != "cpu":
        return True
    flops = encoder_flops(config)
    return flops is not None and flops < VMAP_LIMIT


def encoder_flops(config: TrainingConfig) -> float | None:
    """FLOPs of a step in two perceptrons, 6 a pair and weight: 2 forward, 4 backward.

    None where an encoder is no `PerceptronConfig`.
    """
    image, text = config.image_encoder, config.text_encoder
    if not (isinstance(image, PerceptronConfig) and isinstance(text, PerceptronConfig)):
        return None
    pair, outputs = one_pair(world_shapes(config.world, 0)), config.embedding_size
    weights = image.weights(pair.image, outputs) + text.weights(pair.text, outputs)
    return 6.0 * config.batch_size * weights


def _train_group(
    config: TrainingConfig,
    seeds: tuple[int, ...],
    study: str,
    mesh: Mesh,
    report: Report | None,
    ended: Mapping[int, DualEncoder],
    saves: Saves | None,
) -> tuple[list[DualEncoder], np.ndarray]:
    found = None if saves is None else saves.found(seeds)
    losses = np.zeros((len(seeds), 0), np.float32) if found is None else found.losses
    last = None
    for chunk in chunks(config, seeds, mesh, ended=ended, found=found):
        _require_finite(chunk, study, seeds)
        if chunk.losses.size:
            losses = np.concatenate([losses, chunk.losses.mean(axis=1, keepdims=True)], axis=1)
            if report is not None:
                report(chunk.losses.size, float(chunk.losses.mean()))
            if saves is not None:
                last_one = chunk.steps == config.steps
                saves.after_chunk(seeds, chunk.state, losses, last=last_one)
        last = chunk
    assert last is not None
    return [last.encoders(index) for index in range(len(seeds))], losses


@dataclass(frozen=True)
class Chunk:
    """Where training stands after some steps; read it before the next chunk is asked for.

    Attributes:
        steps: number of steps done.
        losses: loss of every step of the chunk, one row a seed.
        state: parameters and optimiser, one leading row a seed.
        graph: the encoders' structure.
    """

    steps: int
    losses: np.ndarray
    state: TrainingState
    graph: nnx.GraphDef[DualEncoder]

    def encoders(self, index: int) -> DualEncoder:
        """A copy of the encoders of the seed at ``index``."""
        parameters = jax.device_get(self.state.parameters)
        return nnx.merge(
            self.graph, jax.tree.map(lambda leaf: jnp.asarray(leaf[index]), parameters)
        )


def chunks(
    config: TrainingConfig,
    seeds: Sequence[int],
    mesh: Mesh,
    length: int = CHUNK,
    *,
    ended: Mapping[int, DualEncoder] = MappingProxyType({}),
    found: Progress | None = None,
) -> Iterator[Chunk]:
    """Train seeds together, stopping after every ``length`` steps; see `train`.

    Args:
        config: what to train.
        seeds: each draws from its own named keys.
        mesh: devices that batches are sharded over.
        length: number of steps of a chunk, at least 1; the last may be shorter.
        ended: what each seed starts from, where it does.
        found: how far they had come before, from where they go on; if that is the end, there is
            one chunk, of no steps.
    """
    program, state = initial_state(config, seeds, mesh, ended)
    if found is not None:
        state = found.state(state)
    state = shared(state)
    done = int(state.step[0])
    worlds = stack([config.build_world(seed) for seed in seeds])
    schedule = config.optimizer.schedule(config.steps)
    state, worlds, keys, schedule = replicate((state, worlds, data_keys(seeds), schedule), mesh)
    if done == config.steps:
        yield Chunk(done, np.zeros((len(seeds), 0)), state, program.graph)
    of_length: dict[int, Callable[..., Any]] = {}
    for start in range(done, config.steps, length):
        count = min(length, config.steps - start)
        if count not in of_length:
            of_length[count] = AHEAD.chunk(config, program, count, (state, worlds, keys, schedule))
        with jax.transfer_guard("disallow"):
            state, losses = of_length[count](state, worlds, keys, schedule)
        yield Chunk(start + count, np.asarray(jax.device_get(losses)), state, program.graph)


def initial_state(
    config: TrainingConfig,
    seeds: Sequence[int],
    mesh: Mesh,
    ended: Mapping[int, DualEncoder] = MappingProxyType({}),
) -> tuple[Program, TrainingState]:
    """The compiled loop's static part and the state before the first step, seeds stacked.

    Args:
        config: what to train.
        seeds: of the world and the initialisation, at least one.
        mesh: devices that batches are sharded over.
        ended: what each seed starts from, where it does.
    """
    split = [nnx.split(_started(config, seed, ended)) for seed in seeds]
    program = program_of_graph(config, split[0][0], mesh)
    return program, fresh_state(config, [nnx.to_pure_dict(state) for _, state in split])


def fresh_state(config: TrainingConfig, parameters: Sequence[Any]) -> TrainingState:
    """The state before the first step, seeds stacked.

    Args:
        config: what to train.
        parameters: of each seed's encoders.
    """
    stacked = stack(parameters)
    optimizer = jax.vmap(transformation(config.optimizer.method).init)(stacked)
    return TrainingState(stacked, optimizer, jnp.zeros(len(parameters), jnp.int32))


def data_keys(seeds: Sequence[int]) -> Key[Array, " seeds"]:
    """The random key of each seed's data."""
    return jnp.stack([named_key(jax.random.key(seed), "data") for seed in seeds])


def program_of_graph(
    config: TrainingConfig, graph: nnx.GraphDef[DualEncoder], mesh: Mesh
) -> Program:
    """The compiled loop's static part, of which numbers that training reads as such are no part.

    Args:
        config: what to train.
        graph: the structure of its encoders.
        mesh: devices that batches are sharded over.
    """
    method, batch_size, frozen = config.optimizer.method, config.batch_size, config.frozen
    return Program(graph, without_starts(config.objective), method, batch_size, mesh, frozen)


def _started(config: TrainingConfig, seed: int, ended: Mapping[int, DualEncoder]) -> DualEncoder:
    encoders = config.build_encoders(seed)
    if config.start is not None:
        start_from(encoders, ended[seed], config.start.parts)
    return encoders


def stack(trees: Sequence[Any]) -> Any:
    """Trees of arrays as one, with a leading axis of trees.

    Args:
        trees: of one structure and the same shapes.
    """
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def _require_finite(chunk: Chunk, study: str, seeds: tuple[int, ...]) -> None:
    seed_index, step = np.nonzero(~np.isfinite(chunk.losses))
    if len(step):
        first = int(np.argmin(step))
        at = chunk.steps - chunk.losses.shape[1] + step[first]
        raise NonFiniteLossError(
            f"loss: expected a finite number, got {chunk.losses[seed_index[first], step[first]]} "
            f"in study {study}, seed {seeds[seed_index[first]]}, step {at}; "
            "lower optimizer.learning_rate or raise objective.temperature"
        )
