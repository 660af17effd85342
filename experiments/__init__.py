"""Contrastive training in the worlds of `scm`, and what it identifies."""
