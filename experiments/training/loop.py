"""The one training loop: what is trained, together or apart, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from flax import nnx
from jax.sharding import Mesh

from experiments.encoders import DualEncoder
from experiments.stopped import StoppedError
from experiments.training.ahead import AHEAD
from experiments.training.chunk import TrainingState
from experiments.training.config import TrainingConfig
from experiments.training.hosts import shared
from experiments.training.members import Member, initial_state, members, told, worlds_keys_schedules
from experiments.training.mesh import device_mesh, replicate, require_even
from experiments.training.saves import Progress, Saves
from scm.arguments import require

CHUNK = 100
"""Steps between two visits to the host: one point of the loss curve, one move of the progress."""

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
            default as `trains_together` says.
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
    everyone = members(config, seeds, ended, study)
    together = trains_together() if together is None else together
    groups = [everyone] if together else [(one,) for one in everyone]
    trained = [train_group(group, mesh, report=report, saves=saves) for group in groups]
    return Trained(
        encoders=tuple(encoder for encoders, _ in trained for encoder in encoders),
        losses=np.concatenate([losses for _, losses in trained]),
        step_counts=step_counts(config.steps),
    )


def step_counts(steps: int) -> np.ndarray:
    """Number of steps done at the end of each chunk.

    Args:
        steps: of the training, at least 1.
    """
    return np.minimum(np.arange(CHUNK, steps + CHUNK, CHUNK), steps)


def trains_together() -> bool:
    """Whether vmap over seeds and settings beats one after the other: on an accelerator it does.

    On one core of a CPU a step of perceptrons of 64 units took 1.42 ms a seed apart and 1.65 ms
    together, and larger steps are worse: batched matmuls run slower than plain ones.
    """
    return jax.default_backend() != "cpu"


def train_group(
    group: Sequence[Member],
    mesh: Mesh,
    *,
    report: Report | None = None,
    saves: Saves | None = None,
) -> tuple[list[DualEncoder], np.ndarray]:
    """Train some together, in one program.

    Args:
        group: at least one; all have a program and a number of steps in common.
        mesh: devices that batches are sharded over.
        report: see `train`.
        saves: likewise; progress is kept by the members' seeds.

    Returns:
        The encoders of each, and the mean loss of each chunk, one row a member.

    Raises:
        NonFiniteLossError: if a loss becomes NaN or infinite.
    """
    seeds = tuple(member.seed for member in group)
    found = None if saves is None else saves.found(seeds)
    losses = np.zeros((len(group), 0), np.float32) if found is None else found.losses
    last = None
    for chunk in chunks(group, mesh, found=found):
        _require_finite(chunk, group)
        if chunk.losses.size:
            losses = np.concatenate([losses, chunk.losses.mean(axis=1, keepdims=True)], axis=1)
            if report is not None:
                report(chunk.losses.size, float(chunk.losses.mean()))
            if saves is not None:
                last_one = chunk.steps == group[0].config.steps
                saves.after_chunk(seeds, chunk.state, losses, last=last_one)
        last = chunk
    assert last is not None
    return [last.encoders(index) for index in range(len(group))], losses


@dataclass(frozen=True)
class Chunk:
    """Where training stands after some steps; read it before the next chunk is asked for.

    Attributes:
        steps: number of steps done.
        losses: loss of every step of the chunk, one row a member.
        state: parameters and optimiser, one leading row a member.
        graph: the encoders' structure.
    """

    steps: int
    losses: np.ndarray
    state: TrainingState
    graph: nnx.GraphDef[DualEncoder]

    def encoders(self, index: int) -> DualEncoder:
        """A copy of the encoders of the member at ``index``."""
        parameters = jax.device_get(self.state.parameters)
        of_member = jax.tree.map(lambda leaf: np.array(leaf[index]), parameters)
        return nnx.merge(self.graph, jax.device_put(of_member))


def chunks(
    group: Sequence[Member],
    mesh: Mesh,
    length: int = CHUNK,
    *,
    found: Progress | None = None,
) -> Iterator[Chunk]:
    """Train some together, stopping after every ``length`` steps.

    Args:
        group: see `train_group`.
        mesh: devices that batches are sharded over.
        length: number of steps of a chunk, at least 1; the last may be shorter.
        found: how far they had come before, from where they go on; if that is the end, there is
            one chunk, of no steps.

    Raises:
        ArgumentError: if they do not share a program and a number of steps.
    """
    steps = {member.config.steps for member in group}
    require(len(steps) == 1, "group", "members of as many steps", sorted(steps))
    program, state = initial_state(group, mesh)
    if found is not None:
        state = found.state(state)
    state = shared(state)
    done, (last,) = int(state.step[0]), steps
    arguments = worlds_keys_schedules(group)
    state, arguments = replicate((state, arguments), mesh)
    if done == last:
        yield Chunk(done, np.zeros((len(group), 0)), state, program.graph)
    of_length: dict[int, Callable[..., Any]] = {}
    for start in range(done, last, length):
        count = min(length, last - start)
        if count not in of_length:
            of_length[count] = AHEAD.chunk(told(group), program, count, (state, *arguments))
        with jax.transfer_guard("disallow"):
            state, losses = of_length[count](state, *arguments)
        yield Chunk(start + count, np.asarray(jax.device_get(losses)), state, program.graph)


def _require_finite(chunk: Chunk, group: Sequence[Member]) -> None:
    index, step = np.nonzero(~np.isfinite(chunk.losses))
    if len(step):
        first = int(np.argmin(step))
        at = chunk.steps - chunk.losses.shape[1] + step[first]
        member = group[index[first]]
        raise NonFiniteLossError(
            f"loss: expected a finite number, got {chunk.losses[index[first], step[first]]} "
            f"in study {member.study}, seed {member.seed}, step {at}; "
            "lower optimizer.learning_rate or raise objective.temperature"
        )
