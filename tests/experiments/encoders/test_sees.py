"""What an encoder says that it sees is what it tells apart: every encoder of captions, encoding."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from beartype.roar import BeartypeCallHintViolation

from experiments.encoders import ENCODERS, CNNConfig, TextEncoderConfig, as_text_encoder
from experiments.encoders.hidden_words import HiddenWordsConfig
from experiments.encoders.sorted_phrases import SortedPhrasesConfig
from experiments.encoders.text_transformer import TextTransformerConfig
from scm.arguments import ArgumentError
from tests.experiments.encoders.contract import (
    LEXICON,
    assert_sees_what_it_tells_apart,
    small_captions,
)
from tests.experiments.encoders.encoder_cases import (
    BAG,
    CAPTIONS,
    CASES,
    DELETED,
    MASKED,
    POSITIONLESS,
    READER,
    ROUNDING,
    SORTED,
    build,
)


def reads_captions(config):
    """Others refuse captions, or take floats alone."""
    try:
        jax.eval_shape(lambda captions: build(config)(captions), CAPTIONS)
    except (ArgumentError, BeartypeCallHintViolation):
        return False
    return True


LISTED = {type(config) for config, _ in CASES.values()}
TESTED = {name: config for name, (config, inputs) in CASES.items() if inputs is CAPTIONS} | {
    name: entry()
    for name, entry in ENCODERS.items()
    if entry not in LISTED and reads_captions(entry())
}
"""At least one of each class that reads captions, with settings of its own where it has cases."""


@pytest.mark.parametrize("name", TESTED)
def test_labels_agree_exactly_where_embeddings_do(name):
    config = TESTED[name]
    assert isinstance(config, TextEncoderConfig)
    assert_sees_what_it_tells_apart(config)


def test_every_encoder_of_captions_is_tested():
    found = {name for name, entry in ENCODERS.items() if reads_captions(entry())}
    assert {"text_transformer", "bag_of_words", "sorted_phrases"} <= found
    assert not {"cnn", "patch_pool", "patch_transformer", "mlp"} & found
    assert {ENCODERS[name] for name in found} == {type(config) for config in TESTED.values()}


@pytest.mark.parametrize(
    ("config", "seen"),
    [
        (READER, lambda words: words),
        (POSITIONLESS, sorted),
        (BAG, sorted),
        (MASKED, lambda words: ["?" if w in ("disc", "circle") else w for w in words]),
        (DELETED, lambda words: [w for w in words if w not in ("disc", "circle")]),
    ],
)
def test_labels_are_those_of_words(config, seen):
    """By hand, on captions in words: as many labels, and the same ones together."""
    tokens = small_captions()
    readings = [tuple(seen(LEXICON.decode(caption).split())) for caption in tokens]
    label = config.sees(tokens)
    assert len(set(readings)) == len(set(label)) == len(set(zip(readings, label, strict=True)))
    first = np.unique(label, return_index=True)[1]
    assert label[0] == 0
    assert (np.diff(first) > 0).all()


def test_a_mean_over_words_sees_shares_and_a_sum_sees_counts():
    tokens = np.array([[3, 0, 0, 0], [3, 3, 0, 0], [3, 4, 0, 0], [4, 3, 3, 4], [0, 0, 0, 0]])
    np.testing.assert_array_equal(POSITIONLESS.sees(tokens), [0, 0, 1, 1, 2])
    np.testing.assert_array_equal(BAG.sees(tokens), [0, 1, 2, 3, 4])
    means = np.asarray(jax.jit(build(POSITIONLESS))(jnp.asarray(tokens)))
    np.testing.assert_allclose(means[[0, 2]], means[[1, 3]], atol=ROUNDING)


def test_what_is_hidden_from_a_mean_is_seen_by_neither():
    """What reads the rest decides: sorted or masked words, then their shares."""
    tokens = small_captions()
    label = POSITIONLESS.sees(tokens)
    np.testing.assert_array_equal(SortedPhrasesConfig(POSITIONLESS).sees(tokens), label)
    assert SORTED.sees(tokens).max() > label.max()
    hidden = HiddenWordsConfig((13, 14), "delete", POSITIONLESS).sees(tokens)
    assert hidden.max() < min(label.max(), DELETED.sees(tokens).max())


def test_an_encoder_of_images_says_nothing_of_captions():
    assert as_text_encoder(READER) == TextTransformerConfig(width=16, heads=2)
    expected = "text_encoder: expected an encoder that states what it sees of captions, got CNN"
    with pytest.raises(ArgumentError, match=expected):
        as_text_encoder(CNNConfig())
