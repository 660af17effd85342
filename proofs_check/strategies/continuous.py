"""Hypothesis strategies for continuous worlds that meet Assumption 1 or Assumption 4.

Block sizes and depths come from a few shapes, so that a property test of many worlds compiles a few
programs; all numeric settings vary freely.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from proofs_check.continuous.sampled_world import SampledWorld
from scm import MixingConfig, SentenceConfig, TokenConfig

CONTENT_SIZES = (1, 3)
"""Values of n_inv. All other blocks have size 2."""


def sentence_worlds() -> st.SearchStrategy[SampledWorld]:
    """Sentence-level worlds that meet Assumption 1."""
    return st.builds(
        SampledWorld,
        st.builds(SentenceConfig, **_content(), n_pr_txt=st.just(2), mixing_txt=_mixings()),
        _SEEDS,
    )


def token_worlds() -> st.SearchStrategy[SampledWorld]:
    """Token-level worlds of three tokens that meet Assumption 4."""
    return st.builds(
        SampledWorld,
        st.builds(
            TokenConfig,
            **_content(),
            n_tokens=st.just(3),
            token_width=st.just(2),
            spread=st.sampled_from(["one", "all"]),
            dependence=st.floats(0.0, 1.0),
            embedding=_mixings(),
        ),
        _SEEDS,
    )


_SEEDS = st.integers(0, 2**31 - 1)


def _content() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "n_inv": st.sampled_from(CONTENT_SIZES),
        "n_dp": st.just(2),
        "n_pr_img": st.just(2),
        "law": st.sampled_from(["independent", "gaussian", "dag"]),
        "edge_probability": st.floats(0.0, 1.0),
        "strength": st.floats(0.0, 2.0),
        "causal": st.booleans(),
        "mixing_img": _mixings(),
    }


def _mixings() -> st.SearchStrategy[MixingConfig]:
    return st.builds(
        MixingConfig,
        depth=st.just(2),
        slope=st.floats(0.2, 1.0),
        condition=st.floats(1.0, 8.4),
        corner=st.floats(0.05, 0.5),
    )
