"""Conditions that several statements share."""

from __future__ import annotations

from proofs_check.claim import Condition

SEEN = Condition("a world whose image shows all of z_inv", lambda world: world.config.unseen == 0)
PROPER = Condition(
    "a world with a code of z_inv that is proper, no two contents sharing a code",
    lambda world: world.code.degree == 1,
)
