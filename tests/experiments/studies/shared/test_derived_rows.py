"""Rows that follow from others, beside numbers that are worked out here."""

from __future__ import annotations

import pytest

from experiments.results.record import Row, select
from experiments.studies import STUDIES


def rows_of(name, setting, labels, *measured):
    """Rows of one setting, of seeds 0 and 1, from (metric, labels, values)."""
    return [
        Row(name, "T2", setting, seed, metric, value, labels | of)
        for metric, of, values in measured
        for seed, value in enumerate(values)
    ]


def derived(name, rows):
    """What follows from rows: metric, setting and seed to value."""
    found = list(STUDIES[name].derive(rows))
    values = {(row.metric, row.setting, row.seed): row.value for row in found}
    assert len(values) == len(found)
    return values


MEASURED, PREDICTED = {"role": "measured"}, {"role": "predicted"}


def losses(name, setting, labels, metric, measured, predicted, *more):
    both = (metric, MEASURED, measured), (metric, PREDICTED, predicted)
    return rows_of(name, setting, labels, *both, *more)


def test_a_blind_encoder_pays_its_loss_less_that_of_the_aware_of_its_point():
    def at(point, encoder, measured, predicted):
        labels = {"point": point, "encoder": encoder}
        return losses(
            "trained_price", f"{point}, {encoder}", labels, "held-out loss", measured, predicted
        )

    rows = [
        *at("a", "transformer", (1.0, 1.5), (0.75, 0.75)),
        *at("a", "sorted phrases", (2.0, 2.25), (1.75, 1.75)),
        *at("b", "transformer", (8.0,), (7.0,)),
        *at("b", "bag of words", (9.0, 9.0), (8.5, 8.5)),
    ]
    assert derived("trained_price", rows) == {
        ("excess loss", "a, transformer", 0): 0.25,
        ("excess loss", "a, transformer", 1): 0.75,
        ("excess loss", "a, sorted phrases", 0): 0.25,
        ("excess loss", "a, sorted phrases", 1): 0.5,
        ("excess loss", "b, transformer", 0): 1.0,
        ("excess loss", "b, bag of words", 0): 0.5,
        ("excess loss", "b, bag of words", 1): 0.5,
        ("price paid", "a, sorted phrases", 0): 1.0,
        ("price paid", "a, sorted phrases", 1): 0.75,
        # There is no second seed of the aware encoder to compare with.
        ("price paid", "b, bag of words", 0): 1.0,
    }


def test_r2_stands_above_the_ceiling_of_its_own_target_and_seed():
    kernel = {"kind": "claim", "probe": "kernel"}
    of_text = {"predictor": "text", "target": "z_dp_txt"}
    rows = rows_of(
        "sentence",
        "one",
        kernel,
        ("r2", of_text | MEASURED, (0.5, 0.75)),
        ("r2", of_text | {"role": "ceiling", "predictor": "z_inv"}, (0.25, 0.125)),
        ("r2", of_text | {"role": "baseline"}, (0.1, 0.1)),
        ("r2", {"predictor": "text", "target": "z_inv"} | MEASURED, (0.9, 0.9)),
        ("r2", of_text | MEASURED | {"probe": "linear"}, (0.4, 0.4)),
    )
    for name in ("sentence", "tokens", "scenes"):
        found = derived(name, rows)
        above = "r2 above ceiling"
        assert found == {(above, "one", 0): 0.25, (above, "one", 1): 0.625}


def test_losses_of_composition_stand_above_the_optimum_of_all_critics():
    labels = {"encoder": "sorted phrases"}
    best = ("held-out loss", {"role": "optimum"}, (1.0, 1.0))
    rows = losses("composition", "one", labels, "held-out loss", (1.5, 1.75), (1.4, 1.4), best)
    above = "loss above all critics"
    assert derived("composition", rows) == {(above, "one", 0): 0.5, (above, "one", 1): 0.75}


def test_distances_stand_beyond_those_in_distribution_and_ties_beyond_the_loss():
    rows = losses(
        "vision",
        "one",
        {},
        "fresh loss",
        (1.25, 1.5),
        (1.0, 1.0),
        ("paired distance", MEASURED | {"pairs": "novel"}, (1.0, 1.5)),
        ("paired distance", MEASURED | {"pairs": "in distribution"}, (0.25, 0.25)),
        ("paired distance", MEASURED | {"pairs": "drawn"}, (0.3, 0.3)),
        ("tie cost", MEASURED, (0.75, 0.25)),
        ("tie cost", {"role": "baseline"}, (9.0, 9.0)),
    )
    beyond, ties = "paired distance, less that in distribution", "tie cost less excess loss"
    assert derived("vision", rows) == {
        (beyond, "one", 0): 0.75,
        (beyond, "one", 1): 1.25,
        ("excess loss", "one", 0): 0.25,
        ("excess loss", "one", 1): 0.5,
        (ties, "one", 0): 0.5,
        (ties, "one", 1): -0.25,
    }


