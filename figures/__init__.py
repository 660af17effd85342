"""Figures, one file a study, each drawn from saved results only, and sheets of worlds."""

from figures import blind_images as blind_images
from figures import captions as captions
from figures import composition as composition
from figures import corpus as corpus
from figures import cures as cures
from figures import depth as depth
from figures import failure as failure
from figures import fold as fold
from figures import hard_negatives as hard_negatives
from figures import orbits as orbits
from figures import price as price
from figures import probe as probe
from figures import pseudo_optima as pseudo_optima
from figures import readings as readings
from figures import scenes as scenes
from figures import selection as selection
from figures import sentence as sentence
from figures import surcharge as surcharge
from figures import tokens as tokens
from figures import trained_price as trained_price
from figures import vision as vision
from figures.figure import FIGURES as FIGURES
from figures.figure import FigureError as FigureError
from figures.figure import draw_all as draw_all
from figures.figure import remove_all as remove_all
from figures.figure import require_room as require_room
