"""Which evidence an altered world, or an untrained encoder, turns."""

from __future__ import annotations


def turned(comparisons):
    """The metrics of evidence that does not hold."""
    return {c.metric for c in comparisons if not c.identity and not c.holds}
