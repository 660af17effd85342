"""Exact checks of the theorems, and what checks and studies both speak: claims and verdicts."""
