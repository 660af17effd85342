"""Interventions: coordinates and blocks are set, all else keeps its bits, mistakes are refused."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from scm import Intervention, SentenceConfig

KEY = jax.random.key(0)
PAIRS = 64
SIZES = {"z_inv": 3, "z_dp_img": 2, "z_pr_img": 0}


def applied(do, block, n=4):
    natural = jnp.arange(n * SIZES[block], dtype=float).reshape(n, -1)
    result = Intervention.create(SIZES, do, n).apply(block, natural)
    return np.array(natural), np.asarray(result)


def test_no_intervention_changes_nothing():
    for do in (None, {}):
        natural, result = applied(do, "z_inv")
        np.testing.assert_array_equal(natural, result)


@pytest.mark.parametrize("value", [2.5, 3, np.float64(1.5), np.arange(4.0)])
def test_a_coordinate_is_set_for_all_pairs_or_pair_by_pair(value):
    natural, result = applied({"z_inv[1]": value}, "z_inv")
    natural[:, 1] = value
    np.testing.assert_array_equal(result, natural)
    untouched = applied({"z_inv[1]": value}, "z_dp_img")
    np.testing.assert_array_equal(*untouched)


@pytest.mark.parametrize("value", [2.5, np.arange(2.0), np.arange(4.0)[:, None], np.eye(4, 2)])
def test_a_block_is_set_by_what_broadcasts_to_it(value):
    _, result = applied({"z_dp_img": value}, "z_dp_img")
    np.testing.assert_array_equal(result, np.broadcast_to(np.asarray(value), (4, 2)))


def test_a_value_is_set_even_where_it_is_not_a_number():
    _, result = applied({"z_inv[0]": np.nan}, "z_inv")
    assert np.isnan(result[:, 0]).all()
    assert not np.isnan(result[:, 1:]).any()


@pytest.mark.parametrize(
    ("do", "text"),
    [
        ({"z_other": 1.0}, "do: expected one of z_inv, z_dp_img, z_pr_img, or .*, got 'z_other'"),
        ({"z_inv[a]": 1.0}, r"do: expected one of .*, got 'z_inv\[a\]'"),
        ({"z_inv[-1]": 1.0}, r"do: expected one of .*, got 'z_inv\[-1\]'"),
        ({"z_inv[3]": 1.0}, r"do: expected an index below 3 for z_inv, got 'z_inv\[3\]'"),
        ({"z_pr_img[0]": 1.0}, "do: expected an index below 0 for z_pr_img, got .*"),
        (
            {"z_inv": np.zeros(2)},
            r"do: expected a value for z_inv that broadcasts to \(4, 3\), got shape \(2,\)",
        ),
        (
            {"z_inv[0]": np.zeros((3, 1))},
            r"do: expected a value for z_inv\[0\] that broadcasts to \(4,\), got shape \(3, 1\)",
        ),
        (
            {"z_inv": 0.0, "z_inv[1]": 1.0},
            r"do: expected each coordinate to be set once, got 'z_inv\[1\]'",
        ),
        ({"z_inv[1]": 0.0, "z_inv": 1.0}, "do: expected each coordinate to be set once, .*"),
    ],
)
def test_mistakes_are_refused_in_one_sentence(do, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        Intervention.create(SIZES, do, 4)


@pytest.fixture(scope="module")
def world():
    return SentenceConfig(law="dag", edge_probability=1.0, causal=True, style="copy").build(KEY)


DESCENDANTS = {
    "z_inv[4]": {"z_inv", "z_dp_img", "z_dp_txt", "image", "text"},
    "z_inv": {"z_inv", "z_dp_img", "z_dp_txt", "image", "text"},
    "z_dp_img[1]": {"z_dp_img", "z_dp_txt", "image", "text"},
    "z_dp_txt": {"z_dp_txt", "text"},
    "z_pr_img": {"z_pr_img", "image"},
    "z_pr_txt[0]": {"z_pr_txt", "text"},
}


@pytest.mark.parametrize("target", DESCENDANTS)
def test_what_does_not_descend_from_a_set_block_keeps_its_bits(world, target):
    """In a world with every arrow there is: content to styles, the image's style to its copy."""
    factual, changed = (
        {"image": batch.image, "text": batch.text} | batch.latents
        for batch in world.counterfactual(KEY, PAIRS, {target: 1.5})
    )
    for name, before in factual.items():
        moved = bool((before != changed[name]).any())
        assert moved == (name in DESCENDANTS[target]), name
    block = target.partition("[")[0]
    columns = int(target[-2]) if "[" in target else slice(None)
    np.testing.assert_array_equal(changed[block][:, columns], 1.5)


def test_earlier_content_does_not_descend_from_later_content(world):
    factual, changed = world.counterfactual(KEY, PAIRS, {"z_inv[2]": 1.5})
    moved = np.asarray(factual.latents["z_inv"] != changed.latents["z_inv"]).any(axis=0)
    np.testing.assert_array_equal(moved, [False, False, True, True, True])


def test_the_factual_half_of_a_counterfactual_is_the_sample(world):
    factual, changed = world.counterfactual(KEY, PAIRS, {"z_inv": 0.0})
    plain, forced = world.sample(KEY, PAIRS), world.sample(KEY, PAIRS, {"z_inv": 0.0})
    jax.tree.map(np.testing.assert_array_equal, (factual, changed), (plain, forced))


def test_an_intervention_with_its_natural_value_changes_nothing(world):
    batch = world.sample(KEY, PAIRS)
    same = world.sample(KEY, PAIRS, {"z_inv": batch.latents["z_inv"]})
    jax.tree.map(np.testing.assert_array_equal, batch, same)
