"""Worlds whose latents are real vectors, of sentences and of tokens."""
