"""Who trains together, and what their compiled loop is called with."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax.sharding import Mesh
from jaxtyping import Array, Key

from experiments.encoders import DualEncoder
from experiments.objectives import without_starts
from experiments.training.chunk import Program, TrainingState
from experiments.training.config import TrainingConfig, runs_long
from experiments.training.optimizer import Method, Schedule, transformation
from experiments.training.parts import start_from
from scm import World, named_key
from scm.arguments import require


@dataclass(frozen=True, eq=False)
class Member:
    """One of those that train together: what is trained, of one seed.

    Attributes:
        config: what is trained.
        seed: redraws the world, the initialisation and the data, from its own named keys.
        ended: the encoders at the end of the training that this one starts from, if it does.
        study: named in errors.
    """

    config: TrainingConfig
    seed: int
    ended: DualEncoder | None = None
    study: str = "user"


def members(
    config: TrainingConfig,
    seeds: Sequence[int],
    ended: Sequence[DualEncoder] = (),
    study: str = "user",
) -> tuple[Member, ...]:
    """All seeds of a config.

    Args:
        config: what is trained.
        seeds: at least one.
        ended: see `Member`, one a seed where the training starts from another.
        study: named in errors.

    Raises:
        ArgumentError: if the training starts from another whose ends are not there, or from none.
    """
    needed = 0 if config.start is None else len(seeds)
    expected = f"{needed} encoders, one a seed where a training starts from another"
    require(len(ended) == needed, "ended", expected, len(ended))
    ends = ended or (None,) * len(seeds)
    return tuple(Member(config, *one, study) for one in zip(seeds, ends, strict=True))


def told(group: Sequence[Member]) -> Hashable:
    """What tells a group from others; see `experiments.training.ahead.Ahead.compile`.

    Args:
        group: its members.
    """
    return tuple((member.config, member.seed) for member in group)


def initial_state(group: Sequence[Member], mesh: Mesh) -> tuple[Program, TrainingState]:
    """The compiled loop's static part and the state before the first step, members stacked.

    Args:
        group: at least one.
        mesh: devices that batches are sharded over.

    Raises:
        ArgumentError: if they do not share a program.
    """
    split = [nnx.split(_started(member)) for member in group]
    pairs = zip(group, split, strict=True)
    programs = {program_of_graph(member.config, graph, mesh) for member, (graph, _) in pairs}
    require(len(programs) == 1, "group", "members that share a program", programs)
    (program,) = programs
    return program, fresh_state(program.method, [nnx.to_pure_dict(state) for _, state in split])


def worlds_keys_schedules(group: Sequence[Member]) -> tuple[World, Key[Array, " n"], Schedule]:
    """What each step reads of every member, stacked: its world, its data's key, its schedule.

    Args:
        group: at least one.
    """
    worlds = [member.config.build_world(member.seed) for member in group]
    return stack(worlds), *keys_schedules(group)


@partial(jax.jit, static_argnames="method")
def fresh_state(method: Method, parameters: Sequence[Any]) -> TrainingState:
    """The state before the first step, members stacked.

    Args:
        method: how they are trained.
        parameters: of each one's encoders.
    """
    stacked = stack(parameters)
    optimizer = jax.vmap(transformation(method).init)(stacked)
    return TrainingState(stacked, optimizer, jnp.zeros(len(parameters), jnp.int32))


def keys_schedules(group: Sequence[Member]) -> tuple[Key[Array, " n"], Schedule]:
    """The random key of each member's data, and its schedule, stacked.

    Args:
        group: at least one.
    """
    keys = [named_key(jax.random.key(member.seed), "data") for member in group]
    schedules = [member.config.optimizer.schedule(member.config.steps) for member in group]
    return jnp.stack(keys), stack(schedules)


def program_of_graph(
    config: TrainingConfig, graph: nnx.GraphDef[DualEncoder], mesh: Mesh
) -> Program:
    """The compiled loop's static part, of which numbers that training reads as such are no part.

    Args:
        config: what to train.
        graph: the structure of its encoders.
        mesh: devices that batches are sharded over.
    """
    return Program(
        graph,
        without_starts(config.objective),
        config.optimizer.method,
        config.batch_size,
        mesh,
        frozen=config.frozen,
        long=runs_long(config),
    )


def _started(member: Member) -> DualEncoder:
    config = member.config
    encoders = config.build_encoders(member.seed)
    if config.start is not None:
        assert member.ended is not None
        start_from(encoders, member.ended, config.start.parts)
    return encoders


@jax.jit
def stack(trees: Sequence[Any]) -> Any:
    """Trees of arrays as one, with a leading axis of trees.

    Args:
        trees: of one structure and the same shapes.
    """
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)
