"""A real pretrained text encoder, run as a user runs it."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest

from experiments.results.record import select
from experiments.results.table import read_rows
from experiments.user_encoders import minilm
from experiments.vocabulary import metrics, probe, roles
from scm.arguments import ArgumentError
from tests.experiments.user_encoders.conftest import PAIRS

NAME = "experiments.user_encoders.minilm:encode"

MORE = (
    ("SWAP", "a small kitchen in an empty apartment", "an empty kitchen in a small apartment"),
    ("SWAP", "a man next to a girl with an umbrella", "a girl next to a man with an umbrella"),
    ("SWAP", "a white cup on a brown table", "a brown cup on a white table"),
    ("REPLACE", "a plane lands on the runway", "a bird lands on the runway"),
    ("REPLACE", "three sheep on a hill", "three goats on a hill"),
    ("ADD", "a street with parked cars", "a street with parked cars and a horse"),
    ("ADD", "a pizza on a plate", "a burnt pizza on a plate"),
)


def test_the_vocabulary_is_the_one_it_was_trained_with():
    """The numbers of these words in BERT's uncased vocabulary."""
    assert minilm.token_ids(["hello world"]) == [[101, 7592, 2088, 102]]


def test_what_is_alike_is_near_and_company_does_not_matter():
    texts = ["a man rides a horse", "a person riding a horse", "a bowl of soup"]
    found = minilm.encode(texts)
    cosines = found @ found.T
    assert cosines[0, 1] > 0.7 > 0.3 > cosines[0, 2]
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, rtol=1e-6)
    again = minilm.encode([*texts, "a text of quite another length", *texts[::-1]])
    np.testing.assert_allclose(again[:3], found, atol=1e-6)
    np.testing.assert_allclose(again[:3:-1], found, atol=1e-6)


@pytest.mark.usefixtures("blank_figures")
def test_delta_by_operator_with_intervals(tokenscm, pairs_file, tmp_path):
    """SWAP moves captions by hundredths of what unrelated ones are apart; REPLACE moves more."""
    pairs_file(pairs=PAIRS + MORE)
    code, out, err = tokenscm("probe", "pairs.jsonl", "--text", NAME)
    assert (code, err) == (0, ""), err
    assert "SWAP" in out
    rows = read_rows(tmp_path / "probes" / "results.csv")
    delta = {
        row.labels["category"]: row
        for row in select(rows, metric=metrics.DELTA, role=roles.MEASURED, by=probe.BY_CATEGORY)
    }
    assert 0.005 < delta["SWAP"].value < 0.1
    for row in delta.values():
        assert 0 < row.labels["low"] < row.value < row.labels["high"]
    assert delta["REPLACE"].labels["low"] > delta["SWAP"].labels["high"]
    assert delta["ADD"].value > delta["SWAP"].value
    (unrelated,) = select(
        rows, metric=metrics.TEXT_DISPLACEMENT, encoder=NAME, of=probe.UNRELATED, by=probe.ALL
    )
    # 1 - cos of some 0.9, which is |dg|^2 / 2.
    assert unrelated.value**2 / 2 == pytest.approx(0.9, abs=0.1)


@pytest.mark.parametrize("missing", ["onnxruntime", "tokenizers"])
def test_the_extra_is_named_where_it_is_not_installed(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    fresh = importlib.reload(minilm)
    with pytest.raises(ArgumentError, match=rf"text: .*'token-scm\[encoders\]'.*no {missing}"):
        fresh.encode(["a text"])
    monkeypatch.undo()
    importlib.reload(minilm)


def test_weights_that_are_not_installed_are_named(monkeypatch):
    monkeypatch.setattr(minilm, "MODEL", ("no-such-package", "model.onnx"))
    minilm._session.cache_clear()
    with pytest.raises(ArgumentError, match="got no no-such-package"):
        minilm.encode(["a text"])
