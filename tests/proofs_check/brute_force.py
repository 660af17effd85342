"""All pairs of encoders into a finite codebook: which are optimal, and which of those are blind.

Losses are evaluated by their definitions for every f: images -> codes and g: captions of W ->
codes; nothing is taken from the code under test. A codebook is a matrix of scores s(a, b). Where
codes match by a margin of BETA, f = g = h(z) with h injective comes within e^-BETA of the infimum
over all critics. So optima are the pairs within TIE of the least loss, and it is checked that no
loss lies between TIE and GAP.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from proofs_check import FiniteWorld
from scm.operators.orbits import Edges

BETA = 40.0

TIE = 1e-9
"""Above e^-BETA and the rounding of numbers below 10 BETA."""

MOST_COUNT = 64
"""Most that the counts of a world sum to."""

GAP = 0.5 / MOST_COUNT**2
"""Below the cost of any mistake, at K = 2: two pairs drawn once each, log 2 between them."""

MOST_PAIRS = 20_000
"""Most pairs of encoders of a random world."""


def equality(codes):
    """Codes match or do not."""
    return BETA * np.eye(codes)


def line(codes):
    """Negative squared distances of codes on a line."""
    return -BETA * np.subtract.outer(np.arange(codes), np.arange(codes)) ** 2.0


CODEBOOKS = {"equality": equality, "line": line}


@dataclass(frozen=True)
class TinyWorld:
    """A world of Assumption 4 whose joint law of image and caption is proportional to integers."""

    shown: tuple[int, ...]
    said: tuple[int, ...]
    image_weight: tuple[int, ...]
    caption_weight: tuple[int, ...]
    edges: tuple[tuple[int, int], ...] = ()

    @property
    def counts(self):
        same = np.equal.outer(self.shown, self.said)
        return same * np.multiply.outer(self.image_weight, self.caption_weight)

    @property
    def meanings(self):
        return (*self.shown, *self.said)

    @property
    def drawn_images(self):
        return np.flatnonzero(self.counts.sum(axis=1)).tolist()

    @property
    def drawn_captions(self):
        return np.flatnonzero(self.counts.sum(axis=0)).tolist()

    @property
    def drawn_scenes(self):
        return {self.said[y] for y in self.drawn_captions}

    @property
    def undrawn(self):
        """How many images and captions are never drawn."""
        return len(self.meanings) - len(self.drawn_images) - len(self.drawn_captions)

    @property
    def orbits(self):
        return components(len(self.said), self.edges)

    def law(self, value):
        """Exact law of a function of image and caption."""
        counts = self.counts
        law = {}
        for x, y in np.argwhere(counts).tolist():
            share = Fraction(int(counts[x, y]), int(counts.sum()))
            law[value(x, y)] = law.get(value(x, y), 0) + share
        return law

    @property
    def scene_law(self):
        return self.law(lambda _, y: self.said[y])

    def finite_world(self):
        counts = self.counts
        image, caption = np.nonzero(counts)
        return FiniteWorld(
            scenes=1 + max(self.meanings),
            shown=np.array(self.shown),
            said=np.array(self.said),
            image=image,
            scene=np.array(self.said)[caption],
            caption=caption,
            probability=counts[image, caption] / counts.sum(),
            operators={
                name: Edges(*np.array(edges, int).reshape(-1, 2).T)
                for name, edges in (("T", self.edges[::2]), ("U", self.edges[1::2]))
            },
        )


def components(n, edges):
    """The components of n nodes as lists of their members, in the order of their first."""
    reaches = np.eye(n, dtype=bool)
    for a, b in edges:
        reaches[a, b] = reaches[b, a] = True
    for _ in range(n):
        reaches = reaches @ reaches
    return [np.flatnonzero(row).tolist() for n, row in enumerate(reaches) if not row[:n].any()]


def encoders(codes, items):
    """All maps of items to codes."""
    return np.array(list(itertools.product(range(codes), repeat=items)))


def population_loss(counts, critic):
    """The limit of L_K - log K for a critic of each image, each g and each caption."""
    p = counts / counts.sum()
    image_side = np.log(np.einsum("y,xgy->xg", p.sum(axis=0), np.exp(critic)))
    text_side = np.log(np.einsum("x,xgy->gy", p.sum(axis=1), np.exp(critic)))
    match = np.einsum("xy,xgy->g", p, critic)
    return (p.sum(axis=1) @ image_side + text_side @ p.sum(axis=0)) / 2 - match


def batch_loss(counts, critic):
    """L_2: the mean over all batches of two pairs."""
    drawn = np.argwhere(counts)
    loss = 0.0
    for (x, y), (other_x, other_y) in itertools.product(drawn, drawn):
        weight = counts[x, y] * counts[other_x, other_y] / counts.sum() ** 2
        own = critic[x, :, y]
        image_side = np.logaddexp(0, critic[x, :, other_y] - own)
        loss += weight * (image_side + np.logaddexp(0, critic[other_x, :, y] - own)) / 2
    return loss


LOSSES = {"population": population_loss, "batches of 2": batch_loss}


class Enumeration:
    """All pairs of encoders of a world into a codebook, those for f along rows."""

    def __init__(self, tiny, scores, loss):
        self.tiny = tiny
        self.scores = scores
        self.f = encoders(len(scores), len(tiny.shown))
        self.g = encoders(len(scores), len(tiny.said))
        self.losses = np.array(
            [loss(tiny.counts, scores[f[:, None, None], self.g]) for f in self.f]
        )
        self.least = self.losses.min()
        above = self.losses - self.least
        self.optimal = above <= TIE
        assert not np.any((above > TIE) & (above < GAP))

    def blind(self, members):
        """Which g are constant on some captions."""
        return np.all(self.g[:, members] == self.g[:, members[:1]], axis=1)

    @property
    def wholly_blind(self):
        """Which g are constant on every orbit."""
        return np.all([self.blind(members) for members in self.tiny.orbits], axis=0)

    @property
    def true(self):
        """Which pairs are h(scene) on all images and all of W, h injective."""
        result = np.ones(self.optimal.shape, bool)
        images = len(self.tiny.shown)
        items = list(enumerate(self.tiny.meanings))
        for (a, meaning), (b, other) in itertools.combinations(items, 2):
            first, second = (
                self.f[:, None, i] if i < images else self.g[None, :, i - images] for i in (a, b)
            )
            result &= (first == second) == (meaning == other)
        return result

    def holds(self, image_encoder, text_encoder):
        """Whether a pair given by embeddings is optimal, by the codes of equal embeddings."""
        both = np.concatenate([image_encoder.embeddings, text_encoder.embeddings])
        codes = np.unique(both, axis=0, return_inverse=True)[1]
        images = len(self.tiny.shown)
        f = np.all(self.f == codes[:images], axis=1)
        g = np.all(self.g == codes[images:], axis=1)
        return bool(self.optimal[f][:, g].all()) and bool(f.any() and g.any())


@st.composite
def tiny_worlds(draw, fewest_drawn=1):
    """Worlds of up to three scenes with a number of codes, at least one a scene."""
    scenes = draw(st.integers(fewest_drawn, 3))
    codes = draw(st.integers(max(scenes, 2), 4))
    most = int(math.log(MOST_PAIRS, codes))
    images = draw(st.integers(scenes, min(scenes + 1, most - scenes)))
    captions = draw(st.integers(scenes, min(5, most - images)))
    # Every scene has an image and a caption; more are of any.
    scene = st.integers(0, scenes - 1)
    shown = (*range(scenes), *(draw(scene) for _ in range(images - scenes)))
    said = (*range(scenes), *(draw(scene) for _ in range(captions - scenes)))
    weights = st.integers(0, 2)
    caption = st.integers(0, captions - 1)
    tiny = TinyWorld(
        shown,
        said,
        tuple(draw(weights) for _ in shown),
        tuple(draw(weights) for _ in said),
        tuple(draw(st.lists(st.tuples(caption, caption), max_size=captions))),
    )
    assume(len(tiny.drawn_scenes) >= fewest_drawn)
    assert tiny.counts.sum() <= MOST_COUNT
    return tiny, codes
