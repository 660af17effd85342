"""An untrained text encoder, which stands beside a user's: order-aware, its weights random."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from experiments.user_encoders.bag import tokens_of

WIDTH = 64
"""Numbers of a word's vector."""


def untrained(texts: Sequence[str], size: int, seed: int) -> Float[np.ndarray, "n size"]:
    r"""Embeddings by a random network that reads order: what data gives an encoder for nothing.

    .. math:: g(y) = \frac1n \sum_i \tanh(A w_i + B w_{i-1} + p_i)

    w_i is the vector of the i-th word, drawn normally from a seed that is the word's hash, w_0 = 0,
    p_i are sines and cosines of the place, and the entries of A and B are normal with variance
    1 / `WIDTH`. A word tells its neighbour and its place, as in a transformer of one layer, so that
    delta of SWAP is above 0.

    Args:
        texts: any, of any length.
        size: numbers of an embedding, at least 1.
        seed: of all weights.
    """
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(2, WIDTH, size)) / np.sqrt(WIDTH)
    rates = np.exp(rng.uniform(np.log(0.01), np.log(1.0), size))
    phases = rng.uniform(0, 2 * np.pi, size)
    known: dict[str, np.ndarray] = {}
    found = np.zeros((len(texts), size))
    for row, text in enumerate(texts):
        tokens = tokens_of(text)
        words = np.stack([_vector(word, seed, known) for word in tokens])
        before = np.concatenate([np.zeros((1, WIDTH)), words[:-1]])
        places = np.sin(np.arange(len(tokens))[:, None] * rates + phases)
        found[row] = np.tanh(words @ A + before @ B + places).mean(axis=0)
    return found


def _vector(word: str, seed: int, known: dict[str, np.ndarray]) -> np.ndarray:
    if word not in known:
        digest = hashlib.sha256(word.encode(errors="surrogatepass")).digest()[:8]
        known[word] = np.random.default_rng([seed, int.from_bytes(digest)]).normal(size=WIDTH)
    return known[word]
