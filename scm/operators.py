"""Operators on captions and scenes: what each is, the list of them, and how they apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int

from scm.array_module import AnyArray, array_module
from scm.checks import require
from scm.grammar import Grammar
from scm.registry import CONFIGS, ConfigRegistry


@runtime_checkable
class Operator(Protocol):
    """A partial, multi-valued map T on the well-formed captions W, and so on scenes.

    An operator is hashable, a frozen dataclass for example. It sees a caption as its row of
    concepts and choices (`CaptionSpace`), so what it does to a caption it does to the scene.
    """

    @property
    def name(self) -> str:
        """What its results are called, "SWAP" for example."""
        ...

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """T(y) for well-formed captions y; pure, on numpy as on tracers.

        Returns:
            Rows, as many a caption whatever the caption is, and which of them are in T(y).
        """
        ...


OPERATORS: ConfigRegistry[type[Operator]] = ConfigRegistry("operator")
"""Operators by name; built without arguments each does all it can."""


@dataclass(frozen=True)
class Word:
    """A word over operators: the first is applied first, its depth is its length.

    Attributes:
        operators: one or more.

    Raises:
        ValueError: if there is no operator.
    """

    operators: tuple[Operator, ...]

    def __post_init__(self) -> None:
        require(len(self.operators) > 0, "operators", "at least one operator", self.operators)

    @property
    def name(self) -> str:
        """The names of its operators, first to last."""
        return " ".join(operator.name for operator in self.operators)

    def variants(
        self, grammar: Grammar, rows: Int[AnyArray, "n d"]
    ) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
        """The results of all paths; the last operator's variants vary fastest."""
        xp = array_module(rows)
        results, valid = rows[:, None, :], xp.ones((len(rows), 1), bool)
        for operator in self.operators:
            flat = results.reshape(-1, rows.shape[1])
            further, applies = operator.variants(grammar, flat)
            results = further.reshape(len(rows), -1, rows.shape[1])
            valid = (valid.reshape(-1, 1) & applies).reshape(len(rows), -1)
        return results, valid


def apply_to_tokens(
    operator: Operator, grammar: Grammar, tokens: Int[AnyArray, "n length"]
) -> tuple[Int[AnyArray, "n variants length"], Bool[AnyArray, "n variants"]]:
    """T(y) of captions as tokens.

    Returns:
        Captions, and which of them are in T(y). The others repeat y, so that whoever reads all of
        them reads captions; a y that is not well-formed has only such.
    """
    xp = array_module(tokens)
    rows, formed = grammar.read(tokens)
    results, valid = operator.variants(grammar, rows)
    valid = valid & formed[:, None]
    written = grammar.write(results.reshape(-1, rows.shape[1]))
    written = written.reshape(*valid.shape, tokens.shape[1])
    return xp.where(valid[:, :, None], written, tokens[:, None, :]), valid


def apply_to_caption(operator: Operator, grammar: Grammar, caption: str) -> tuple[str, ...]:
    """T(y) of a caption in words.

    Raises:
        ValueError: if the caption is not well-formed.
    """
    rows = grammar.row(caption)[None, :]
    results, valid = operator.variants(grammar, rows)
    written = grammar.write(results[valid])
    return tuple(grammar.lexicon.decode(tokens) for tokens in np.unique(written, axis=0))


def apply_to_scenes(
    operator: Operator, grammar: Grammar, concepts: Int[AnyArray, "n m"]
) -> tuple[Int[AnyArray, "n variants m"], Bool[AnyArray, "n variants"]]:
    """T on scenes: what T makes of the scene's plainest caption, read as a scene.

    Returns:
        Scenes, and which of them are results of T other than the scene itself.
    """
    xp = array_module(concepts)
    results, valid = operator.variants(grammar, grammar.plain(concepts))
    scenes = results[:, :, : concepts.shape[1]]
    return scenes, valid & xp.any(scenes != concepts[:, None, :], axis=2)


CONFIGS.register("word", Word)
