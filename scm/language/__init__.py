"""Scenes and captions as arrays: atoms, words, grammar."""
