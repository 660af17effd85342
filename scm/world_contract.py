"""What every world keeps, as checks that anybody's world can be put to.

.. code-block:: python

    @pytest.mark.parametrize("check", WORLD_CONTRACT)
    def test_my_world(check):
        check(WorldExample(MyConfig(), MyConfig(strength=2.0)))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from scm.batch import Batch
from scm.capabilities import StatesSides, block_sides
from scm.world import World, WorldConfig, innermost

PAIRS = 64
"""How many pairs are drawn."""

ROUNDING = 1e-4
"""Programs that fuse operations in other ways differ by float32's 1e-7 times the values' size, some
10, the number of operations in a row, and the mixings' gains: below 1e-4."""

_ONE, _OTHER = 1, 2
"""Seeds of pairs."""


@dataclass(frozen=True)
class WorldExample:
    """A world that is put to the contract.

    Attributes:
        config: its settings.
        sibling: settings that differ from those in numbers alone, of which no size of an array is
            one, and that draw other pairs; None leaves out what is asked of two worlds.
    """

    config: WorldConfig
    sibling: WorldConfig | None = None

    @cached_property
    def world(self) -> World:
        """The world that ``config`` builds from key 0."""
        return self.config.build(jax.random.key(0))

    @cached_property
    def sibling_world(self) -> World | None:
        """The world that ``sibling`` builds from key 0."""
        return None if self.sibling is None else self.sibling.build(jax.random.key(0))


def assert_world(example: WorldExample) -> None:
    """Assert all of `WORLD_CONTRACT` of a world.

    Raises:
        AssertionError: if one does not hold; the text says which.
    """
    for check in WORLD_CONTRACT:
        check(example)


def configs_are_settings_of_worlds(example: WorldExample) -> None:
    """A config is hashable and builds a world; settings that differ have hashes that differ."""
    _require(isinstance(example.config, WorldConfig), "a config with a method build")
    _require(isinstance(example.world, World), "a world with a method sample")
    _require(hash(example.config) != hash(example.sibling), "another hash for other settings")


def batches_have_a_row_for_every_pair(example: WorldExample) -> None:
    """A batch holds finite float32 or int32 numbers, a row a pair, and content as ``z_inv``."""
    batch = _sample(example.world, _key(_ONE))
    _require(isinstance(batch, Batch), "a Batch")
    _require("z_inv" in batch.latents, "a latent block z_inv")
    arrays = {"image": batch.image, "text": batch.text, **batch.latents}
    if batch.negatives is not None:
        arrays["negatives"] = batch.negatives
    for name, rows in arrays.items():
        _require(rows.shape[0] == PAIRS, f"a row of {name} for every pair")
        _require(rows.dtype in (jnp.float32, jnp.int32), f"float32 or int32 for {name}")
        _require(not rows.weak_type, f"a dtype of its own for {name}")
        _require(bool(jnp.isfinite(rows).all()), f"finite numbers in {name}")


def sides_are_those_of_the_blocks_of_a_batch(example: WorldExample) -> None:
    """A world that states the sides of its blocks states those of all blocks of a batch."""
    if isinstance(innermost(example.config), StatesSides):
        stated = block_sides(example.config)
        drawn = _sample(example.world, _key(_ONE)).latents
        _require(stated.keys() == drawn.keys(), f"sides of the blocks {', '.join(sorted(drawn))}")
        _require(stated["z_inv"] == "shared", "content on the side shared")


def the_same_keys_give_the_same_bits(example: WorldExample) -> None:
    """Worlds and pairs are functions of their keys."""
    again = example.config.build(jax.random.key(0))
    _same_bits(again, example.world)
    _same_bits(_sample(again, _key(_ONE)), _sample(example.world, _key(_ONE)))
    _same_bits(again.sample(_key(_ONE), PAIRS), example.world.sample(_key(_ONE), PAIRS))


