"""Worlds of real vectors, and encoders that are built or sampled in them."""
