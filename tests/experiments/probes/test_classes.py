"""What a probe makes of classes that are none, and of concepts that a scene may lack."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from experiments.encoders import BagOfWordsConfig, MLPConfig
from experiments.objectives import InfoNCE
from experiments.probes import identifiability, kernel_ridge_accuracy, linear_r2, sample
from experiments.probes.one_hot import one_hot
from experiments.studies.shared.blocks import probe_batch
from experiments.studies.trained import scenes
from experiments.training.config import TrainingConfig
from scm import SceneConfig, VectorImagesConfig
from scm.arguments import ArgumentError
from tests.experiments.tiny_studies import untrained_seed

SIZES = {"train": 600, "validation": 150, "test": 400}

WORLD = SceneConfig(
    nouns=("disc", "square", "ring"),
    attributes=(("red", "blue"),),
    optional_attributes=True,
    min_objects=1,
    relations=("horizontal", "vertical"),
    images=VectorImagesConfig(code_size=8, n_dp=1, n_pr=1),
)
CONFIG = TrainingConfig(
    world=WORLD,
    image_encoder=MLPConfig((8,)),
    text_encoder=BagOfWordsConfig(32, (8,)),
    embedding_size=4,
    objective=InfoNCE("cosine"),
)
"""Every concept but the first noun may be absent."""


@pytest.mark.parametrize("wrong", [-1, 3])
@pytest.mark.parametrize("part", list(SIZES))
def test_an_index_that_is_no_class_is_refused_in_one_sentence(wrong, part):
    classes = {name: jnp.arange(n)[:, None] % 3 for name, n in SIZES.items()}
    inputs = {name: jnp.asarray(one_hot(those, (3,))) for name, those in classes.items()}
    classes[part] = classes[part].at[7].set(wrong)
    text = rf"^classes: expected integers in \[0, 3\), got \[{wrong}\]$"
    with pytest.raises(ArgumentError, match=text):
        kernel_ridge_accuracy(inputs, classes, (3,))


@pytest.fixture
def small_probes(monkeypatch):
    for name, points in (("TRAIN", 512), ("VALIDATION", 256), ("TEST", 512)):
        monkeypatch.setattr(sample, name, points)
    # R^2 of nuisances is not what is asked here, and takes long to compile.
    monkeypatch.setattr(identifiability, "kernel_ridge_r2", lambda *of: linear_r2(*of[:2]))


def accuracies(embed=None):
    """Accuracy of every concept by role and predictor."""
    with pytest.MonkeyPatch.context() as patch:
        if embed is not None:
            patch.setattr(scenes, "embed", embed)
        found = scenes.measure_scenes(untrained_seed(CONFIG))
    return {
        (one.role, one.labels["predictor"], one.labels["target"]): one.value
        for one in found
        if one.metric == "accuracy"
    }


@pytest.mark.usefixtures("small_probes")
def test_the_true_scene_tells_every_concept_also_whether_it_is_there():
    found = accuracies()
    ceilings = [value for (role, *_), value in found.items() if role == "ceiling"]
    # Each concept, and the one that is told least.
    assert ceilings == [1.0] * (len(WORLD.grammar.space.concept_names) + 1)


@pytest.mark.usefixtures("small_probes")
def test_what_tells_nothing_scores_as_often_as_the_commonest_value_absence_among_them():
    """Measured, baseline and chance alike: a constant guesses the training points' commonest."""
    batch = probe_batch(untrained_seed(CONFIG))
    wanted = {}
    for name, values in zip(
        WORLD.grammar.space.concept_names, np.asarray(batch.latents["z_inv"]).T, strict=True
    ):
        train, test = values[:512], values[768:]
        found, counts = np.unique(train, return_counts=True)
        wanted[name] = np.mean(test == found[counts.argmax()])
    absent = np.mean(np.asarray(batch.latents["z_inv"]) == -1, axis=0)
    assert (absent > 0).sum() == len(wanted) - 1
    wanted[scenes.LEAST] = min(wanted.values())
    constant = jnp.zeros((len(batch.text), CONFIG.embedding_size))
    scores = accuracies(lambda *_: {"image": constant, "text": constant})
    for (role, _, name), value in scores.items():
        if role != "ceiling":
            assert value == pytest.approx(wanted[name], abs=1e-6), (role, name)
