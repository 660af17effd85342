"""What joins a caption to its hard negative: the shortest word over operators."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One operator of a word.

    Attributes:
        operator: SWAP, REPLACE, ADD or REMOVE.
        atoms: the two that are exchanged; what is replaced and by what; what is added or removed.
    """

    operator: str
    atoms: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """How a hard negative is made from its caption.

    Attributes:
        kind: an operator, or several joined by "+"; or one of what is none: see
            `experiments.vocabulary.readings`.
        steps: the word, from the caption to the negative; none where the kind is no operator.
    """

    kind: str
    steps: tuple[Step, ...] = ()

    @property
    def depth(self) -> int:
        """Length of the word."""
        return len(self.steps)
