"""Claims: the statements that studies and exact checks speak to."""

from __future__ import annotations

from dataclasses import dataclass

from scm.registry import Registry


@dataclass(frozen=True)
class Claim:
    """A statement of the theory.

    Attributes:
        id: its number, e.g. ``T2``.
        statement: what it says, in a sentence.
        conditions: what it assumes.
        source: where it comes from. The paper's full text was not at hand: statements that bear
            its numbers are reconstructions.
    """

    id: str
    statement: str
    conditions: str
    source: str


CLAIMS: Registry[Claim] = Registry("claim")
"""Claims by id, in order."""

CLAIMS.register(
    "T2",
    Claim(
        id="T2",
        statement="Encoders that minimise the contrastive objective recover the content block "
        "z_inv up to a bijection, all of it and nothing else.",
        conditions="Assumption 1: image and text are diffeomorphisms of content, style and private "
        "blocks; styles are independent given z_inv; as many outputs as content dimensions.",
        source="Theorem 2 of the paper [chen2025], reconstructed; after [daunhawer2023].",
    ),
)
