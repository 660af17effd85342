"""Captions in the wild: pairs of a caption and a hard negative, and what joins them."""
