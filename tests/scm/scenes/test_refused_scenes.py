"""Scene worlds that cannot be are refused in a sentence."""

from __future__ import annotations

import jax
import pytest

from scm import Add, Coverage, Replace, SceneConfig, Swap

KEY = jax.random.key(0)

NOUN = Replace("object 0 noun")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nouns": ()}, r"nouns: expected at least one word, got \(\)"),
        ({"attributes": ((),)}, "attributes: expected at least one word a slot"),
        ({"nouns": ("disc", "disc")}, "words: expected distinct words.*got 'disc'"),
        ({"max_objects": 5}, "max_objects: expected at most 4, got 5"),
        ({"nouns": ("disc",)}, "max_objects: expected at most the number of nouns, 1"),
        ({"min_objects": 3}, "max_objects: expected an integer of at least 3, got 2"),
        ({"relations": ()}, "relations: expected distinct ones of horizontal, vertical"),
        ({"paraphrase": 1.5}, r"paraphrase: expected a number in \[0, 1\], got 1.5"),
        (
            {"coverage": (Coverage(Swap(), 0.5), Coverage(NOUN, 0.2))},
            r"coverage: expected one operator's coverage below 1 at a time, got \[0.5, 0.2\]",
        ),
        (
            {"coverage": (Coverage(Swap(), 0.5), Coverage(NOUN))},
            "coverage: expected coverages that make one law of scenes",
        ),
        ({"coverage": (Coverage(Add()),)}, "coverage: expected an operator that changes a scene"),
        (
            {"coverage": (Coverage(NOUN, theta=0.2),)},
            "theta: expected 0.5 where an orbit has 3 scenes or more",
        ),
        (
            {"coverage": (Coverage(),), "co_occurrence": 1.0},
            "co_occurrence: expected 0 where a coverage is the law",
        ),
        (
            {"nouns": tuple(f"n{i}" for i in range(20)), "max_objects": 4},
            "scenes: expected a world of at most 100,000 scenes, got ",
        ),
        ({"co_occurrence": 2000.0}, "co_occurrence: expected a strength at which every scene has"),
        ({"co_occurrence": 1e308}, "co_occurrence: expected a strength at which every scene has"),
    ],
)
def test_bad_worlds_get_one_sentence(blank_images, settings, message):
    with pytest.raises(ValueError, match=message):
        SceneConfig(**settings, images=blank_images).build(KEY)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rho": 1.5}, r"rho: expected a number in \[0, 1\], got 1.5"),
        ({"rho": -0.1}, r"rho: expected a number in \[0, 1\]"),
        ({"theta": 0.0}, r"theta: expected a number in \(0, 1\]"),
        ({"theta": 0.3, "law": "scenes"}, "theta: expected 0.5 where scenes are equiprobable"),
    ],
)
def test_bad_coverages_get_one_sentence(settings, message):
    with pytest.raises(ValueError, match=message):
        Coverage(**settings)


def test_a_world_too_large_to_enumerate_is_refused(blank_images):
    config = SceneConfig(
        attributes=(("red", "blue"), ("big", "small")),
        definite=0.5,
        paraphrase=0.5,
        coordination=0.5,
        max_objects=3,
        images=blank_images,
        synonyms=tuple((word, f"{word}s") for word in ("red", "blue", "big", "small")),
        synonym=0.5,
    )
    world = config.build(KEY)
    # Drawing from it enumerates no captions.
    assert world.sample(KEY, 3).text.shape == (3, world.grammar.length)
    with pytest.raises(ValueError, match="captions: expected a world of at most 200,000 captions"):
        world.caption_table()
