"""What every objective is."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from jaxtyping import Array, Float


@runtime_checkable
class Objective(Protocol):
    """A frozen dataclass of settings that is also the loss of a batch."""

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
