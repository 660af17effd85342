"""Operators on captions and scenes: what each is, the list of them, and how they apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np
from jaxtyping import Bool, Int

from scm.arguments import ArgumentError, require
from scm.array_module import AnyArray, array_module
from scm.language.grammar import Grammar
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

        It is called by `apply_to_rows` alone, which takes what is no caption of W out of T(y).

        Args:
            grammar: the captions of a world.
            rows: well-formed captions, one a row.

        Returns:
            Rows, as many a caption whatever the caption is, and which of them are in T(y).
        """
        ...


class OperatorRegistry(ConfigRegistry[Any]):
    """Operators by name; built without arguments each does all it can."""

    def register(self, name: str, entry: Any, version: int = 1) -> Any:
        """Add an operator under ``name`` and return it.

        Args:
            name: see `ConfigRegistry.register`.
            entry: its class.
            version: see `ConfigRegistry.register`.

        Raises:
            ArgumentError: if another has that name, or it cannot be built without arguments, or
                is no operator then.
        """
        try:
            operator = entry()
        except TypeError as error:
            expected = f"operator: expected a class that is built without arguments, got {entry!r}"
            raise ArgumentError(expected) from error
        _require_operator(operator)
        return super().register(name, entry, version)


def _require_operator(operator: Any) -> None:
    """Raise `ArgumentError` unless it has a name and variants."""
    has_both = isinstance(operator, Operator) and isinstance(operator.name, str)
    require(has_both, "operator", "an object with a name and a method variants", operator)


OPERATORS = OperatorRegistry("operator", "token_scm.operators")
"""Operators by name."""


@dataclass(frozen=True)
class Word:
    """A word over operators: the first is applied first, its depth is its length.

    Attributes:
        operators: one or more.

    Raises:
        ArgumentError: if there is no operator.
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
            further, applies = apply_to_rows(operator, grammar, flat)
            results = further.reshape(len(rows), -1, rows.shape[1])
            valid = (valid.reshape(-1, 1) & applies).reshape(len(rows), -1)
        return results, valid


def apply_to_rows(
    operator: Operator, grammar: Grammar, rows: Int[AnyArray, "n d"]
) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
    """T(y) of captions as rows, the one way in which operators are used.

    What an operator returns is checked: shapes and dtypes also inside jit, values on the host.

    Args:
        operator: T.
        grammar: the captions.
        rows: well-formed captions.

    Returns:
        Captions, and which of them are in T(y): those of the operator's that are in W. The others
        repeat y, so that whoever reads all of them reads captions.

    Raises:
        ArgumentError: if ``operator`` is none, fails, or returns what no captions are.
    """
    _require_operator(operator)
    xp = array_module(rows)
    given = rows
    if isinstance(rows, np.ndarray):
        # An operator that changes its input would change the world's own table.
        given = rows.view()
        given.flags.writeable = False
    try:
        results, valid = operator.variants(grammar, given)
    except ArgumentError:
        raise
    except Exception as error:
        expected = "rows of captions and which of them are results"
        raise ArgumentError(f"{operator.name}: expected {expected}, got {error!r}") from error
    _require_variants(operator.name, results, valid, rows)
    results, valid = xp.asarray(results), xp.asarray(valid)
    if xp is np:
        _require_in_range(operator.name, grammar, results[valid])
    results = results.astype(rows.dtype)
    formed = grammar.well_formed(results.reshape(-1, rows.shape[1])).reshape(valid.shape)
    valid = valid & formed
    return xp.where(valid[:, :, None], results, rows[:, None, :]), valid


def _require_variants(
    name: str, results: Any, valid: Any, rows: Int[jax.Array | np.ndarray, "n d"]
) -> None:
    """Raise `ArgumentError` unless these are arrays of the shapes and kinds of variants."""
    n, width = rows.shape
    fits = (
        all(isinstance(array, (np.ndarray, jax.Array)) for array in (results, valid))
        and results.ndim == 3
        and results.shape == (n, results.shape[1], width)
        and valid.shape == results.shape[:2]
        and np.issubdtype(results.dtype, np.integer)
        and valid.dtype == np.bool_
    )
    expected = f"integers of shape ({n}, variants, {width}) and booleans of shape ({n}, variants)"
    got = [
        f"{array.dtype} {array.shape}" if hasattr(array, "shape") else type(array).__name__
        for array in (results, valid)
    ]
    require(fits, name, expected, " and ".join(got))


def _require_in_range(name: str, grammar: Grammar, results: Int[np.ndarray, "results d"]) -> None:
    """Raise `ArgumentError` unless each column has values that some caption could have there."""
    low, high = grammar.ranges
    outside = np.argwhere((results < low) | (results > high))
    if len(outside):
        row, column = outside[0]
        what = (*grammar.space.concept_names, *grammar.choice_names)[column]
        expected = f"{what} from {low[column]} to {high[column]}"
        require(False, name, expected, int(results[row, column]))


def apply_to_tokens(
    operator: Operator, grammar: Grammar, tokens: Int[AnyArray, "n length"]
) -> tuple[Int[AnyArray, "n variants length"], Bool[AnyArray, "n variants"]]:
    """T(y) of captions as tokens.

    Args:
        operator: T.
        grammar: the captions of a world.
        tokens: captions, well-formed or not.

    Returns:
        Captions, and which of them are in T(y). The others repeat y, so that whoever reads all of
        them reads captions; a y that is not well-formed has only such.
    """
    xp = array_module(tokens)
    rows, formed = grammar.read(tokens)
    any_caption = xp.asarray(grammar.plain(grammar.space.concepts[:1]))
    rows = xp.where(formed[:, None], rows, any_caption)
    results, valid = apply_to_rows(operator, grammar, rows)
    valid = valid & formed[:, None]
    written = grammar.write(results.reshape(-1, rows.shape[1]))
    written = written.reshape(*valid.shape, tokens.shape[1])
    return xp.where(valid[:, :, None], written, tokens[:, None, :]), valid


def apply_to_caption(operator: Operator, grammar: Grammar, caption: str) -> tuple[str, ...]:
    """T(y) of a caption in words.

    Args:
        operator: T.
        grammar: the captions of a world.
        caption: y, its words with spaces between.

    Raises:
        ArgumentError: if the caption is not well-formed.
    """
    rows = grammar.row(caption)[None, :]
    results, valid = apply_to_rows(operator, grammar, rows)
    written = grammar.write(results[valid])
    return tuple(grammar.lexicon.decode(tokens) for tokens in np.unique(written, axis=0))


def apply_to_scenes(
    operator: Operator, grammar: Grammar, concepts: Int[AnyArray, "n m"]
) -> tuple[Int[AnyArray, "n variants m"], Bool[AnyArray, "n variants"]]:
    """T on scenes: what T makes of the scene's plainest caption, read as a scene.

    Args:
        operator: T.
        grammar: the captions of a world.
        concepts: scenes, one a row.

    Returns:
        Scenes, and which of them are results of T other than the scene itself.
    """
    xp = array_module(concepts)
    results, valid = apply_to_rows(operator, grammar, grammar.plain(concepts))
    scenes = results[:, :, : concepts.shape[1]]
    return scenes, valid & xp.any(scenes != concepts[:, None, :], axis=2)


CONFIGS.register("word", Word)
