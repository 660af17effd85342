"""Hard negatives: what words over operators make of a caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from jaxtyping import Int

from scm.arguments import require_integer
from scm.language.grammar import Grammar
from scm.operators.operator import Operator, apply_to_rows
from scm.operators.search import layers
from scm.scenes.scene_world import SceneWorld


@dataclass(frozen=True)
class Rewriting:
    """A caption y' of W that a word over operators makes of a caption y.

    Attributes:
        caption: y' in words.
        operators: the names of the operators on a shortest path, first applied first.
        in_support: whether y' is in S: ever drawn.
        changes_scene: whether r(y') is another scene than r(y); y' is then a hard negative.
    """

    caption: str
    operators: tuple[str, ...]
    in_support: bool
    changes_scene: bool

    @property
    def depth(self) -> int:
        """The length of the word."""
        return len(self.operators)


def rewritings(
    world: SceneWorld, caption: str, operators: Sequence[Operator], depth: int
) -> Iterator[Rewriting]:
    """All distinct captions other than y that words of length 1 to ``depth`` make of y.

    Args:
        world: the captions.
        caption: y, well-formed.
        operators: the family; where several reach a caption, the first does.
        depth: length of the longest words, at least 1.

    Raises:
        ArgumentError: if the caption is not well-formed, or ``depth`` is below 1.
    """
    require_integer("depth", depth, 1)
    grammar = world.grammar
    found = _Captions(grammar, operators)
    start = grammar.row(caption)
    scene = grammar.space.index(grammar.split(start[None, :])[0])[0]
    begin = np.array([found.index(start, ())])
    for _, reached in islice(layers(found.edges_from, begin), 1, depth + 1):
        tokens = grammar.write(np.stack([found.rows[index] for index in reached]))
        said, drawn = world.read(tokens)
        for n, index in enumerate(reached):
            yield Rewriting(
                caption=grammar.lexicon.decode(tokens[n]),
                operators=found.words[index],
                in_support=bool(drawn[n]),
                changes_scene=bool(said[n] != scene),
            )


class _Captions:
    """Captions in the order in which they are found: a world may have too many to enumerate.

    Attributes:
        rows: their rows.
        words: the names of the operators by which each was found first.
    """

    def __init__(self, grammar: Grammar, operators: Sequence[Operator]) -> None:
        self.rows: list[Int[np.ndarray, " d"]] = []
        self.words: list[tuple[str, ...]] = []
        self._index: dict[bytes, int] = {}
        self._grammar = grammar
        self._operators = operators

    def index(self, row: Int[np.ndarray, " d"], word: tuple[str, ...]) -> int:
        """The index of a caption that a word has made."""
        index = self._index.setdefault(row.tobytes(), len(self.rows))
        if index == len(self.rows):
            self.rows.append(row)
            self.words.append(word)
        return index

    def edges_from(
        self, captions: Int[np.ndarray, " n"]
    ) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]:
        """See `Step`: one operator after the other, so that the first to reach a caption counts."""
        rows = np.stack([self.rows[index] for index in captions])
        places, targets = [], []
        for operator in self._operators:
            results, valid = apply_to_rows(operator, self._grammar, rows)
            for place, variant in zip(*np.nonzero(valid), strict=True):
                word = (*self.words[captions[place]], operator.name)
                places.append(place)
                targets.append(self.index(results[place, variant], word))
        return np.array(places, int), np.array(targets, int)


def hard_negatives(
    world: SceneWorld, caption: str, operators: Sequence[Operator], depth: int
) -> list[Rewriting]:
    """The `rewritings` y' of y with r(y') != r(y).

    Args:
        world: as for `rewritings`.
        caption: y, well-formed.
        operators: the family.
        depth: length of the longest words, at least 1.
    """
    return [found for found in rewritings(world, caption, operators, depth) if found.changes_scene]
