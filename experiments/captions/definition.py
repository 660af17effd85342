"""What counts as an operator between two captions in free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from experiments.captions.words import Part
from scm.arguments import require_choice, require_integer, require_number

Counted = Literal["every word", "concepts and relations", "concepts first"]


@dataclass(frozen=True)
class Definition:
    """What counts as one operator, and as a word over several.

    Attributes:
        atom_words: most words that say an atom or a phrase, at least 1.
        depth: most operators in a word, at least 1.
        kept: least share of a caption's words that stay or are exchanged, of the shorter of the
            two, in [0, 1].
        counted: which words say an atom. ``every word``; ``concepts and relations``, where
            articles, pronouns and auxiliaries may change beside; ``concepts first``, where
            prepositions may too beside a change of concepts, and are atoms where concepts stay.

    Raises:
        ArgumentError: if a value is out of its range.
    """

    atom_words: int = 4
    depth: int = 3
    kept: float = 0.5
    counted: Counted = "concepts first"

    def __post_init__(self) -> None:
        require_integer("atom_words", self.atom_words, 1)
        require_integer("depth", self.depth, 1)
        require_number("kept", self.kept, 0.0, 1.0)
        require_choice("counted", self.counted, get_args(Counted))

    @property
    def levels(self) -> tuple[Part, ...]:
        """Least parts of the words that captions are compared by."""
        return {
            "every word": (Part.FUNCTION,),
            "concepts and relations": (Part.RELATION,),
            "concepts first": (Part.CONTENT, Part.RELATION),
        }[self.counted]

    @property
    def free(self) -> bool:
        """Whether function words may change beside."""
        return self.counted != "every word"


USUAL = Definition()

STRICT = Definition(atom_words=1, depth=1, counted="every word")
"""One atom, one word."""