def test_a_blind_image_encoder_pays_and_must_pay_differences_at_its_own_coverage():
    rows = [
        row
        for rho in (0.0, 1.0)
        for encoder, more in (("patch pool", 0.5 * rho), ("patch transformer", 0.0))
        for row in losses(
            "blind_images",
            f"{encoder}, {rho}",
            {"encoder": encoder, "rho": rho},
            "fresh loss",
            (1.25 + 2 * more, 1.5 + more),
            (1.0 + more, 1.0 + more),
        )
    ]
    cosines = rows_of("blind_images", "cosines", {}, ("least cosine", MEASURED, (0.75, -0.5)))
    found = derived("blind_images", rows)
    for rho, paid in ((0.0, (0.0, 0.0)), (1.0, (1.0, 0.5))):
        setting = f"patch pool, {rho}"
        assert [found.pop(("price paid", setting, seed)) for seed in (0, 1)] == list(paid)
        assert [found.pop(("price", setting, seed)) for seed in (0, 1)] == [0.5 * rho] * 2
    assert found == {}
    apart = "counterparts apart"
    assert derived("blind_images", cosines) == {
        (apart, "cosines", 0): 0.25,
        (apart, "cosines", 1): 1.5,
    }


def trained_on(family, depth, *measured, **changes):
    without = family == "none"
    labels = {
        "part": "transfer",
        "family": family,
        "seen": "none" if without else "own-only",
        "depth": depth,
        "count": 0 if without else 1,
        "set_size": 256,
        "batch": 64,
        "world": "few words",
        "images": "vectors",
    } | changes
    return rows_of("hard_negatives", f"{family}, {depth}, {changes}", labels, *measured)


def scores(tested, values, depth=1, metric="text score"):
    return metric, MEASURED | {"tested": tested, "tested_depth": depth, "negative": "all"}, values


def test_gains_are_over_training_without_hard_negatives_on_the_same_set_in_such_batches():
    rows = [
        *trained_on("none", 0, scores("SWAP", (0.5, 0.25)), scores("words", (0.1, 0.1))),
        *trained_on("SWAP", 1, scores("SWAP", (0.75, 1.0)), scores("words", (0.9, 0.9))),
        *trained_on("none", 0, scores("SWAP", (0.5, 0.5)), set_size=2048),
        *trained_on("SWAP", 1, scores("SWAP", (0.25, 0.5)), set_size=2048),
        *trained_on("none", 0, scores("SWAP", (0.125, 0.125)), batch=4),
        *trained_on("SWAP", 1, scores("SWAP", (0.25, 0.5)), batch=4),
        # Without a training without.
        *trained_on("SWAP", 1, scores("SWAP", (0.25, 0.5)), images="pixels"),
        *trained_on("SWAP", 1, scores("SWAP", (0.25, 0.5)), world="many words"),
    ]
    gain = "gain in text score"
    small, large = "SWAP, 1, {}", "SWAP, 1, {'set_size': 2048}"
    assert derived("hard_negatives", rows) == {
        (gain, small, 0): 0.25,
        (gain, small, 1): 0.75,
        (gain, large, 0): -0.25,
        (gain, large, 1): 0.0,
        (gain, "SWAP, 1, {'batch': 4}", 0): 0.125,
        (gain, "SWAP, 1, {'batch': 4}", 1): 0.375,
    }


def test_gains_per_depth_are_over_training_with_words_of_one_less():
    rows = [
        row
        for depth, first in ((1, 0.25), (2, 0.5), (3, 1.0))
        for row in trained_on(
            "all",
            depth,
            scores("words", (first, first), 1),
            scores("words", (first, 0.0), 2),
        )
    ]
    found = select(STUDIES["hard_negatives"].derive(rows), metric="gain in text score per depth")
    gained = {(r.labels["depth"], r.labels["tested_depth"], r.seed): r.value for r in found}
    assert gained == {
        (2, 1, 0): 0.25,
        (2, 1, 1): 0.25,
        (2, 2, 0): 0.25,
        (2, 2, 1): 0.0,
        (3, 1, 0): 0.5,
        (3, 1, 1): 0.5,
        (3, 2, 0): 0.5,
        (3, 2, 1): 0.0,
    }


def test_blindness_costs_the_loss_of_the_blind_less_the_awares_after_own_only_training():
    def small(encoder, seen, negatives, values, M=1):
        labels = {"part": "surcharge", "encoder": encoder, "rho": 0.0, "seen": seen}
        of = MEASURED | {"negatives": negatives, "M": M}
        setting = f"{encoder}, {seen}"
        return rows_of("hard_negatives", setting, labels, ("fresh loss", of, values))

    rows = [
        *small("sorted phrases", "own-only", "own-only", (2.0, 3.0)),
        *small("transformer", "own-only", "own-only", (1.0, 1.5)),
        # None of these counts.
        *small("sorted phrases", "own-only", "own-only", (9.0, 9.0), M=3),
        *small("sorted phrases", "own-only", "shared", (9.0, 9.0)),
        *small("sorted phrases", "shared", "own-only", (9.0, 9.0)),
    ]
    paid, blind = "price paid", "sorted phrases, own-only"
    assert derived("hard_negatives", rows) == {(paid, blind, 0): 1.0, (paid, blind, 1): 1.5}


@pytest.mark.parametrize("name", STUDIES)
def test_what_follows_from_nothing_is_nothing(name):
    assert list(STUDIES[name].derive([])) == []
