"""Figures, each drawn from saved results only."""

from figures.block_identifiability import draw as draw_block_identifiability
from figures.figure import FIGURES as FIGURES
from figures.figure import draw_all as draw_all
from figures.fold import draw as draw_fold
from figures.orbits import draw as draw_orbits
from figures.price import draw as draw_price

__all__ = [
    "FIGURES",
    "draw_all",
    "draw_block_identifiability",
    "draw_fold",
    "draw_orbits",
    "draw_price",
]
