"""T2: block identifiability at the level of sentences."""

from __future__ import annotations

from proofs_check.claim import Claim

T2 = Claim(
    id="T2",
    statement="Encoders that minimise the contrastive objective recover the content block "
    "z_inv up to a bijection, all of it and nothing else.",
    conditions="Assumption 1: image and text are diffeomorphisms of content, style and private "
    "blocks; styles are independent given z_inv; as many outputs as content dimensions.",
    source="Theorem 2 of the paper [chen2025], reconstructed; after [daunhawer2023].",
)
