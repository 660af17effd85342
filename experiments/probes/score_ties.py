"""Scores of the images of one orbit with a caption of it: which must tie against a blind g.

How often y prefers x to x~ tells nothing of f where the law is symmetric: (z, z~) is as likely as
(z~, z), and a g that is blind scores both with one embedding, so what f gains on one it loses on
the other, and the rate is 1/2 whatever f does. What can fail is asked here, orbit by orbit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from experiments.probes.scene_images import SceneImages
from proofs_check import FiniteWorld
from proofs_check.quantities.directions import TIE, unit
from scm.arguments import require


@dataclass(frozen=True, eq=False)
class OrbitScores:
    """How the images of each scene of an orbit score with a caption that is drawn of it.

    Attributes:
        images: fresh images of every scene.
        members: the scenes of each orbit.
        caption: the captions that training draws, by their place in the table.
        orbit: the orbit of each, a row of ``members``.
    """

    images: SceneImages
    members: Int[np.ndarray, "orbits V"]
    caption: Int[np.ndarray, " captions"]
    orbit: Int[np.ndarray, " captions"]

    @classmethod
    def of(cls, images: SceneImages, members: Int[np.ndarray, "orbits V"]) -> OrbitScores:
        """Those of all captions that are drawn.

        Args:
            images: fresh images of every scene.
            members: the scenes of each orbit.

        Raises:
            ArgumentError: if one says a scene of no orbit.
        """
        table = images.encoded.table
        caption = np.flatnonzero(table.support)
        return cls(images, members, caption, _orbit_of_scenes(table, members)[table.said[caption]])

    @property
    def temperature(self) -> float:
        """The temperature of scores."""
        return float(np.exp(self.images.encoded.encoders.log_temperature[...]))

    @property
    def covered(self) -> Bool[np.ndarray, " captions"]:
        """Whether training draws every scene of the caption's orbit, so that scores must tie."""
        drawn = np.isin(self.members, self.images.encoded.table.scene)
        return np.all(drawn[self.orbit], axis=1)

    def where(self, chosen: Bool[np.ndarray, " captions"]) -> OrbitScores:
        """Those of some captions."""
        return OrbitScores(self.images, self.members, self.caption[chosen], self.orbit[chosen])

    def gap(self) -> float:
        """Mean of |E s(x_z, y) - E s(x_z~, y)| over captions and pairs of scenes, in nats.

        E s is the mean over images of a scene, s = cos / tau. All captions count alike.
        """
        text = unit(self.images.encoded.text)[self.caption]
        centre = self.images.centre[self.members[self.orbit]]
        score = np.einsum("yvd,yd->yv", centre, text) / self.temperature
        first, second = np.triu_indices(self.members.shape[1], 1)
        return float(np.mean(np.abs(score[:, first] - score[:, second])))

    def told(self) -> float:
        """Mean of |2 P(s(x_z, y) > s(x_z~, y)) - 1| over captions and pairs of scenes.

        P is over all pairs of their images, and a tie counts 1/2: 0 where scores tie or are as
        often in one order as in the other, 1 where one scene always wins, by however little.
        """
        text = unit(self.images.encoded.text)
        found = []
        for caption, orbit in zip(self.caption, self.orbit, strict=True):
            cosine = self.images.directions[self.members[orbit]] @ text[caption]
            for v, w in zip(*np.triu_indices(len(cosine), 1), strict=True):
                apart = cosine[v][:, None] - cosine[w]
                sign = np.where(np.abs(apart) <= TIE, 0.0, np.sign(apart))
                found.append(abs(sign.mean()))
        return float(np.mean(found))


def tie_cost(images: SceneImages, members: Int[np.ndarray, "orbits V"], K: int) -> float:
    r"""What mean scores that do not tie cost the text -> image half of the loss at least, in nats.

    Of a batch of K let A_i be the images of the orbit of y_i. Against a blind g they are all as
    likely to be the one that y_i was drawn with, so the loss exceeds its optimum by at least

    .. math:: \tfrac12 \mathbb E \Big[ \log \operatorname{mean}_{j \in A_i} e^{\bar s(z_j, y_i)}
        - \operatorname{mean}_{j \in A_i} \bar s(z_j, y_i) \Big],

    where s-bar is the mean score of a scene's images (Jensen: the bracket is convex in scores). For
    two equiprobable scenes with a gap g it rises with K to E log cosh(g / 2) / 2. Taken over the
    fresh pairs in batches of K; 0 where no batch has two scenes of an orbit.

    Args:
        images: fresh images of every scene, and the world.
        members: the scenes of each orbit.
        K: pairs in a batch.

    Raises:
        ArgumentError: if a scene that is drawn is in no orbit.

    Source: THEORY.md, T15; ours, not the paper's.
    """
    encoded = images.encoded
    temperature = float(np.exp(encoded.encoders.log_temperature[...]))
    score = images.centre @ unit(encoded.text).T / temperature
    orbit = _orbit_of_scenes(encoded.table, members)
    costs = []
    for start in range(0, len(encoded.scene) - K + 1, K):
        scene, caption = (of[start : start + K] for of in (encoded.scene, encoded.caption))
        same = orbit[scene] == orbit[encoded.table.said[caption]][:, None]
        s = np.where(same, score[scene][:, caption].T, -np.inf)
        count, top = same.sum(axis=1), s.max(axis=1)
        log_mean = top + np.log(np.exp(s - top[:, None]).sum(axis=1) / count)
        costs.append(log_mean - np.where(same, s, 0.0).sum(axis=1) / count)
    return 0.5 * float(np.mean(costs))


def _orbit_of_scenes(
    table: FiniteWorld, members: Int[np.ndarray, "orbits V"]
) -> Int[np.ndarray, " scenes"]:
    """The orbit of each scene, a row of ``members``; -1 for one in none, never drawn."""
    orbit = np.full(table.scenes, -1)
    orbit[members] = np.arange(len(members))[:, None]
    outside = np.unique(table.scene[orbit[table.scene] < 0])
    expected = "an orbit for every scene that is drawn"
    require(outside.size == 0, "members", expected, f"none for {outside.size} of them")
    return orbit
