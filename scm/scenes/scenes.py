"""Compositional scene worlds (Assumption 4, discrete): captions are words, scenes are finite."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from scm.arguments import require, require_bool, require_integer, require_number
from scm.array_module import AnyArray, array_module
from scm.batch import Batch
from scm.capabilities import Side
from scm.images.images import Images, ImagesConfig
from scm.images.vector import VectorImagesConfig
from scm.keys import named_key
from scm.language.grammar import Grammar
from scm.language.lexicon import Group, Lexicon
from scm.language.scene_space import ABSENT, RELATIONS, SceneSpace
from scm.operators.operator import Operator
from scm.pytree import pytree_dataclass, static
from scm.scenes.caption_table import CaptionTable
from scm.scenes.co_occurrence import co_occurrence_law
from scm.scenes.coverage import Coverage, realised_coverage
from scm.world import WORLDS

RelationAxis = Literal["horizontal", "vertical"]

MAX_OBJECTS = 4
"""Most objects of a scene."""


_ROUNDING = 1e-12
"""Bound on the rounding of probabilities: divisions and sums of at most `MAX_SCENES` of them."""


@dataclass(frozen=True, kw_only=True)
class SceneConfig:
    """Settings of a scene world. By default two one-word objects side by side, every order drawn.

    Attributes:
        nouns: a word for each noun, at least one.
        attributes: for each attribute slot, a word for each of its values, at least one.
        optional_attributes: whether an object may lack an attribute.
        relations: the axes along which objects are ordered.
        min_objects: fewest objects of a scene, at least 1.
        max_objects: most objects of a scene, at most `MAX_OBJECTS`.
        repeated_nouns: whether two objects of a scene may have the same noun.
        coverage: the law of scenes, by the orbits that it covers; empty for equiprobable scenes,
            but for ``co_occurrence``. Coverages of several operators must make one law, so at
            most one is below 1.
        co_occurrence: strength s of the dependence between nouns of one scene, at least 0:
            p(z_inv) is proportional to exp(s * sum over pairs of objects of A[noun, noun']), A
            symmetric with standard normal entries.
        paraphrase: probability of the reverse viewpoint, "a sphere right of a cube".
        coordination: probability of "a cube and a sphere from left to right".
        definite: probability of "the" instead of "a", for each object.
        agreement: whether the objects of a caption share the determiner that is drawn for the
            first; captions that mix them are then well-formed and never drawn.
        synonyms: groups of a noun or attribute value and other words for it.
        synonym: probability of another word instead of the first, where there is one.
        images: the image side, vectors unless said otherwise.

    Raises:
        ArgumentError: if a setting is outside its range, a word is there twice, or the world is too
            large.
    """

    nouns: tuple[str, ...] = ("disc", "square", "triangle", "ring", "cross", "diamond")
    attributes: tuple[tuple[str, ...], ...] = ()
    optional_attributes: bool = False
    relations: tuple[RelationAxis, ...] = ("horizontal",)
    min_objects: int = 2
    max_objects: int = 2
    repeated_nouns: bool = False
    coverage: tuple[Coverage, ...] = ()
    co_occurrence: float = 0.0
    paraphrase: float = 0.0
    coordination: float = 0.0
    definite: float = 0.0
    agreement: bool = False
    synonyms: tuple[Group, ...] = ()
    synonym: float = 0.0
    images: ImagesConfig = field(default_factory=VectorImagesConfig)

    def __post_init__(self) -> None:
        require(len(self.nouns) > 0, "nouns", "at least one word", self.nouns)
        for slot in self.attributes:
            require(len(slot) > 0, "attributes", "at least one word a slot", self.attributes)
        require_bool("optional_attributes", self.optional_attributes)
        distinct = 0 < len(self.relations) == len(set(self.relations))
        known = distinct and set(self.relations) <= set(get_args(RelationAxis))
        require(known, "relations", f"distinct ones of {', '.join(RELATIONS)}", self.relations)
        require_integer("min_objects", self.min_objects, 1)
        require_integer("max_objects", self.max_objects, self.min_objects)
        fits = self.max_objects <= MAX_OBJECTS
        require(fits, "max_objects", f"at most {MAX_OBJECTS}", self.max_objects)
        require_bool("repeated_nouns", self.repeated_nouns)
        if not self.repeated_nouns:
            expected = f"at most the number of nouns, {len(self.nouns)}, where none is repeated"
            require(self.max_objects <= len(self.nouns), "max_objects", expected, self.max_objects)
        below = [coverage for coverage in self.coverage if coverage.rho < 1]
        expected = "one operator's coverage below 1 at a time"
        require(len(below) <= 1, "coverage", expected, [coverage.rho for coverage in below])
        require_number("co_occurrence", self.co_occurrence, 0.0)
        if self.coverage:
            expected = "0 where a coverage is the law of scenes"
            require(self.co_occurrence == 0, "co_occurrence", expected, self.co_occurrence)
        require_bool("agreement", self.agreement)
        for name in ("paraphrase", "coordination", "definite", "synonym"):
            require_number(name, getattr(self, name), 0.0, 1.0)
        Lexicon.create(self.nouns, self.attributes, self.synonyms)
        require_integer("scenes", self.grammar.space.size, 1)

    @cached_property
    def grammar(self) -> Grammar:
        """The scenes and their captions: what is well-formed, not how probable it is.

        Words that have probability 0 whatever the scene are not well-formed.
        """
        space = SceneSpace(
            nouns=len(self.nouns),
            attributes=tuple(len(slot) for slot in self.attributes),
            optional_attributes=self.optional_attributes,
            relations=tuple(sorted(RELATIONS[relation] for relation in self.relations)),
            min_objects=self.min_objects,
            max_objects=self.max_objects,
            repeated_nouns=self.repeated_nouns,
        )
        synonyms = self.synonyms if self.synonym > 0 else ()
        return Grammar(
            space=space,
            lexicon=Lexicon.create(self.nouns, self.attributes, synonyms),
            paraphrases=self.paraphrase > 0,
            coordinates=self.coordination > 0,
            definites=self.definite > 0,
            agrees=self.agreement,
        )

    @property
    def sides(self) -> dict[str, Side]:
        """See `StatesSides`."""
        return {
            "z_inv": "shared",
            "scene": "shared",
            "z_dp_txt": "text",
            "z_dp_img": "image",
            "z_pr_img": "image",
        }

    def scene_probability(self, key: Key[Array, ""]) -> Float[np.ndarray, " scenes"]:
        """The law p(z_inv) that the key draws: which orbits are covered, or the co-occurrence.

        Raises:
            ArgumentError: if coverages of several operators do not make one law, or the
                co-occurrence is so strong that a scene's probability is lost.
        """
        # The law is made by numpy, of numbers that are drawn now even where a world is only traced.
        with jax.ensure_compile_time_eval():
            if not self.coverage:
                child = named_key(key, "affinity")
                return co_occurrence_law(self.grammar.space, self.co_occurrence, child)
            child = named_key(key, "coverage")
            laws = [coverage.probability(self.grammar, child) for coverage in self.coverage]
        agree = all(np.allclose(law, laws[0], rtol=0.0, atol=_ROUNDING) for law in laws)
        require(agree, "coverage", "coverages that make one law of scenes", self.coverage)
        return laws[0]

    @property
    def variation(self) -> Float[np.ndarray, " q"]:
        """For each choice of words, the probability of one other than the first."""
        words = self.max_objects * (1 + len(self.attributes))
        chain = [self.paraphrase, self.coordination]
        return np.array(chain + [self.definite] * self.max_objects + [self.synonym] * words)

    def caption_table(self, key: Key[Array, ""]) -> CaptionTable:
        """The exact tables of the world that `build` draws from the key, without its images.

        Raises:
            ArgumentError: if there are too many captions.
        """
        return CaptionTable.create(self.grammar, self.scene_probability(key), self.variation)

    def build(self, key: Key[Array, ""]) -> SceneSCM:
        """Draw which orbits are covered, the co-occurrence and the image side; see `SceneSCM`."""
        return SceneSCM.create(self, key)


@pytree_dataclass
class SceneSCM:
    """A scene world: a finite set of scenes, their captions word by word, and their images.

    A scene z_inv is drawn from its table, then given it a caption from the grammar's tables and,
    independently, an image: X and Y are independent given z_inv, and z_inv = r(Y).

    Which scenes are drawn, and how often each word, are leaves: all coverages and probabilities of
    one grammar share one compiled program. Tables stay in float64 on the host until a program
    takes them in.

    Attributes:
        cumulative: the distribution function of scenes in their order.
        variation: for each choice of words, the probability of one other than the first.
        images: the image side.
        grammar: scenes and words, part of the tree's structure.

    Source: Assumption 4 of the paper [chen2025].
    """

    cumulative: Float[Array | np.ndarray, " scenes"]
    variation: Float[Array | np.ndarray, " q"]
    images: Images
    grammar: Grammar = static()

    @classmethod
    def create(cls, config: SceneConfig, key: Key[Array, ""]) -> SceneSCM:
        """Draw a world.

        Args:
            config: its settings.
            key: random key; each random parameter has its own named child.
        """
        grammar = config.grammar
        space = grammar.space
        probability = config.scene_probability(key)
        images = config.images.build(
            named_key(key, "images"),
            space.nouns,
            space.attributes,
            max(space.relations) + 1,
            space.max_objects,
        )
        cumulative = np.cumsum(probability)
        last = np.flatnonzero(probability)[-1]
        cumulative[last:] = 1.0
        return cls(cumulative, config.variation, images, grammar)

    @property
    def scene_probability(self) -> Float[np.ndarray, " scenes"]:
        """p(z_inv) of each scene, 0 for those that are never drawn; exact to 1e-16."""
        return np.diff(np.asarray(self.cumulative, np.float64), prepend=0.0)

    def realised_coverage(self, operator: Operator) -> float:
        """Of an operator's orbits that are ever drawn, the fraction whose scenes all are.

        Raises:
            ArgumentError: if the operator changes no scene that is drawn.
        """
        return realised_coverage(operator, self.grammar, self.scene_probability)

    def caption_table(self) -> CaptionTable:
        """All well-formed captions with their scenes and exact probabilities.

        Raises:
            ArgumentError: if there are too many.
        """
        variation = np.asarray(self.variation, np.float64)
        return CaptionTable.create(self.grammar, self.scene_probability, variation)

    def read(
        self, tokens: Int[AnyArray, "n length"]
    ) -> tuple[Int[AnyArray, " n"], Bool[AnyArray, " n"]]:
        """What captions say; runs inside jit.

        Returns:
            The reading map r: the index of the scene each caption says, `ABSENT` where it is not
            well-formed; and membership in S: whether the caption is ever drawn.
        """
        rows, formed = self.grammar.read(tokens)
        xp = array_module(tokens)
        scene = self.grammar.space.index(self.grammar.split(rows)[0])
        cumulative = xp.asarray(self.cumulative)
        drawn = cumulative[scene] > xp.where(scene > 0, cumulative[scene - 1], 0.0)
        said = self.grammar.probability(rows, xp.asarray(self.variation)) > 0
        return xp.where(formed, scene, ABSENT), formed & drawn & said

    @partial(jax.jit, static_argnames="n")
    def sample(self, key: Key[Array, ""], n: int) -> Batch:
        """Draw n independent pairs.

        Args:
            key: random key.
            n: number of pairs, static under jit.

        Returns:
            Tokens as ``text``; latents ``z_inv`` (concepts), ``scene`` (its index), ``z_dp_txt``
            (choices of words), and those of the image side.
        """
        draws = jax.random.uniform(named_key(key, "scene"), (n,))
        scene = jnp.searchsorted(jnp.asarray(self.cumulative), draws, side="right")
        scene = scene.astype(jnp.int32)
        concepts = jnp.asarray(self.grammar.space.concepts)[scene]
        variation = jnp.asarray(self.variation)
        uniform = jax.random.uniform(named_key(key, "words"), (n, *variation.shape))
        choices = self.grammar.choose(concepts, variation, uniform)
        image, latents = self.images.sample(
            named_key(key, "image"), self.grammar.space.arrays(concepts)
        )
        return Batch(
            image=image,
            text=self.grammar.write(jnp.concatenate([concepts, choices], axis=1)),
            latents={"z_inv": concepts, "scene": scene[:, None], "z_dp_txt": choices, **latents},
        )


WORLDS.register("scenes", SceneConfig)
