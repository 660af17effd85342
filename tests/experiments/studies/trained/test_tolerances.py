"""Tolerances of trained losses follow from the law of what is sampled."""

from __future__ import annotations

import math

import jax
import numpy as np
import pytest

from experiments.probes.encoded_world import PAIRS
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.vocabulary.tolerances import LOSS_TOLERANCE, SAMPLING_ERROR
from proofs_check import FiniteWorld, Pairs
from proofs_check.finite.labels import bags_of_words
from proofs_check.quantities.surcharge import caption_law


def class_of_captions(table, label):
    """The component of the graph of scenes and labels that each caption is in, -1 if not drawn."""
    pairs = Pairs.of(table, label)
    found = np.full(label.max() + 1, -1)
    found[pairs.label] = pairs.component
    return found[label]


def losses(code, captions):
    """The least loss of each batch of captions, of who tells codes apart: mean logs of counts."""
    counts = np.stack([np.bincount(batch, minlength=code.max() + 1) for batch in code[captions]])
    return np.sum(counts * np.log(np.maximum(counts, 1)), axis=1) / K


@pytest.mark.parametrize("rho", [0.0, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("name", OPERATOR_WORLDS)
def test_the_sampling_error_is_three_standard_errors_at_most(name, rho):
    """Of the loss of whoever reads everything, is blind, or sees words alone, and of their gaps."""
    world = OPERATOR_WORLDS[name]
    captions = world.world(rho).caption_table(jax.random.key(0))
    table = FiniteWorld.from_captions(captions, [world.operator])
    drawn = np.random.default_rng(0).choice(table.captions, (4000, K), p=caption_law(table))
    aware = losses(class_of_captions(table, np.arange(table.captions)), drawn)
    blind = [
        losses(class_of_captions(table, of), drawn) for of in (table.orbit, bags_of_words(table))
    ]
    batches = PAIRS // K
    for one in (aware, *blind, *(loss - aware for loss in blind)):
        # 4,000 batches give the deviation to 1.2 % at one standard error of its own.
        assert 3 * one.std() / math.sqrt(batches) < 1.03 * SAMPLING_ERROR


def test_the_tolerance_of_a_loss_is_below_what_it_tells_apart():
    """Half of the price of a quarter of the orbits of SWAP, log 2 / 4 at large K."""
    assert SAMPLING_ERROR < LOSS_TOLERANCE < 0.3 * 0.147
