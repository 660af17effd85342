"""What `tokenscm show` shows of a world: some of its pairs, and what operators make of captions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from scm import (
    COLOURS,
    OPERATORS,
    RADII,
    SHAPES,
    WORLDS,
    Batch,
    PixelImagesConfig,
    Rewriting,
    SceneConfig,
    SceneWorld,
    Side,
    Swap,
    VectorImagesConfig,
    WorldConfig,
    block_sides,
    hard_negatives,
    innermost,
    named_key,
    numbered_key,
)
from scm.arguments import ArgumentError, require, require_integer, require_seed
from scm.images.images import ImagesConfig
from scm.images.vector import VectorImages
from scm.operators.operator import apply_to_rows

SETTINGS: Mapping[str, WorldConfig] = MappingProxyType(
    {
        "scenes": SceneConfig(
            nouns=tuple(SHAPES)[:6],
            attributes=(tuple(COLOURS)[:4], tuple(RADII)),
            optional_attributes=True,
            relations=("horizontal", "vertical"),
            paraphrase=0.5,
            images=PixelImagesConfig(resolution=64),
        )
    }
)
"""Settings of worlds that show more than their defaults do."""

MOST_PAIRS = 64
"""Most pairs on a sheet."""


@dataclass(frozen=True)
class VectorPairs:
    """Pairs of vectors.

    Attributes:
        blocks: under "shared", "image" and "text", the latent blocks of that side by name, then
            its image or its text, or each token of its text; a row a pair. Under "unstated" the
            blocks of a world that does not state their sides.
        captions: of pairs whose texts are words, in their place.
    """

    blocks: Mapping[str, Mapping[str, Float[np.ndarray, "n _"]]]
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """An image of pixels in [0, 1] and its caption in words."""

    image: Float[np.ndarray, "rows columns 3"]
    caption: str


@dataclass(frozen=True)
class ScenePair:
    """A pair of a scene world, and what operators make of it.

    Attributes:
        picture: the pair.
        negatives: the hard negatives of its caption to depth 1.
        examples: for each operator, one of its hard negatives and the image of the scene that it
            says, with the pair's own latents ``z_dp_img`` and ``z_pr_img``; None where the
            operator makes no hard negative of the caption.
    """

    picture: Picture
    negatives: tuple[Rewriting, ...]
    examples: Mapping[str, Picture | None]


Sheet = VectorPairs | tuple[ScenePair, ...]
"""n pairs of a world."""


def images_of(
    name: str, drift: float | None = None, salience: float | None = None
) -> ImagesConfig | None:
    """Images of the world of that name, with a drift of pixels or a salience of vectors.

    Args:
        name: of a world.
        drift: see `scm.PixelImagesConfig`; None for as it is.
        salience: see `scm.VectorImagesConfig`; None for as it is.

    Returns:
        None where neither is asked for.

    Raises:
        ArgumentError: if both are, the world has no images to choose, or a number is outside its
            range.
    """
    if drift is None and salience is None:
        return None
    both = drift is not None and salience is not None
    require(not both, "salience", "no drift beside it: pixels drift, vectors do not", salience)
    scenes = _config_of(name)
    if not isinstance(scenes, SceneConfig):
        argument, value = ("drift", drift) if salience is None else ("salience", salience)
        raise ArgumentError(f"{argument}: expected a world of scenes, got {value} of world {name}")
    if drift is not None:
        pixels = scenes.images if isinstance(scenes.images, PixelImagesConfig) else None
        return replace(pixels or PixelImagesConfig(), drift=drift)
    assert salience is not None
    return vectors_of(scenes, salience)


def vectors_of(scenes: SceneConfig, salience: float, causal: bool = False) -> VectorImagesConfig:
    """Images that are vectors, with an axis for each word at each place.

    Args:
        scenes: the world whose words they show.
        salience: see `scm.VectorImagesConfig`.
        causal: see there.

    Raises:
        ArgumentError: if the salience is outside its range.
    """
    space = scenes.grammar.space
    words = space.max_objects * (space.nouns + sum(space.attributes)) + max(space.relations) + 1
    return VectorImagesConfig(code_size=words, salience=salience, causal=causal)


def _config_of(name: str) -> WorldConfig:
    return SETTINGS[name] if name in SETTINGS else WORLDS[name]()


def show(
    name: str, n: int, seed: int, operators: bool, images: ImagesConfig | None = None
) -> Sheet:
    """Draw the pairs of a sheet.

    Args:
        name: of a world.
        n: number of pairs, at least 1 and at most `MOST_PAIRS`.
        seed: of the world and its pairs.
        operators: whether to apply all registered operators, where captions are words.
        images: of a world of scenes, where not its own; see `images_of`.

    Raises:
        ArgumentError: if there is no such world, or a number is outside its range.
    """
    config = _config_of(name)
    if images is not None and isinstance(config, SceneConfig):
        config = replace(config, images=images)
    return sheet_of(config, n, seed, operators)


def sheet_of(config: WorldConfig, n: int, seed: int, operators: bool = False) -> Sheet:
    """Draw the pairs of a sheet of a world that is told by its settings.

    Args:
        config: of the world.
        n: see `show`, as for the others.
        seed: see there.
        operators: see there.

    Raises:
        ArgumentError: if a number is outside its range.
    """
    require_integer("n", n, 1)
    require(n <= MOST_PAIRS, "n", f"at most {MOST_PAIRS} pairs on a sheet", n)
    key = jax.random.key(require_seed("seed", seed))
    world = config.build(named_key(key, "world"))
    batch = world.sample(named_key(key, "pairs"), int(n))
    scenes = innermost(world)
    if isinstance(scenes, SceneWorld):
        if isinstance(scenes.images, VectorImages):
            return _coded_pairs(scenes, scenes.images, batch)
        return tuple(_scene_pairs(scenes, batch, named_key(key, "examples"), operators))
    return _vector_pairs(batch, block_sides(config))


def captions(pairs: tuple[ScenePair, ...]) -> Iterator[str]:
    """A line for each caption, then one for each of its hard negatives, headed by its operator."""
    width = max(map(len, OPERATORS))
    for number, pair in enumerate(pairs, start=1):
        yield f"{number}  {pair.picture.caption}"
        for negative in pair.negatives:
            yield f"   {' '.join(negative.operators):{width}}  {negative.caption}"


def _vector_pairs(batch: Batch, sides: Mapping[str, Side]) -> VectorPairs:
    blocks: dict[str, dict[str, np.ndarray]] = {"shared": {}, "image": {}, "text": {}}
    for name, block in sorted(batch.latents.items()):
        if block.shape[1] > 0:
            blocks.setdefault(sides.get(name, "unstated"), {})[name] = np.asarray(block)
    blocks["image"]["image x"] = np.asarray(batch.image)
    text = np.asarray(batch.text)
    if text.ndim == 2:
        blocks["text"]["text y"] = text
    else:
        blocks["text"] |= {f"token {i + 1}": text[:, i] for i in range(text.shape[1])}
    return VectorPairs(blocks)


def _coded_pairs(world: SceneWorld, images: VectorImages, batch: Batch) -> VectorPairs:
    """Codes of scenes, and beside them those of the same phrases in the other order.

    Where an image shows faintly where words stand, the two look alike.
    """
    grammar = world.grammar
    concepts = np.asarray(batch.latents["z_inv"])
    rows = grammar.plain(concepts)
    results, valid = apply_to_rows(Swap("phrases"), grammar, rows)
    # Of each row its first result, or itself where it has none.
    candidates = np.concatenate([np.asarray(results), rows[:, None]], axis=1)
    there = np.pad(np.asarray(valid), ((0, 0), (0, 1)), constant_values=True)
    exchanged = candidates[np.arange(len(rows)), np.argmax(there, axis=1)]
    codes = {
        said: np.asarray(images.code(grammar.space.arrays(grammar.split(of)[0])))
        for said, of in (("code of the scene", rows), ("phrases exchanged", exchanged))
    }
    style = {name: np.asarray(batch.latents[name]) for name in ("z_dp_img", "z_pr_img")}
    shown = {name: block for name, block in style.items() if block.shape[1] > 0}
    captions = tuple(grammar.lexicon.decode(tokens) for tokens in np.asarray(batch.text))
    blocks = {"shared": codes, "image": {**shown, "image x": np.asarray(batch.image)}}
    return VectorPairs(blocks, captions)


def _scene_pairs(
    world: SceneWorld, batch: Batch, key: Key[Array, ""], operators: bool
) -> Iterator[ScenePair]:
    family = [operator() for operator in OPERATORS.values()] if operators else []
    for i, tokens in enumerate(np.asarray(batch.text)):
        caption = world.grammar.lexicon.decode(tokens)
        negatives = hard_negatives(world, caption, family, depth=1)
        examples: dict[str, Picture | None] = {}
        for name in (operator.name for operator in family):
            found = [negative for negative in negatives if negative.operators == (name,)]
            examples[name] = None
            if found:
                child = numbered_key(named_key(key, name), i)
                chosen = found[int(jax.random.randint(child, (), 0, len(found)))]
                examples[name] = _counterfactual(world, batch, i, chosen)
        picture = Picture(np.asarray(batch.image[i]), caption)
        yield ScenePair(picture, tuple(negatives), examples)


def _counterfactual(world: SceneWorld, batch: Batch, i: int, negative: Rewriting) -> Picture:
    """The scene that a hard negative of pair i says, with the latents of pair i's image."""
    grammar = world.grammar
    concepts = grammar.split(grammar.row(negative.caption)[None, :])[0]
    image = world.images.render(
        grammar.space.arrays(concepts),
        batch.latents["z_dp_img"][i : i + 1],
        batch.latents["z_pr_img"][i : i + 1],
    )
    return Picture(np.asarray(image[0]), negative.caption)
