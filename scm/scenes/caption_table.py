"""The exact tables of a scene world: which captions there are and how probable each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from scm.arguments import require, require_probabilities
from scm.array_module import AnyArray
from scm.language.grammar import Grammar
from scm.operators.operator import Operator, apply_to_rows
from scm.operators.orbits import Edges, in_pieces, orbits

MAX_CAPTIONS = 200_000
"""Most captions that are enumerated."""


@dataclass(frozen=True)
class CaptionTable:
    """All well-formed captions W of a world, with exact probabilities.

    A caption says one scene, so p(y | z_inv) has one entry a caption: the sparse table is
    (``scene[c]``, c, ``caption_probability[c]``). Captions come scene by scene.

    Attributes:
        grammar: the scenes and words.
        scene_probability: p(z_inv), 0 for scenes that are never drawn.
        rows: the rows of the captions.
        scene: the reading map r: the index of the scene that each caption says.
        caption_probability: p(y | z_inv = r(y)).
    """

    grammar: Grammar
    scene_probability: Float[np.ndarray, " scenes"]
    rows: Int[np.ndarray, "captions d"]
    scene: Int[np.ndarray, " captions"]
    caption_probability: Float[np.ndarray, " captions"]

    @classmethod
    def create(
        cls,
        grammar: Grammar,
        scene_probability: Float[np.ndarray, " scenes"],
        variation: Float[np.ndarray, " q"],
    ) -> CaptionTable:
        """Enumerate a world.

        Args:
            grammar: the scenes and words.
            scene_probability: p(z_inv).
            variation: see `CaptionSpace.probability`.

        Raises:
            ArgumentError: if there are more than `MAX_CAPTIONS` captions, or not a probability for
                each scene and each choice.
        """
        require_probabilities("scene_probability", scene_probability, grammar.space.size)
        require_probabilities("variation", variation, len(grammar.choice_names))
        concepts = grammar.space.concepts
        count = int(np.prod(grammar.limits(concepts) + 1.0, axis=1).sum())
        expected = f"a world of at most {MAX_CAPTIONS:,} captions to enumerate"
        require(count <= MAX_CAPTIONS, "captions", expected, count)
        scene, rows = grammar.enumerate(concepts)
        return cls(grammar, scene_probability, rows, scene, grammar.probability(rows, variation))

    @cached_property
    def tokens(self) -> Int[np.ndarray, "captions length"]:
        """The captions."""
        return self.grammar.write(self.rows)

    @property
    def joint(self) -> Float[np.ndarray, " captions"]:
        """The probability p(y) = p(z_inv, y) at z_inv = r(y)."""
        return self.scene_probability[self.scene] * self.caption_probability

    @property
    def support(self) -> Bool[np.ndarray, " captions"]:
        """Membership in S: which captions are ever drawn."""
        return self.joint > 0

    def index_of_rows(self, rows: Int[AnyArray, "n d"]) -> Int[AnyArray, " n"]:
        """The index of the captions of well-formed rows; runs inside jit."""
        return self.grammar.index(rows)

    def index(self, tokens: Int[np.ndarray, "n length"]) -> Int[np.ndarray, " n"]:
        """The index of captions.

        Raises:
            ArgumentError: if one is not well-formed.
        """
        rows, formed = self.grammar.read(tokens)
        wrong = [self.grammar.lexicon.decode(caption) for caption in tokens[~formed][:1]]
        require(not wrong, "tokens", "well-formed captions of this world", "".join(wrong))
        return self.index_of_rows(rows)

    def next_word(self, scene: int, prefix: str) -> dict[str, float]:
        """The probability p(y_i | z_inv, y_1 ... y_{i-1}) of each next word; "" ends the caption.

        Args:
            scene: its index.
            prefix: the words so far, with spaces between; "" for none.

        Raises:
            ArgumentError: if no caption of the scene begins with ``prefix``.
        """
        words = self.grammar.lexicon.encode(prefix, self.grammar.length)
        said = len(prefix.split())
        mine = (self.scene == scene) & np.all(self.tokens[:, :said] == words[:said], axis=1)
        weight = self.caption_probability[mine]
        require(weight.sum() > 0, "prefix", f"how a caption of scene {scene} begins", prefix)
        following = np.pad(self.tokens[mine], ((0, 0), (0, 1)))[:, said]
        table = np.bincount(following, weight / weight.sum())
        return {self.grammar.lexicon.words[t]: float(table[t]) for t in np.flatnonzero(table)}

    def edges(self, operator: Operator) -> Edges:
        """The edges y - y' for y' in T(y), over all of W, no edge twice.

        Raises:
            ArgumentError: if the operator returns what no captions are; see `apply_to_rows`.
        """
        sources, targets = [], []
        for start, rows in in_pieces(self.rows):
            results, valid = apply_to_rows(operator, self.grammar, rows)
            sources.append(start + np.nonzero(valid)[0])
            targets.append(self.index_of_rows(results[valid]))
        source, target = np.concatenate(sources), np.concatenate(targets)
        first = np.sort(np.unique(source * len(self.rows) + target, return_index=True)[1])
        return Edges(source[first], target[first])

    def orbits(self, operators: Sequence[Operator]) -> Int[np.ndarray, " captions"]:
        """The label Q(y) of each caption's orbit under a family of operators."""
        return orbits(len(self.rows), [self.edges(operator) for operator in operators])

    def probability_of_support(self, operator: Operator) -> float:
        """P(T(Y) in S), T(Y) one of the results with equal probability.

        A caption on which T does not act counts as outside.
        """
        edges = self.edges(operator)
        results = np.bincount(edges.source, minlength=len(self.rows))
        inside = np.bincount(edges.source, self.support[edges.target], len(self.rows))
        return float(np.sum(self.joint * inside / np.maximum(results, 1)))
