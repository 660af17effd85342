"""Finite worlds of captions and scenes: pairs, labels, encoders as tables, conditions."""
