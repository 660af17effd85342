"""Iterated negatives: what words over operators make of captions, by grammar or by heuristics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import jax
import numpy as np

from experiments.captions.words import Part, lemmas, words_of
from experiments.iterated.free_text import Contexts, FreeText
from experiments.vocabulary.readings import JOINT
from scm import OPERATORS, WORLDS
from scm.arguments import ArgumentError, require, require_choice, require_integer, require_seed
from scm.keys import named_key
from scm.scenes.rewritings import hard_negatives
from scm.scenes.scene_world import SceneWorld


@dataclass(frozen=True)
class Negative:
    """A hard negative of a user's caption, as a line of our own format of pairs.

    Attributes:
        caption: y.
        negative: y'.
        dataset: the name of the file that y is from.
        category: the word over operators that makes y' of y, as ``operator`` says it.
        id: the number of y in its file, from 0, and that of y' among its negatives.
        operator: the word.
        depth: its length.
        checked: whether a grammar says that y' is well-formed and another scene than y; free text
            is not checked.
    """

    caption: str
    negative: str
    dataset: str
    category: str
    id: str
    operator: str
    depth: int
    checked: bool

    def to_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


def scene_worlds(name: str | None) -> dict[str, SceneWorld]:
    """The worlds whose grammar captions are tried by.

    Args:
        name: of one; None for all that have captions in words.

    Raises:
        ArgumentError: if there is none of that name, or it has no captions in words.
    """
    if name is not None:
        require_choice("world", name, WORLDS)
    found: dict[str, SceneWorld] = {}
    for each in WORLDS if name is None else (name,):
        config = WORLDS[each]()
        if not hasattr(config, "grammar"):
            continue
        world = config.build(named_key(jax.random.key(0), "world"))
        if isinstance(world, SceneWorld):
            found[each] = world
    require(name is None or bool(found), "world", "one with captions in words", name)
    return found


def negatives(
    captions: Sequence[str],
    operators: Sequence[str],
    *,
    depth: int,
    limit: int,
    worlds: Mapping[str, SceneWorld],
    dataset: str,
    seed: int,
) -> Iterator[Negative]:
    """Hard negatives of captions, caption by caption, each once, shortest words first.

    Where a world's grammar reads a caption the negatives are well-formed captions of other scenes.
    Elsewhere they are free text, see `experiments.iterated.free_text`. Where there are more than
    ``limit``, each depth gets an equal share of it, by chance; in free text so many of one depth
    are taken further, by so many steps each, so that from depth 3 on a shorter word may exist that
    was not tried.

    Args:
        captions: of a user.
        operators: names of SWAP, REPLACE or ADD.
        depth: length of the longest words, at least 1.
        limit: negatives of each caption, at least 1.
        worlds: whose grammars are tried, see `scene_worlds`.
        dataset: the name of the file.
        seed: of what is left out.

    Raises:
        ArgumentError: for an operator that is none, or a depth, limit or seed out of range.
    """
    require(bool(operators), "operators", "at least one operator", "none")
    for name in operators:
        require_choice("operators", name, OPERATORS)
    require_integer("depth", depth, 1)
    require_integer("limit", limit, 1)
    require_seed("seed", seed)
    contexts = Contexts.of(captions)
    for n, caption in enumerate(captions):
        rng = np.random.default_rng([seed, n])
        found = _by_grammar(caption, operators, depth, worlds)
        checked = found is not None
        if found is None:
            found = _by_context(caption, operators, depth, limit, contexts, rng)
        for m, (negative, word) in enumerate(_chosen(found, limit, rng)):
            said = JOINT.join(word)
            yield Negative(caption, negative, dataset, said, f"{n}:{m}", said, len(word), checked)


def _by_grammar(
    caption: str, operators: Sequence[str], depth: int, worlds: Mapping[str, SceneWorld]
) -> dict[str, tuple[str, ...]] | None:
    """Words by the negatives that they make; None where no grammar reads the caption."""
    for world in worlds.values():
        try:
            world.grammar.row(caption)
        except ArgumentError:
            continue
        family = [OPERATORS[name]() for name in operators]
        made = hard_negatives(world, caption, family, depth)
        return {one.caption: one.operators for one in made}
    return None


def _by_context(
    caption: str,
    operators: Sequence[str],
    depth: int,
    limit: int,
    contexts: Contexts,
    rng: np.random.Generator,
) -> dict[str, tuple[str, ...]]:
    """The same of free text, breadth first; what says the same atoms in the same order is none."""
    atoms = lemmas(words_of(caption), Part.RELATION)
    found: dict[str, tuple[str, ...]] = {caption: ()}
    layer = [caption]
    for length in range(1, depth + 1):
        if len(layer) > limit:
            layer = [layer[i] for i in sorted(rng.choice(len(layer), limit, replace=False))]
        further: list[str] = []
        for text in layer:
            free = FreeText(text)
            edits = list(free.edits(operators, contexts))
            if length > 1 and len(edits) > limit:
                edits = [edits[i] for i in sorted(rng.choice(len(edits), limit, replace=False))]
            for edit in edits:
                made = free.after(edit)
                if made not in found:
                    found[made] = (*found[text], edit.operator)
                    further.append(made)
        layer = further
    return {
        text: word
        for text, word in found.items()
        # One step always changes an atom; two may come back by another form of the same words.
        if len(word) == 1 or (word and lemmas(words_of(text), Part.RELATION) != atoms)
    }


def _chosen(
    found: dict[str, tuple[str, ...]], limit: int, rng: np.random.Generator
) -> list[tuple[str, tuple[str, ...]]]:
    """At most ``limit`` of them, as many of each depth as there are, in their order."""
    if len(found) <= limit:
        return list(found.items())
    order = rng.permutation(len(found))
    items = list(found.items())
    seen: dict[int, int] = {}
    turns: list[tuple[int, int]] = []
    for place in order:
        length = len(items[place][1])
        seen[length] = seen.get(length, 0) + 1
        turns.append((seen[length], int(place)))
    return [items[place] for place in sorted(place for _, place in sorted(turns)[:limit])]
