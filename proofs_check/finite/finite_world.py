"""Finite worlds as exact tables: scenes, images and captions, and how often they meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.marginal import cells
from scm import CaptionTable, SceneWorld
from scm.arguments import (
    SUM,
    require,
    require_indices,
    require_integer,
    require_law,
    require_probabilities,
)
from scm.operators.operator import Operator
from scm.operators.orbits import Edges, orbits

MAX_ENTRIES = 1_000_000
"""Most entries of a joint table. Exact quantities of as many take seconds."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FiniteWorld:
    """The joint law of image, scene and caption, and the operators on captions; all exact.

    The joint p(x, z, y) is sparse: entry e has probability ``probability[e]`` at
    (``image[e]``, ``scene[e]``, ``caption[e]``), and no triple is there twice. What is never drawn
    is declared too: every image shows a scene and every caption of W says one, drawn or not.

    Attributes:
        scenes: the number of scenes Z-bar.
        shown: the scene that each image shows.
        said: the reading map r, the scene that each caption of W says.
        image: of each entry.
        scene: of each entry.
        caption: of each entry.
        probability: of each entry, above 0; they sum to 1.
        operators: edges y - y' for y' in T(y) over W, for each operator T of the family by name.
        words: the captions in words, for people.

    Raises:
        ArgumentError: if an index is out of range, tables that belong together are of different
            lengths, a triple is there twice, probabilities are not positive with sum 1, or there
            are more than `MAX_ENTRIES` entries.
    """

    scenes: int
    shown: Int[np.ndarray, " images"]
    said: Int[np.ndarray, " captions"]
    image: Int[np.ndarray, " entries"]
    scene: Int[np.ndarray, " entries"]
    caption: Int[np.ndarray, " entries"]
    probability: Float[np.ndarray, " entries"]
    operators: Mapping[str, Edges] = field(default_factory=dict)
    words: Sequence[str] | None = None

    def __post_init__(self) -> None:
        require_integer("scenes", self.scenes, 1)
        require_indices("shown", self.shown, self.scenes)
        require_indices("said", self.said, self.scenes)
        require_law("probability", self.probability, positive=True)
        entries = len(self.probability)
        require(entries <= MAX_ENTRIES, "world", f"at most {MAX_ENTRIES:,} entries", entries)
        require_indices("image", self.image, self.images, entries)
        require_indices("scene", self.scene, self.scenes, entries)
        require_indices("caption", self.caption, self.captions, entries)
        triples = np.stack([self.image, self.scene, self.caption])
        place = cells(*triples)
        repeated = np.flatnonzero(np.bincount(place)[place] > 1)
        got = f"{triples[:, repeated[0]].tolist()} twice" if len(repeated) else ""
        expected = "each triple of image, scene and caption once"
        require(not got, "world", expected, got)
        for name, (source, target) in self.edges:
            require_indices(name, source, self.captions)
            require_indices(name, target, self.captions, len(source))
        if self.words is not None:
            expected = f"words of {self.captions} captions"
            require(len(self.words) == self.captions, "words", expected, len(self.words))

    @classmethod
    def from_tables(
        cls,
        scene_probability: Float[np.ndarray, " scenes"],
        said: Int[np.ndarray, " captions"],
        caption_probability: Float[np.ndarray, " captions"],
        operators: Mapping[str, Edges],
        words: Sequence[str] | None = None,
    ) -> FiniteWorld:
        """A world of Assumption 4: one image a scene, and captions that each say one scene.

        Args:
            scene_probability: p(z_inv).
            said: r.
            caption_probability: p(y | z_inv = r(y)).
            operators: see the class.
            words: see the class.

        Raises:
            ArgumentError: as for the class, and if the captions of a scene that is drawn do not
                have probabilities with sum 1.
        """
        require_law("scene_probability", scene_probability)
        require_indices("said", said, len(scene_probability))
        require_probabilities("caption_probability", caption_probability, len(said))
        total = np.bincount(said, caption_probability, len(scene_probability))
        wrong = np.flatnonzero((scene_probability > 0) & (np.abs(total - 1) > SUM))
        got = f"{total[wrong[0]]:g} for scene {wrong[0]}" if len(wrong) else ""
        expected = "a sum of 1 over the captions of each scene that is drawn"
        require(not got, "caption_probability", expected, got)
        joint = scene_probability[said] * caption_probability
        drawn = np.flatnonzero(joint)
        scene = said[drawn]
        return cls(
            scenes=len(scene_probability),
            shown=np.arange(len(scene_probability)),
            said=said,
            image=scene,
            scene=scene,
            caption=drawn,
            probability=joint[drawn],
            operators=operators,
            words=words,
        )

    @classmethod
    def from_scenes(cls, world: SceneWorld, operators: Sequence[Operator]) -> FiniteWorld:
        """The tables of a scene world; its images enter through the scenes they show.

        Args:
            world: the scene world.
            operators: the family, each of its own name.

        Raises:
            ArgumentError: if the world has too many captions to enumerate, or two operators have
                one name.
        """
        return cls.from_captions(world.caption_table(), operators)

    @classmethod
    def from_captions(cls, table: CaptionTable, operators: Sequence[Operator]) -> FiniteWorld:
        """The world of a table of captions, with one image a scene.

        Args:
            table: all captions of W, with their scenes and probabilities.
            operators: the family, each of its own name.

        Raises:
            ArgumentError: if two operators have one name.
        """
        edges = [table.edges(operator) for operator in operators]
        names = [operator.name for operator in operators]
        distinct = len(set(names)) == len(names)
        require(distinct, "operators", "distinct names", ", ".join(names))
        return cls.from_tables(
            table.scene_probability,
            table.scene,
            table.caption_probability,
            dict(zip(names, edges, strict=True)),
            [table.grammar.lexicon.decode(tokens) for tokens in table.tokens],
        )

    @property
    def images(self) -> int:
        """The number of images."""
        return len(self.shown)

    @property
    def captions(self) -> int:
        """The number of captions of W."""
        return len(self.said)

    @property
    def edges(self) -> list[tuple[str, Edges]]:
        """The operators with their edges."""
        return list(self.operators.items())

    @property
    def family(self) -> Edges:
        """The edges of all operators, one operator after the other."""
        ends = [np.stack(edges) for edges in self.operators.values()]
        return Edges(*np.concatenate([np.empty((2, 0), int), *ends], axis=1))

    @cached_property
    def support(self) -> Bool[np.ndarray, " captions"]:
        """Membership in S: which captions are ever drawn."""
        drawn = np.zeros(self.captions, bool)
        drawn[self.caption] = True
        return drawn

    @cached_property
    def orbit(self) -> Int[np.ndarray, " captions"]:
        """The label Q(y) of each caption's orbit under the whole family."""
        if not self.operators:
            return np.arange(self.captions)
        return orbits(self.captions, list(self.operators.values()))
