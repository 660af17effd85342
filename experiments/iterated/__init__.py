"""Hard negatives of a user's own captions, by words over operators."""
