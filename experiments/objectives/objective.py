"""What every objective is: of pairs alone, with a bias or without, or of hard negatives too."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal, Protocol, runtime_checkable

from jaxtyping import Array, Float

from scm.registry import ConfigRegistry


@runtime_checkable
class PairsObjective(Protocol):
    """A frozen dataclass of settings that is also the loss of a batch."""

    reads_negatives: ClassVar[Literal[False]]

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
        /,
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            log_temperature: log tau; trained by the objectives that learn it alone.
        """
        ...


@runtime_checkable
class NegativesObjective(Protocol):
    """A frozen dataclass of settings that is also the loss of a batch with hard negatives."""

    reads_negatives: ClassVar[Literal[True]]

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        negatives: Float[Array, "k m d"],
        log_temperature: Float[Array, ""],
        /,
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            negatives: g of the m hard negatives of each y_i.
            log_temperature: log tau; trained by the objectives that learn it alone.
        """
        ...


@runtime_checkable
class BiasedObjective(Protocol):
    """A frozen dataclass of settings that is also the loss of a batch, with a bias of its logits.

    Logits are scores over a temperature, plus a bias, both trained.
    """

    reads_negatives: ClassVar[Literal[False]]

    @property
    def bias(self) -> float:
        """The bias at the start. Encoders hold a bias just where their objective states one."""
        ...

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
        bias: Float[Array, ""],
        /,
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            log_temperature: log tau.
            bias: what is added to scores over tau.
        """
        ...


@runtime_checkable
class TemperedObjective(Protocol):
    """An objective of scores over a temperature, which states where the temperature starts."""

    @property
    def temperature(self) -> float:
        """Tau at the start, above 0; without one, log tau starts at 0 and is not read."""
        ...


Objective = PairsObjective | NegativesObjective | BiasedObjective
"""What encoders are trained to minimise; ``reads_negatives`` says whether of hard negatives too."""

START = {"start": True}
"""Metadata of a field that a loss does not read, since training starts there and goes on."""


def without_starts(objective: Objective) -> Objective:
    """The objective as its loss reads it, with fields that are marked `START` at their defaults.

    Objectives that differ in those alone become equal, so that they share a compiled program.

    Args:
        objective: any.
    """
    if not dataclasses.is_dataclass(objective):
        return objective
    starts = {
        field.name: field.default
        for field in dataclasses.fields(objective)
        if field.metadata.get("start")
    }
    return dataclasses.replace(objective, **starts)


OBJECTIVES: ConfigRegistry[type[Objective]] = ConfigRegistry("objective", "token_scm.objectives")
"""Objectives by name."""
