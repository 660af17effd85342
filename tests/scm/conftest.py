"""What tests of scenes share."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import pytest
from hypothesis import strategies as st

from scm import Grammar, Lexicon, SceneSpace
from scm.pytree import pytree_dataclass

NOUNS = ("disc", "square", "ring", "cross")
SLOTS = (("red", "blue"), ("big", "small"))


@st.composite
def _settings(draw):
    nouns = NOUNS[: draw(st.integers(2, 4))]
    slots = SLOTS[: draw(st.integers(0, 2))]
    most = draw(st.integers(1, min(3, len(nouns))))
    space = {
        "nouns": len(nouns),
        "attributes": tuple(len(slot) for slot in slots),
        "optional_attributes": draw(st.booleans()),
        "relations": draw(st.sampled_from([(0,), (1,), (0, 1)])),
        "min_objects": draw(st.integers(1, most)),
        "max_objects": most,
        "repeated_nouns": draw(st.booleans()),
    }
    groups = [("disc", "circle", "round"), ("red", "crimson")] if slots else [("disc", "circle")]
    synonyms = tuple(groups[: draw(st.integers(0, len(groups)))])
    return space, (nouns, slots, synonyms), [draw(st.booleans()) for _ in range(3)]


@pytest.fixture(scope="session")
def draw_grammar():
    """Draw a small grammar.

    Made outside the strategy: beartype, which checks it, uses `random`, which strategies must not.
    """

    def draw(data):
        space, words, flags = data.draw(_settings())
        return Grammar(SceneSpace(**space), Lexicon.create(*words), *flags)

    return draw


@pytree_dataclass
class BlankImages:
    """Images that show the nouns and one number of style."""

    def latents(self, key, scenes):
        shape = (len(scenes.nouns), 1)
        return {"z_dp_img": jax.random.normal(key, shape), "z_pr_img": jnp.zeros((shape[0], 0))}

    def render(self, scenes, z_dp_img, z_pr_img):
        return jnp.concatenate([scenes.nouns.astype(z_dp_img.dtype), z_dp_img, z_pr_img], axis=1)

    def sample(self, key, scenes):
        latents = self.latents(key, scenes)
        return self.render(scenes, **latents), latents


@dataclass(frozen=True)
class BlankImagesConfig:
    """Settings of `BlankImages`: none."""

    def build(self, key, n_nouns, attribute_sizes, n_relations, max_objects):  # noqa: ARG002
        return BlankImages()


@pytest.fixture(scope="session")
def blank_images():
    """An image side that costs nothing."""
    return BlankImagesConfig()


@pytest.fixture(autouse=True)
def _strict(strict_promotion):
    """No dtype is promoted implicitly here."""
