"""Figures, each drawn from saved results only, and sheets of worlds."""

from figures.blind_images import draw as draw_blind_images
from figures.block_identifiability import draw as draw_block_identifiability
from figures.composition import draw as draw_composition
from figures.depth import draw as draw_depth
from figures.figure import FIGURES as FIGURES
from figures.figure import FigureError as FigureError
from figures.figure import draw_all as draw_all
from figures.figure import remove_all as remove_all
from figures.figure import require_room as require_room
from figures.fold import draw as draw_fold
from figures.hard_negatives import draw as draw_hard_negatives
from figures.orbits import draw as draw_orbits
from figures.price import draw as draw_price
from figures.pseudo_optima import draw as draw_pseudo_optima
from figures.scene_concepts import draw as draw_scene_concepts
from figures.selection import draw as draw_selection
from figures.surcharge import draw as draw_surcharge
from figures.token_blocks import draw as draw_token_blocks
from figures.trained_price import draw as draw_trained_price
from figures.vision import draw as draw_vision

__all__ = [
    "FIGURES",
    "FigureError",
    "draw_all",
    "draw_blind_images",
    "draw_block_identifiability",
    "draw_composition",
    "draw_depth",
    "draw_fold",
    "draw_hard_negatives",
    "draw_orbits",
    "draw_price",
    "draw_pseudo_optima",
    "draw_scene_concepts",
    "draw_selection",
    "draw_surcharge",
    "draw_token_blocks",
    "draw_trained_price",
    "draw_vision",
    "remove_all",
    "require_room",
]
