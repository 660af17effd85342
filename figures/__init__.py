"""Figures, each drawn from saved results only."""

from figures.block_identifiability import draw as draw_block_identifiability
from figures.figure import FIGURES as FIGURES
from figures.figure import draw_all as draw_all
from figures.scene_concepts import draw as draw_scene_concepts
from figures.token_blocks import draw as draw_token_blocks

__all__ = [
    "FIGURES",
    "draw_all",
    "draw_block_identifiability",
    "draw_scene_concepts",
    "draw_token_blocks",
]
