"""SWAP, REPLACE, ADD and what they compose to: maps on captions, orbits, search."""
