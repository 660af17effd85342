"""Finite worlds as exact tables: scenes, images and captions, and how often they meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from scm import CaptionTable, SceneSCM
from scm.checks import require
from scm.operators import Operator
from scm.orbits import Edges, orbits

MAX_ENTRIES = 1_000_000
"""Most entries of a joint table. Exact quantities of as many take seconds."""

_SUM = 1e-9
"""Bound on the rounding of a sum of `MAX_ENTRIES` probabilities, each exact to 1e-16."""


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
        ValueError: if an index is out of range, probabilities are not positive with sum 1, or
            there are more than `MAX_ENTRIES` entries.
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
        entries = len(self.probability)
        require(entries <= MAX_ENTRIES, "world", f"at most {MAX_ENTRIES:,} entries", entries)
        for name, index, size in (
            ("shown", self.shown, self.scenes),
            ("said", self.said, self.scenes),
            ("image", self.image, self.images),
            ("scene", self.scene, self.scenes),
            ("caption", self.caption, self.captions),
            *((name, np.concatenate(edges), self.captions) for name, edges in self.edges),
        ):
            inside = bool(np.all((index >= 0) & (index < size)))
            require(inside, name, f"indices from 0 to {size - 1}", index)
        total = float(self.probability.sum())
        positive = bool(np.all(self.probability > 0)) and abs(total - 1) <= _SUM
        require(positive, "probability", "positive numbers with sum 1", total)

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
        """
        size = len(scene_probability)
        inside = bool(np.all((said >= 0) & (said < size)))
        require(inside, "said", f"indices from 0 to {size - 1}", said)
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
    def from_scenes(cls, world: SceneSCM, operators: Sequence[Operator]) -> FiniteWorld:
        """The tables of a scene world; its images enter through the scenes they show.

        Raises:
            ValueError: if the world has too many captions to enumerate, or two operators have one
                name.
        """
        return cls.from_captions(world.caption_table(), operators)

    @classmethod
    def from_captions(cls, table: CaptionTable, operators: Sequence[Operator]) -> FiniteWorld:
        """The world of a table of captions, with one image a scene.

        Raises:
            ValueError: if two operators have one name.
        """
        names = [operator.name for operator in operators]
        distinct = len(set(names)) == len(names)
        require(distinct, "operators", "distinct names", ", ".join(names))
        return cls.from_tables(
            table.scene_probability,
            table.scene,
            table.caption_probability,
            {operator.name: table.edges(operator) for operator in operators},
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
