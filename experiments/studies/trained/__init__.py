"""Studies that train, one file each, in the order they run."""

from experiments.studies.trained import sentence as sentence

# isort: split
from experiments.studies.trained import tokens as tokens

# isort: split
from experiments.studies.trained import scenes as scenes

# isort: split
from experiments.studies.trained import trained_price as trained_price

# isort: split
from experiments.studies.trained import composition as composition

# isort: split
from experiments.studies.trained import selection as selection

# isort: split
from experiments.studies.trained import vision as vision

# isort: split
from experiments.studies.trained import blind_images as blind_images

# isort: split
from experiments.studies.trained import hard_negatives as hard_negatives

# isort: split
from experiments.studies.trained import failure as failure

# isort: split
from experiments.studies.trained import cures as cures
