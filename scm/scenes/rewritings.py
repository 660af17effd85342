"""Hard negatives: what words over operators make of a caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scm.arguments import require_integer
from scm.operators.operator import Operator, apply_to_rows
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
    start = grammar.row(caption)
    scene = grammar.space.index(grammar.split(start[None, :])[0])[0]
    seen = {start.tobytes()}
    frontier = [(start, ())]
    for _ in range(depth):
        rows = np.stack([row for row, _ in frontier])
        reached = []
        for operator in operators:
            results, valid = apply_to_rows(operator, grammar, rows)
            for n, variant in zip(*np.nonzero(valid), strict=True):
                row = results[n, variant]
                if row.tobytes() not in seen:
                    seen.add(row.tobytes())
                    reached.append((row, (*frontier[n][1], operator.name)))
        if not reached:
            return
        frontier = reached
        tokens = grammar.write(np.stack([row for row, _ in frontier]))
        said, drawn = world.read(tokens)
        for n, (_, names) in enumerate(frontier):
            yield Rewriting(
                caption=grammar.lexicon.decode(tokens[n]),
                operators=names,
                in_support=bool(drawn[n]),
                changes_scene=bool(said[n] != scene),
            )


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
