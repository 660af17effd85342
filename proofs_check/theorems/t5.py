"""T5: block identifiability at the level of tokens."""

from __future__ import annotations

from proofs_check.claim import Claim

T5 = Claim(
    id="T5",
    statement="Encoders of token-level pairs that minimise the contrastive objective recover "
    "z_inv up to a bijection; where z_inv is continuous, nothing else besides.",
    conditions="Assumption 4: tokens are drawn given z_inv and the tokens before them, image and "
    "text are independent given z_inv, and the text says all of it; as many outputs as content "
    "dimensions where it is continuous, a temperature that is learned where it is finite.",
    source="Theorem 5 of the paper [chen2025], reconstructed; after [daunhawer2023].",
)
