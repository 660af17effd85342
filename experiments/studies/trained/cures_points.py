"""The points of the study of cures: an ordinary recipe that fails, and what is done against it.

Two of sixteen nouns stand side by side, each pair of them in one order only, and images show
faintly *where* a noun stands beside *which* nouns there are. A hard negative of SWAP says the other
order: a scene that is never drawn, but where true pairs of it, or coverage, are the cure. Of
REPLACE (any other noun in a slot) half of the hard negatives are drawn as captions of their own.
Both nouns of a drawn caption have the same determiner, so captions that mix them are paraphrases
that are never drawn.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from experiments.encoders import LinearMapConfig, as_text_encoder
from experiments.objectives import SigmoidLoss
from experiments.studies.shared.faint_worlds import FAINT, order_world, training
from experiments.studies.shared.operator_worlds import K
from experiments.studies.shared.study import Setting
from experiments.studies.trained.hard_negative_worlds import with_negatives
from experiments.training.config import Start, TrainingConfig
from experiments.training.run import Run
from experiments.vocabulary import cures as kinds
from experiments.vocabulary.negatives import NONE, OWN_ONLY, SHARED
from scm import Replace, SceneConfig, Swap
from scm.operators.operator import Operator

SWAPPED = Swap()

FAMILY: tuple[Operator, ...] = (SWAPPED, Replace())
"""Of the points with more than one hard negative a caption, and of iterated ones."""

ODDS = (0.002, 0.01, 0.05, 0.2, 0.5)
"""Shares of true pairs of the other order in the data."""


def scenes(
    rho: float = 0.0, share: float | None = None, salience: float = FAINT, **changes: Any
) -> SceneConfig:
    """The world.

    Args:
        rho: fraction of pairs of nouns that are drawn in both orders.
        share: of the pairs of images and captions, those of the other order; None for ``rho``.
        salience: of places.
        **changes: settings of `SceneConfig` that are others.
    """
    drawn = {"rho": rho} if share is None else {"rho": 1.0, "theta": 1.0 - share}
    determiners = {"definite": 0.5, "agreement": True}
    return order_world(salience, **drawn, **(determiners | changes))


@dataclass(frozen=True)
class Cure:
    """A cure, or none.

    Attributes:
        name: of the setting.
        kind: a name of `experiments.vocabulary.cures`.
        config: how encoders are trained.
        negatives: which an image sees in training: `OWN_ONLY`, `SHARED` or `NONE`.
        count: M, the hard negatives of a caption.
        share: of true pairs of the other order; 0 where there are none.
        rho: fraction of pairs of nouns that are drawn in both orders.
        salience: of places in images.
    """

    name: str
    kind: str
    config: TrainingConfig
    negatives: str = NONE
    count: int = 0
    share: float = 0.0
    rho: float = 0.0
    salience: float = FAINT

    def setting(self, seeds: tuple[int, ...]) -> Setting:
        """The point as a setting."""
        labels = {field: value for field, value in vars(self).items() if field != "config"}
        return Setting(self.name, Run(self.config, seeds), labels | {"cure": self.name})


def taught(
    name: str,
    kind: str,
    config: TrainingConfig,
    seen: str = OWN_ONLY,
    operators: tuple[Operator, ...] = (SWAPPED,),
    depth: int = 1,
    count: int = 1,
    **labels: Any,
) -> Cure:
    """A training to which text-only hard negatives are added; see `with_negatives`.

    Args:
        name: of the setting.
        kind: a name of `experiments.vocabulary.cures`.
        config: the training without them.
        seen: which an image sees, `OWN_ONLY` or `SHARED`.
        operators: the family that makes them.
        depth: length of the longest words over the family.
        count: M, the hard negatives of a caption.
        **labels: fields of `Cure` that are others.
    """
    config = with_negatives(config, operators, seen, depth, count)
    return Cure(name, kind, config, seen, count, **labels)


BASE = training(scenes())
ALL_ORDERS = training(scenes(share=0.5))

FROM_BASE = dataclasses.replace(BASE, start=Start(BASE))
"""The recipe over again, from where it ended."""

GENTLE = dataclasses.replace(
    FROM_BASE,
    optimizer=dataclasses.replace(BASE.optimizer, learning_rate=0.1 * BASE.optimizer.learning_rate),
)

MAPPED = dataclasses.replace(
    BASE,
    text_encoder=LinearMapConfig(as_text_encoder(BASE.text_encoder)),
    start=Start(BASE, ("image", "text.inner", "temperature")),
    frozen=("image", "text.inner"),
)


def locked(pretrained: TrainingConfig) -> TrainingConfig:
    """The recipe with the image encoder of another training, as it is; texts from scratch.

    Args:
        pretrained: the other training.

    Source: LiT [zhai2022].
    """
    return dataclasses.replace(BASE, start=Start(pretrained, ("image",)), frozen=("image",))


def share_name(share: float, seen: str = NONE) -> str:
    """The name of a point with true pairs of the other order.

    Args:
        share: of the data.
        seen: which hard negatives are beside them.
    """
    return f"{100 * share:g} % true pairs" + ("" if seen == NONE else f", {seen}")


def _shares() -> list[Cure]:
    found = []
    for share in ODDS:
        config = training(scenes(share=share))
        found.append(Cure(share_name(share), kinds.TRUE_PAIRS, config, share=share))
        for seen in (OWN_ONLY, SHARED):
            name = share_name(share, seen)
            found.append(taught(name, kinds.PAIRS_AND_NEGATIVES, config, seen, share=share))
    return found


_SIGMOID = SigmoidLoss(temperature=0.05)

POINTS: tuple[Cure, ...] = (
    Cure(NONE, kinds.NONE, BASE),
    taught(OWN_ONLY, kinds.TEXT_NEGATIVES, BASE),
    taught(SHARED, kinds.TEXT_NEGATIVES, BASE, SHARED),
    *_shares(),
    *(
        taught(f"{seen}, M = 3", kinds.TEXT_NEGATIVES, BASE, seen, FAMILY, count=3)
        for seen in (OWN_ONLY, SHARED)
    ),
    *(
        taught(f"depth {depth}, M = 3", kinds.ITERATED, BASE, OWN_ONLY, FAMILY, depth, 3)
        for depth in (2, 3)
    ),
    taught("fine-tuned, own-only", kinds.FINE_TUNED, FROM_BASE),
    taught("fine-tuned, shared", kinds.FINE_TUNED, FROM_BASE, SHARED),
    taught("fine-tuned gently, own-only", kinds.FINE_TUNED, GENTLE),
    taught("hard positives, own-only", kinds.TEXT_NEGATIVES, training(scenes(agreement=False))),
    Cure("sigmoid loss", kinds.OBJECTIVE, dataclasses.replace(BASE, objective=_SIGMOID)),
    Cure("frozen images, all orders", kinds.FROZEN, locked(ALL_ORDERS)),
    Cure("frozen images, one order", kinds.FROZEN, locked(BASE)),
    taught("linear map, own-only", kinds.LINEAR, MAPPED),
    Cure("64 outputs", kinds.SCALE, dataclasses.replace(BASE, embedding_size=64)),
    Cure("coverage 1/2", kinds.COVERAGE, training(scenes(rho=0.5)), rho=0.5),
    taught("coverage 1/2, own-only", kinds.COVERAGE, training(scenes(rho=0.5)), rho=0.5),
    Cure("salience 1", kinds.REFERENCE, training(scenes(salience=1.0)), salience=1.0),
    taught("salience 1, own-only", kinds.REFERENCE, training(scenes(salience=1.0)), salience=1.0),
    Cure("4 x steps", kinds.SCALE, dataclasses.replace(BASE, steps=4 * BASE.steps)),
    Cure("batch of 512", kinds.SCALE, dataclasses.replace(BASE, batch_size=8 * K)),
)
"""The whole grid, what others start from before them."""

QUICK = (
    NONE,
    OWN_ONLY,
    SHARED,
    *(share_name(share, seen) for share in (0.05, 0.5) for seen in (NONE, OWN_ONLY)),
)
"""Names of the points of the quick preset: those that claims are made about."""
