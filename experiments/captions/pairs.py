"""A caption with its hard negative, as a benchmark or a user publishes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CaptionPair:
    """A caption y, a hard negative y' of it, and what else a data set says of the two.

    Attributes:
        caption: y, which is true of its image.
        negative: y', which is not.
        dataset: where the pair is from.
        category: the data set's own label; empty where it has none.
        id: the data set's own number or name of the pair; empty where it has none.
        positive: a paraphrase of y that is true of the same image; None where there is none.
        image: file of the image of y; None where there is none.
        negative_image: file of the image of y'; None where there is none, as in one-sided data.
    """

    caption: str
    negative: str
    dataset: str = ""
    category: str = ""
    id: str = ""
    positive: str | None = None
    image: str | None = None
    negative_image: str | None = None
