"""T2 and T5: they hold in random worlds, and fail as predicted where a condition is dropped."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import pytest
from hypothesis import given, settings

from proofs_check import CLAIMS, T2, T5, ConditionError, Fold, SampledWorld
from proofs_check.strategies import sentence_worlds, token_worlds
from scm import SentenceConfig, TokenConfig
from scm.arguments import ArgumentError
from scm.pytree import pytree_dataclass

WORLDS = 200


def failing(comparisons):
    return [comparison for comparison in comparisons if not comparison.holds]


# The type checker of our tests draws from `random` as it looks into the configs that are built.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@settings(max_examples=WORLDS)
@given(sentence_worlds())
def test_t2_holds_in_sentence_worlds(world):
    assert world.config.satisfies_assumption_1
    assert failing(T2.compare(world)) == []


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@settings(max_examples=WORLDS)
@given(token_worlds())
def test_t5_holds_in_token_worlds(world):
    assert world.config.satisfies_assumption_4
    assert failing(T5.compare(world)) == []


@pytest.mark.parametrize("claim", [T2, T5], ids=lambda claim: claim.id)
def test_worlds_of_the_check_hold(claim):
    worlds = [world() for world in claim.worlds.values()]
    for world in worlds:
        assert failing(claim.compare(world)) == []
    laws = {world.config.law for world in worlds if isinstance(world, SampledWorld)}
    assert laws == {"independent", "gaussian", "dag"}


@pytest.mark.parametrize("name", ["T2", "T5"])
def test_controls_break_a_condition_and_fail_as_predicted(name):
    claim = CLAIMS[name]
    for control in claim.controls:
        world = control.world()
        with pytest.raises(ConditionError, match=f"expected a world .* \\({name}\\)"):
            claim.compare(world)
        assert failing(control.failure(world)) == []


SENTENCE, TOKENS = SentenceConfig(), TokenConfig()


@pytest.mark.parametrize(
    ("claim", "config", "text"),
    [
        (T2, TOKENS, "a sentence-level world"),
        (T5, SENTENCE, "a token-level world"),
        (T2, SentenceConfig(style="copy"), "styles are independent given z_inv"),
        (T2, SentenceConfig(unwritten=2), "text says all of z_inv"),
        (T2, SentenceConfig(unseen=1), "image shows all of z_inv"),
        (T5, TokenConfig(unwritten=1, unmentioned=0.1), "texts mention all of z_inv"),
        (T5, TokenConfig(unseen=1), "image shows all of z_inv"),
    ],
)
def test_a_world_that_breaks_a_condition_is_told_which(claim, config, text):
    with pytest.raises(ConditionError, match=f"world: expected .*{text}"):
        claim.compare(SampledWorld(config, 0))


def test_a_code_that_is_not_proper_is_told_so():
    with pytest.raises(ConditionError, match="code of z_inv that is proper"):
        T2.compare(SampledWorld(SENTENCE, 0, Fold))


def test_a_finite_world_is_refused():
    with pytest.raises(ConditionError, match="a sentence-level world"):
        T2.compare(object())


def test_concepts_that_are_never_left_out_count_as_said():
    world = SampledWorld(TokenConfig(n_inv=1, unwritten=1, unmentioned=0.0), 0)
    assert all(condition.holds(world) for condition in T5.requires)


def test_a_seed_is_a_number():
    with pytest.raises(ArgumentError, match=r"seed: expected an integer of at least 0, got -1"):
        SampledWorld(SENTENCE, -1)


@pytree_dataclass
class Squeezed:
    """A bijection of content into the cube that is not uniform."""

    scale: jax.Array

    degree = 1

    @classmethod
    def of(cls, world):  # noqa: ARG003
        return cls(jnp.asarray(0.5))

    def __call__(self, z):
        return jax.nn.sigmoid(self.scale * z)

    def inverse(self, code):
        return jax.scipy.special.logit(code) / self.scale


def test_a_bijection_that_is_not_uniform_is_no_optimum():
    """A user's own code is measured too: it is aligned and invertible, and yet no optimum."""
    world = SampledWorld(dataclasses.replace(SENTENCE, n_inv=3), 0, Squeezed)
    failed = {comparison.metric for comparison in failing(T2.compare(world))}
    assert failed == {"p-value of uniform codes", "least log|det Dh| - log p"}
