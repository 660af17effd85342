"""Layers start as those of flax do."""

from __future__ import annotations

from functools import partial

import jax
import numpy as np
import pytest
from flax import nnx

from experiments.encoders.layers import Embed, Linear

LAYERS = [(Linear, nnx.Linear), (Embed, nnx.Embed)]
SHAPES = [(3, 1), (7, 48), (300, 5)]


@pytest.mark.parametrize(("ours", "theirs"), LAYERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_layers_start_as_those_of_flax(ours, theirs, shape):
    built = [nnx.split(layer(*shape, rngs=nnx.Rngs(5))) for layer in (ours, theirs)]
    (graph, state), (their_graph, their_state) = built
    # What decides which program is compiled.
    assert graph == their_graph
    # The same bits but where XLA rounds the tails of the normal otherwise in a loop of another
    # length, as it does with the optimisation turned down for tests.
    jax.tree.map(partial(np.testing.assert_allclose, rtol=2**-20), state, their_state)


@pytest.mark.parametrize(("ours", "theirs"), LAYERS)
def test_layers_can_be_traced(ours, theirs):
    wanted, found = (
        nnx.to_pure_dict(
            nnx.state(nnx.eval_shape(lambda layer=layer: layer(4, 6, rngs=nnx.Rngs(0))))
        )
        for layer in (theirs, ours)
    )
    assert wanted == found
