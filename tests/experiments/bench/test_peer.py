"""The losses that PyTorch is timed on, read by numpy, and what is said where it is not there."""

from __future__ import annotations

import math
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from experiments import bench
from experiments.bench import peer, reference
from experiments.bench.peer import as_published, same_work
from experiments.objectives import InfoNCE
from scm.arguments import ArgumentError

K, SIZE = 6, 3


def cross_entropy(logits, target):
    rows = np.arange(len(target))
    return np.mean(scipy.special.logsumexp(logits, axis=1) - logits[rows, target])


NUMPY = SimpleNamespace(
    arange=np.arange,
    cat=lambda parts, dim: np.concatenate(parts, axis=dim),
    logsumexp=lambda table, dim: scipy.special.logsumexp(table, axis=dim),
    nn=SimpleNamespace(functional=SimpleNamespace(cross_entropy=cross_entropy)),
)
"""What the losses ask of PyTorch."""


def drawn(seed):
    """A function that draws embeddings of a batch, another one each time, and what it will draw."""
    batches = np.random.default_rng(seed).normal(size=(2, 2, K, SIZE))
    return iter(batches).__next__, batches


def test_the_same_work_is_our_loss():
    embed, ((image, text), _) = drawn(0)
    with jax.enable_x64(True):
        wanted = InfoNCE()(jnp.asarray(image), jnp.asarray(text), jnp.asarray(0.0))
    np.testing.assert_allclose(same_work(NUMPY, embed), wanted, rtol=1e-12)


def test_the_published_loss_is_its_formula():
    """One exponential after the other: a pair, against the same side of another batch."""
    embed, ((image, text), others) = drawn(1)
    total = 0.0
    for own, other in ((image, others[0]), (text, others[1])):
        for i in range(K):
            positive = math.exp(-np.sum((image[i] - text[i]) ** 2))
            negatives = (math.exp(-np.sum((own[i] - other[j]) ** 2)) for j in range(K))
            total -= math.log(positive / (positive + sum(negatives)))
    np.testing.assert_allclose(as_published(NUMPY, embed), total / (2 * K), rtol=1e-12)


def test_both_are_timed_in_turn_with_ours(monkeypatch, capsys):
    """A clock that the work moves: ours takes 2 s, the same work 6 s, the published one 20 s."""
    now = [0.0]

    def work(seconds):
        now[0] += seconds

    def chunks(*_, **__):
        for index in range(4):
            work(100.0 if index == 0 else 2.0)
            yield None

    steps = {same_work: lambda: work(6.0), as_published: lambda: work(20.0)}
    monkeypatch.setattr(reference, "chunks", chunks)
    monkeypatch.setattr(peer, "torch_step", steps.get)
    monkeypatch.setattr(peer.time, "perf_counter", lambda: now[0])
    found = peer.peer_step(bench.Output())["peer"]
    assert found["times_ours"] == {"same work": 3.0, "as published": 10.0}
    assert "10.00 times ours of 2.00 s" in capsys.readouterr().out


def test_without_pytorch_one_sentence_says_what_to_install(monkeypatch):
    """And nothing is measured."""
    monkeypatch.setattr(peer.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(bench, "SECTIONS", (pytest.fail,))
    text = r"^peer: expected PyTorch to be installed \(pip install torch\), got 'none'$"
    with pytest.raises(ArgumentError, match=text):
        bench.bench(None, peer=True)
