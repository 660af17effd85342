"""Composition: how an encoder treats a caption, its hard negative, and the image of each."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Array, Float, Int, Key

from experiments.probes.encoded_world import EncodedWorld
from experiments.vocabulary import metrics
from proofs_check import FiniteWorld
from proofs_check.quantities.directions import TIE, unit
from proofs_check.quantities.displacements import Displacements
from proofs_check.quantities.hard_negative_scores import accuracy, pair_scores
from proofs_check.quantities.insensitivity import insensitivity
from proofs_check.quantities.surcharge import caption_law
from scm import named_key
from scm.arguments import require
from scm.draws import first_of
from scm.operators.orbits import Edges
from scm.operators.result_table import ResultTable

Measures = dict[str, float]
"""Numbers by the name of what is measured."""


@dataclass(frozen=True, eq=False)
class HardPairs:
    """Fresh pairs (x, y), each with a hard negative y' of y and an image x~ that y' is true of.

    Attributes:
        encoded: the world, and what encoders make of it.
        row: which of its fresh pairs (x, y) is.
        negative: y', by its place in the table; uniform among the distinct hard negatives of y.
        image: f(x~), x~ a fresh image of r(y').
    """

    encoded: EncodedWorld
    row: Int[np.ndarray, " n"]
    negative: Int[np.ndarray, " n"]
    image: Float[np.ndarray, "n d"]

    @classmethod
    def draw(cls, encoded: EncodedWorld, edges: Edges, key: Key[Array, ""]) -> HardPairs:
        """One hard negative for every fresh pair whose caption has any.

        Args:
            encoded: the world, and what encoders make of it.
            edges: those that an operator, or a word over operators, draws between captions.
            key: random key.
        """
        draws = np.asarray(jax.random.uniform(named_key(key, "negatives"), encoded.caption.shape))
        row, negative = one_hard_negative(encoded.table, edges, encoded.caption, draws)
        image = encoded.images_of(encoded.table.said[negative], named_key(key, "novel images"))
        return cls(encoded, row, negative, image)

    @property
    def caption(self) -> Int[np.ndarray, " n"]:
        """y, by its place in the table."""
        return self.encoded.caption[self.row]

    @property
    def novel(self) -> np.ndarray:
        """Whether y' is never drawn in training."""
        return ~self.encoded.table.support[self.negative]

    @property
    def directions(self) -> tuple[Float[np.ndarray, "n 2 d"], Float[np.ndarray, "n 2 d"]]:
        """Unit vectors of x and x~, and of y and y'."""
        text = unit(self.encoded.text)
        images = np.stack([unit(self.encoded.image[self.row]), unit(self.image)], axis=1)
        return images, np.stack([text[self.caption], text[self.negative]], axis=1)

    @property
    def cosines(self) -> Float[np.ndarray, "n 2 2"]:
        """Of x and x~ with y and y', as `pair_scores` takes them."""
        return np.einsum("nad,nbd->nab", *self.directions)

    @property
    def displacements(self) -> Displacements:
        """How far directions are moved from y to y' and from x to x~, and x from y (T17)."""
        images, captions = self.directions
        return Displacements.of(images[:, 0], captions[:, 0], captions[:, 1], images[:, 1])

    def where(self, chosen: np.ndarray) -> HardPairs:
        """Some of them."""
        return HardPairs(self.encoded, self.row[chosen], self.negative[chosen], self.image[chosen])

    def measure(self) -> Measures:
        """All that is asked about composition; empty where there is no pair.

        ``text score``, ``image score``, ``group score`` and the rates of ties ``text ties``,
        ``image ties`` as in `pair_scores`; the text score's two halves, ``familiar image`` (x
        prefers y to y') and ``novel image`` (x~ prefers y' to y); the image score's,
        ``image exchange`` (y prefers x to x~) and ``novel caption`` (y' prefers x~ to x);
        ``delta`` of `insensitivity`, NaN where the encoder is ``collapsed``; and ``text only``,
        what a score that does not look at the image, how often the caption occurs in training, has
        for ``familiar image``: it has one less that for ``novel image``; the mean lengths ``|dg|``,
        ``|df|`` and ``|e|`` and the mean ``cos(df, dg)`` of T17, by unit vectors: dg = g(y') -
        g(y), df = f(x~) - f(x), e = f(x) - g(y), a cosine with a vector of length 0 being 0; and,
        where captions have paraphrases that are never drawn, `hard_positive`.
        """
        if not len(self.row):
            return {}
        table, cosines = self.encoded.table, self.cosines
        scores = pair_scores(cosines)
        exchanged = accuracy(cosines[:, 0, 0], cosines[:, 1, 0]).accuracy
        law = caption_law(table)
        drawn = table.support
        moved = insensitivity(
            self.encoded.text[self.caption],
            self.encoded.text[self.negative],
            self.encoded.text[drawn],
            other_weight=law[drawn],
        )
        often = self.encoded.familiarity
        frequency = accuracy(often[self.caption], often[self.negative])
        displaced = self.displacements
        of_text, of_image, misalignment = (float(size.mean()) for size in displaced.sizes)
        same_way = np.sum(unit(displaced.text) * unit(displaced.image), axis=1)
        found = text_scores(cosines) | {
            metrics.TEXT_TIES: float(scores.text.ties),
            metrics.IMAGE_SCORE: float(scores.image.accuracy),
            metrics.IMAGE_TIES: float(scores.image.ties),
            metrics.IMAGE_EXCHANGE: float(exchanged),
            metrics.NOVEL_CAPTION: float(accuracy(cosines[:, 1, 1], cosines[:, 0, 1]).accuracy),
            metrics.DELTA: float(moved.delta),
            metrics.COLLAPSED: float(moved.collapsed),
            metrics.TEXT_ONLY: float(frequency.accuracy),
            metrics.TEXT_DISPLACEMENT: of_text,
            metrics.IMAGE_DISPLACEMENT: of_image,
            metrics.MISALIGNMENT: misalignment,
            metrics.DISPLACEMENT_COSINE: float(same_way.mean()),
        }
        positive = hard_positive(self)
        return found if positive is None else found | {metrics.HARD_POSITIVE: positive}


def text_scores(cosines: Float[np.ndarray, "n 2 2"]) -> Measures:
    """The text score, its two halves, and the group score.

    Args:
        cosines: of x and x~ with y and y'.
    """
    scores = pair_scores(cosines)
    return {
        metrics.TEXT_SCORE: float(scores.text.accuracy),
        metrics.FAMILIAR_IMAGE: float(accuracy(cosines[:, 0, 0], cosines[:, 0, 1]).accuracy),
        metrics.NOVEL_IMAGE: float(accuracy(cosines[:, 1, 1], cosines[:, 1, 0]).accuracy),
        metrics.GROUP_SCORE: float(scores.group),
    }


def hard_positive(pairs: HardPairs) -> float | None:
    """How often x prefers a paraphrase y+ of its caption that is never drawn to y'.

    y+ says the scene of x, as y does; each of those is as likely. None where no scene of the pairs
    has any.

    Args:
        pairs: with their hard negatives y'.

    Source: asked of real encoders by [kamath2024].
    """
    encoded = pairs.encoded
    table, said = encoded.table, encoded.table.said
    undrawn = np.flatnonzero(~table.support)
    of_scene = ResultTable.of(Edges(said[undrawn], undrawn), table.captions)
    row, positive = of_scene.edges_from(said[pairs.caption])
    # Of a fixed set y itself may be among those that are never drawn.
    other = positive != pairs.caption[row]
    row, positive = row[other], positive[other]
    if not len(row):
        return None
    image, text = unit(encoded.image[pairs.row]), unit(encoded.text)
    right, wrong = (
        np.einsum("nd,nd->n", image[row], text[which]) for which in (positive, pairs.negative[row])
    )
    weight = (1.0 / np.bincount(row)[row]).astype(right.dtype)
    return float(accuracy(right, wrong, weight / weight.sum()).accuracy)


def one_hard_negative(
    table: FiniteWorld,
    edges: Edges,
    captions: Int[np.ndarray, " n"],
    draws: Float[np.ndarray, " n"],
) -> tuple[Int[np.ndarray, " m"], Int[np.ndarray, " m"]]:
    """One of the distinct hard negatives of each caption that has any.

    Args:
        table: the world.
        edges: y - y' for y' in T(y).
        captions: y.
        draws: which one, in [0, 1).

    Returns:
        Which of the captions have one, and it.
    """
    found = ResultTable.of_hard_negatives(edges, table.said)
    (row,) = np.nonzero(found.count[captions])
    of = captions[row]
    return row, found.target[found.first[of] + (draws[row] * found.count[of]).astype(int)]


def some_hard_negatives(
    encoded: EncodedWorld, edges: Edges, M: int, key: Key[Array, ""]
) -> Int[np.ndarray, "n M"]:
    """M hard negatives of each fresh pair's caption, drawn as `HardNegativesSCM` draws them.

    They are distinct where there are M; else all of them come in turn, in random order.

    Args:
        encoded: the fresh pairs.
        edges: those that an operator, or a word over operators, draws between captions.
        M: how many, at least 1.
        key: random key.

    Raises:
        ArgumentError: if a caption has no hard negative.
    """
    found = ResultTable.of_hard_negatives(edges, encoded.table.said)
    available = found.count[encoded.caption]
    expected = "an operator that makes a hard negative of every caption that is drawn"
    require(bool(available.all()), "edges", expected, f"none for {np.sum(available == 0)} pairs")
    draws = np.array(first_of(jax.random.uniform, key, (len(available), int(available.max()))))
    draws[np.arange(draws.shape[1]) >= available[:, None]] = np.inf
    turn = np.arange(M) % available[:, None]
    place = np.take_along_axis(np.argsort(draws, axis=1), turn, axis=1)
    return found.target[found.first[encoded.caption][:, None] + place]


def retrieval(encoded: EncodedWorld) -> float:
    """How often an image's nearest caption, of all that are drawn, is one of its scene.

    Captions that tie for the first place share it.
    """
    drawn = np.flatnonzero(encoded.table.support)
    cosines = unit(encoded.image) @ unit(encoded.text[drawn]).T
    nearest = cosines >= cosines.max(axis=1, keepdims=True) - TIE
    right = nearest & (encoded.table.said[drawn] == encoded.scene[:, None])
    return float(np.mean(right.sum(axis=1) / nearest.sum(axis=1)))
