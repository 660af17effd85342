"""A user's encoder, called in batches, and what comes checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from experiments.user_encoders.loading import one_line
from proofs_check.quantities.directions import unit
from scm.arguments import ArgumentError, require

BATCH = 64
"""Texts or images of a call."""

REPEATED = 8
"""Of these many the encoder is asked again, in other company."""

SAME = 1e-2
"""How far the directions of two calls may be apart, chosen: bfloat16 rounds to 4e-3, and a batch of
another size in another way; dropout moves a direction by tenths."""


@dataclass(frozen=True)
class CheckedEncoder:
    """A callable from a list of n items to an array [n, d], whose errors are one sentence.

    Attributes:
        argument: the option that named it, for errors.
        name: ``module:function``.
        call: what was named.
        items: what it encodes, in the plural.
    """

    argument: str
    name: str
    call: Callable[..., Any]
    items: str = "texts"

    def __call__(
        self, items: Sequence[Any], advance: Callable[[int], object] = lambda _: None
    ) -> Float[np.ndarray, "n d"]:
        """The embeddings of items, in float64, and of some of them once more, to compare.

        Args:
            items: at least one; each once.
            advance: told after each call how many items were encoded.

        Raises:
            ArgumentError: if the encoder raises, or gives anything but finite numbers, one row an
                item and not all 0, always of one length, and the same for the same item in two
                calls.
        """
        batches = []
        for start in range(0, len(items), BATCH):
            batches.append(self._batch(items[start : start + BATCH]))
            advance(len(batches[-1]))
            lengths = [batch.shape[1] for batch in batches]
            self._require(lengths[0] == lengths[-1], f"rows of {lengths[0]} numbers", lengths[-1])
        found = np.concatenate(batches)
        self._compare(items, found)
        return found

    def _compare(self, items: Sequence[Any], found: Float[np.ndarray, "n d"]) -> None:
        """Ask again, in another order, for those that are spread over all."""
        where = np.unique(np.linspace(0, len(items) - 1, REPEATED).astype(int))[::-1]
        again = self._batch([items[place] for place in where])
        length, wanted = again.shape[1], found.shape[1]
        self._require(length == wanted, f"rows of {wanted} numbers", length)
        apart = np.linalg.norm(unit(again) - unit(found[where]), axis=1)
        worst = int(apart.argmax())
        self._require(
            apart[worst] <= SAME,
            f"the same embedding of {self._shown(items[where[worst]])} in two calls",
            f"directions that are {apart[worst]:.2g} apart",
        )

    def _batch(self, items: Sequence[Any]) -> Float[np.ndarray, "n d"]:
        """What one call gives, checked."""
        try:
            array = _as_array(self.call(list(items)))
        except ArgumentError:
            raise
        except (Exception, SystemExit) as error:
            raise ArgumentError(
                f"{self.argument}: expected {self.name} to encode {len(items)} {self.items}, got "
                f"{type(error).__name__} ({one_line(error)})"
            ) from error
        numeric = array.dtype.kind in "iuf" or array.dtype.name == "bfloat16"
        self._require(numeric, "an array of numbers", f"one of {array.dtype.name}")
        self._require(array.ndim == 2, "an array of two axes, [n, d]", f"shape {array.shape}")
        count = f"{len(items)} rows for {len(items)} {self.items}"
        self._require(len(array) == len(items), count, f"{len(array)} rows")
        self._require(array.shape[1] > 0, "rows of at least one number", "rows of none")
        array = array.astype(np.float64)
        for expected, bad in (
            ("finite numbers", ~np.isfinite(array).all(axis=1)),
            ("embeddings that have a direction", ~array.any(axis=1)),
        ):
            if bad.any():
                first = int(bad.argmax())
                value = array[first][~np.isfinite(array[first])]
                got = f"{value[0]}" if len(value) else "all 0"
                self._require(False, expected, f"{got} for {self._shown(items[first])}")
        return array

    def _require(self, holds: bool | np.bool, expected: str, got: object) -> None:
        """Raise one sentence unless what must hold of the encoder does."""
        if not holds:
            raise ArgumentError(f"{self.argument}: expected {expected} of {self.name}, got {got}")

    def _shown(self, item: Any) -> str:
        text = repr(str(item))
        return text if len(text) <= 60 else f"{text[:57]}..."


def require_one_length(text: Float[np.ndarray, "n d"], image: Float[np.ndarray, "m k"]) -> None:
    """Check that both sides embed into one space.

    Args:
        text: embeddings of texts.
        image: embeddings of images.

    Raises:
        ArgumentError: if their rows are of different lengths.
    """
    expected = f"embeddings of {text.shape[1]} numbers, as of --text"
    require(text.shape[1] == image.shape[1], "image", expected, image.shape[1])


def _as_array(found: Any) -> np.ndarray:
    """What an encoder gives as an array of numpy; a tensor of torch wherever it is."""
    if hasattr(found, "detach"):
        found = found.detach().float().cpu().numpy()
    return np.asarray(found)
