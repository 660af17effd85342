"""Worlds around a world: its pairs shuffled, fixed, or with hard negatives."""
