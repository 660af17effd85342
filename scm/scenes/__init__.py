"""Worlds of scenes and captions: drawn, covered by orbits, enumerated, rewritten."""
