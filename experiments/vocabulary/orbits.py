"""Which orbits, and which pairs, a measurement of images is of."""

ONE_SCENE = "uncovered"
"""Orbits of which training draws one scene."""

ALL_SCENES = "covered"
"""Orbits of which training draws all scenes."""

IN_DISTRIBUTION = "in distribution"
"""Pairs of a caption and an image as training draws them."""
