"""The compiled part of the training loop: a chunk of steps on the device.

What is trained, on which seeds and devices, and when the host looks in stands in
`experiments.training.loop`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Int, Key

from experiments.encoders import DualEncoder
from experiments.training.optimizer import Method, Schedule, transformation
from experiments.training.parts import Part, frozen, moved
from scm import World, numbered_key
from scm.compiler import quickly
from scm.pytree import pytree_dataclass


@pytree_dataclass
class TrainingState:
    """What a step changes. Trained together, every leaf has a leading axis of members."""

    parameters: Any
    optimizer: Any
    step: Int[Array, "*members"]


@dataclass(frozen=True)
class Program:
    """What decides which program is compiled, beside shapes."""

    graph: nnx.GraphDef[DualEncoder]
    # An `Objective`, which reads as many embeddings as the encoders give: `build_encoders` checks.
    objective: Callable[..., Float[Array, ""]]
    method: Method
    batch_size: int
    mesh: Mesh
    frozen: tuple[Part, ...] = ()
    # Whether it runs long on a CPU, see `runs_long`.
    long: bool = True

    @property
    def compiler_options(self) -> dict[str, Any]:
        """What the compiler is told of it."""
        return quickly() if jax.default_backend() == "cpu" and not self.long else {}


@partial(jax.jit, static_argnames=("program", "length"), donate_argnames=("state",))
def train_chunk(
    program: Program,
    length: int,
    state: TrainingState,
    worlds: World,
    keys: Key[Array, " members"],
    schedules: Schedule,
) -> tuple[TrainingState, Float[Array, "members length"]]:
    """Do ``length`` steps for every member of a group, drawing the data on the device.

    Args:
        program: what is compiled.
        length: number of steps, at least 1.
        state: where training stands, members stacked; its memory is used again: read it no more.
        worlds: what pairs are drawn from, members stacked.
        keys: random key of each one's data, of which every step takes a child by its number.
        schedules: learning rate of each step, members stacked.

    Returns:
        The new state and the loss of every step.
    """
    update = transformation(program.method).update
    rows = NamedSharding(program.mesh, PartitionSpec("data"))

    def of_member(
        state: TrainingState, world: World, key: Key[Array, ""], schedule: Schedule
    ) -> tuple[TrainingState, Float[Array, " length"]]:
        def step(
            state: TrainingState, rate: Float[Array, ""]
        ) -> tuple[TrainingState, Float[Array, ""]]:
            batch = world.sample(numbered_key(key, state.step), program.batch_size)
            batch = jax.lax.with_sharding_constraint(batch, rows)

            def loss_of(parameters: Any) -> Float[Array, ""]:
                encoders = nnx.merge(program.graph, frozen(parameters, program.frozen))
                return program.objective(*encoders(batch), *encoders.scalars)

            loss, gradient = jax.value_and_grad(loss_of)(state.parameters)
            updates, optimizer = update(gradient, state.optimizer, state.parameters)
            change = jax.tree.map(lambda update: rate * update, updates)
            parameters = moved(state.parameters, change, program.frozen)
            return TrainingState(parameters, optimizer, state.step + 1), loss

        # Of all steps at once: in the loop XLA would compute it anew for each parameter.
        rates = schedule(state.step + jnp.arange(length))
        return jax.lax.scan(step, state, rates)

    if keys.shape[0] == 1:
        only = jax.tree.map(lambda leaf: leaf[0], (state, worlds, keys, schedules))
        trained = jax.tree.map(lambda leaf: leaf[None], of_member(*only))
    else:
        trained = jax.vmap(of_member)(state, worlds, keys, schedules)
    # Whole on every device, so that every host can read it.
    return jax.lax.with_sharding_constraint(trained, NamedSharding(program.mesh, PartitionSpec()))
