"""Worlds that a user tells in words: what there is, what training draws, and what is rewritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from proofs_check import FiniteWorld, caption_world
from scm import OPERATORS, Replace, SceneConfig
from scm.arguments import require, require_choice
from scm.operators.operator import Operator

COLOUR_REPLACED = "REPLACE of the first attribute"


def families() -> dict[str, Callable[[], Operator]]:
    """Operators that a user chooses from, by name: all that are registered, and one more."""
    return {**OPERATORS, COLOUR_REPLACED: lambda: Replace("object 0 attribute 0")}


@dataclass(frozen=True)
class WordedWorld:
    """What a user writes of a world.

    Attributes:
        nouns: words with commas between.
        attributes: words with commas between; empty for none.
        drawn: captions of training, a line each, with a weight behind a colon where it is not 1.
        operators: names of `families`.
        objects: objects of a scene.
        optional: whether an object may lack its attribute.
        vertical: whether objects stand above each other; else side by side.
    """

    nouns: str
    attributes: str
    drawn: str
    operators: Sequence[str]
    objects: int = 1
    optional: bool = False
    vertical: bool = False

    def finite(self) -> FiniteWorld:
        """The world's exact tables.

        Raises:
            ArgumentError: if a caption is not well-formed or a weight no number above 0, or there
                is no such operator; the text says which.
        """
        require(len(self.operators) > 0, "operators", "at least one", self.operators)
        for name in self.operators:
            require_choice("operators", name, families())
        attributes = _listed(self.attributes)
        config = SceneConfig(
            nouns=_listed(self.nouns),
            attributes=(attributes,) if attributes else (),
            optional_attributes=self.optional,
            relations=("vertical",) if self.vertical else ("horizontal",),
            min_objects=self.objects,
            max_objects=self.objects,
        )
        weights = dict(_weighed(line) for line in self.drawn.splitlines() if line.strip())
        return caption_world(config, weights, [families()[name]() for name in self.operators])


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _weighed(line: str) -> tuple[str, float]:
    caption, _, weight = line.partition(":")
    try:
        return " ".join(caption.split()), float(weight or 1.0)
    except ValueError:
        require(False, "captions", "a number behind the colon", line)
        raise


WORDED_WORLDS: Mapping[str, WordedWorld] = MappingProxyType(
    {
        "white cat, black dog: colours replaced": WordedWorld(
            "cat, dog", "white, black", "a white cat\na black dog", (COLOUR_REPLACED,)
        ),
        "white cat, black dog: colours and animals replaced": WordedWorld(
            "cat, dog", "white, black", "a white cat\na black dog", ("REPLACE",)
        ),
        "bulb above grass: one order of each pair": WordedWorld(
            "bulb, grass, lamp",
            "",
            "a bulb above a grass\na lamp above a bulb: 2\na lamp above a grass",
            ("SWAP",),
            objects=2,
            vertical=True,
        ),
        "bulb above grass, and grass above bulb": WordedWorld(
            "bulb, grass",
            "",
            "a bulb above a grass: 3\na grass above a bulb: 1",
            ("SWAP",),
            objects=2,
            vertical=True,
        ),
        "cats, dogs and birds: white is added": WordedWorld(
            "cat, dog, bird",
            "white",
            "a cat\na white dog\na bird\na white bird",
            ("ADD",),
            optional=True,
        ),
    }
)
"""Worlds to begin with."""
