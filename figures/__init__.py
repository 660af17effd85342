"""Figures, each drawn from saved results only."""
