"""Hard negatives in training: which there are, and who sees them."""

OWN_ONLY = "own-only"
"""An image sees those of its own caption."""

SHARED = "shared"
"""An image sees those of all captions of the batch."""

NONE = "none"
"""Training without."""

ALL = "all"
"""Of all operators; all of them, drawn in training or not."""

NOVEL = "novel"
"""Never drawn in training."""

DRAWN = "drawn"
"""Drawn in training as captions of their own."""