def other_keys_give_other_draws(example: WorldExample) -> None:
    """Image, text and content change with the key of the pairs, the image with the world's."""
    one, other = (_sample(example.world, _key(seed)) for seed in (_ONE, _OTHER))
    _require(bool((one.image != other.image).any()), "other images for another key")
    _require(bool((one.text != other.text).any()), "other texts for another key")
    content = (one.latents["z_inv"], other.latents["z_inv"])
    _require(bool((content[0] != content[1]).any()), "other content for another key")
    elsewhere = _sample(example.config.build(jax.random.key(3)), _key(_ONE))
    _require(bool((elsewhere.image != one.image).any()), "other images in another world")


def pairs_of_a_batch_differ(example: WorldExample) -> None:
    """No image is there twice."""
    images = np.asarray(_sample(example.world, _key(_ONE)).image).reshape(PAIRS, -1)
    _require(len(np.unique(images, axis=0)) == PAIRS, "images that all differ")


def jit_equals_no_jit(example: WorldExample) -> None:
    """A compiled world draws the same pairs, up to rounding."""
    _same(_sample(example.world, _key(_ONE)), example.world.sample(_key(_ONE), PAIRS))


def vmap_equals_a_loop(example: WorldExample) -> None:
    """Worlds of one shape, stacked and vmapped over, draw what each draws alone."""
    if example.sibling_world is None:
        return
    worlds, keys = [example.world, example.sibling_world], jax.random.split(_key(_ONE), 2)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *worlds)
    together = _sample_stacked(stacked, keys)
    for i, (alone, key) in enumerate(zip(worlds, keys, strict=True)):
        _same(jax.tree.map(lambda leaf, i=i: leaf[i], together), _sample(alone, key))


def a_world_is_a_tree_of_arrays(example: WorldExample) -> None:
    """Its leaves are arrays with names of their own, and make the same world again."""
    leaves, structure = jax.tree.flatten(example.world)
    arrays = all(isinstance(leaf, jax.Array | np.ndarray) for leaf in leaves)
    _require(arrays, "leaves that are arrays")
    again = jax.tree.unflatten(structure, leaves)
    _require(type(again) is type(example.world), "the same world from its leaves")
    _same_bits(_sample(again, _key(_ONE)), _sample(example.world, _key(_ONE)))
    paths = [path for path, _ in jax.tree.leaves_with_path(example.world)]
    _require(len(set(map(jax.tree_util.keystr, paths))) == len(paths), "a name for every leaf")


def numeric_settings_share_one_program(example: WorldExample) -> None:
    """Settings that differ in numbers alone compile once, and draw other pairs."""
    if example.sibling_world is None:
        return
    structures = map(jax.tree.structure, (example.world, example.sibling_world))
    _require(len(set(structures)) == 1, "one structure for settings that differ in numbers alone")
    batch = _sample(example.world, _key(_ONE))
    traces = len(_traces)
    other = _sample(example.sibling_world, _key(_ONE))
    _require(bool((other.image != batch.image).any()), "other images for other settings")
    _require(len(_traces) == traces, "one program for settings that differ in numbers alone")


WORLD_CONTRACT: tuple[Callable[[WorldExample], None], ...] = (
    configs_are_settings_of_worlds,
    batches_have_a_row_for_every_pair,
    sides_are_those_of_the_blocks_of_a_batch,
    the_same_keys_give_the_same_bits,
    other_keys_give_other_draws,
    pairs_of_a_batch_differ,
    jit_equals_no_jit,
    vmap_equals_a_loop,
    a_world_is_a_tree_of_arrays,
    numeric_settings_share_one_program,
)
"""What every world keeps. Each raises AssertionError where it does not hold of an example."""

_traces: list[World] = []


@jax.jit
def _sample(world: Any, key: Any) -> Batch:
    _traces.append(world)
    return world.sample(key, PAIRS)


_sample_stacked = jax.jit(jax.vmap(lambda world, key: world.sample(key, PAIRS)))


def _key(seed: int) -> jax.Array:
    return jax.random.key(seed)


def _require(holds: bool, expected: str) -> None:
    if not holds:
        raise AssertionError(f"world: expected {expected}")


def _same_bits(one: Any, other: Any) -> None:
    jax.tree.map(np.testing.assert_array_equal, one, other)


def _same(one: Any, other: Any) -> None:
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=ROUNDING, rtol=0), one, other)
