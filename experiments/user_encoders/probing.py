"""A user's encoders under all probes: from pairs of captions to rows and findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float
from PIL import Image

from experiments.captions.reading import Reading
from experiments.results.record import Row
from experiments.user_encoders.bag import bag_of_words
from experiments.user_encoders.cells import cells_of
from experiments.user_encoders.checked import CheckedEncoder, require_one_length
from experiments.user_encoders.directions import Directions
from experiments.user_encoders.findings import Finder, ProbedEncoder
from experiments.user_encoders.image_measures import ImageMeasures
from experiments.user_encoders.probed import NONE, ProbedPairs
from experiments.user_encoders.text_measures import UNRELATED, TextMeasures
from experiments.user_encoders.untrained import untrained
from experiments.vocabulary import probe, roles
from proofs_check import Verdict
from proofs_check.quantities.directions import unit
from scm.arguments import ArgumentError, require

ImageInput = Literal["paths", "images"]
"""What an image encoder takes a list of: paths as text, or images of Pillow, in RGB."""

Advance = Callable[[int], object]


@dataclass(frozen=True, eq=False)
class Embedded:
    """What the encoders made of the pairs.

    Attributes:
        pairs: captions, hard negatives and images.
        text: embeddings of ``pairs.texts``.
        image: embeddings of ``pairs.images``; None without an image encoder.
    """

    pairs: ProbedPairs
    text: Float[np.ndarray, "texts d"]
    image: Float[np.ndarray, "images d"] | None = None


def require_images(pairs: ProbedPairs, directory: Path) -> list[str]:
    """The files of all images.

    Args:
        pairs: which should all have one.
        directory: that their files are in.

    Raises:
        ArgumentError: if a pair has no image, or a file is not there.
    """
    without = int((pairs.image == NONE).sum())
    expected = "an image of every caption, in a column of the file"
    require(without == 0, "image", expected, f"{without} of {len(pairs.pairs)} pairs without")
    paths = [directory / name for name in pairs.images]
    for path in paths:
        require(path.is_file(), "images", "a file of every image", f"none at {path}")
    return [str(path) for path in paths]


def opener(name: str, call: Callable[..., Any]) -> Callable[[list[str]], Any]:
    """An image encoder that takes images, as one that takes paths.

    Args:
        name: of the encoder, for errors.
        call: from a list of images of Pillow, in RGB, to their embeddings.
    """

    def encode(paths: list[str]) -> Any:
        images = []
        for path in paths:
            try:
                with Image.open(path) as image:
                    images.append(image.convert("RGB"))
            except OSError as error:
                raise ArgumentError(
                    f"images: expected an image for {name}, got {path!r} ({type(error).__name__})"
                ) from None
        return call(images)

    return encode


def embed(
    pairs: ProbedPairs,
    text: CheckedEncoder,
    image: CheckedEncoder | None,
    paths: Sequence[str],
    advance: Advance,
) -> Embedded:
    """Every distinct text and image, encoded once.

    Args:
        pairs: captions, hard negatives and images.
        text: the user's text encoder.
        image: the user's image encoder; None for text alone.
        paths: of all images, see `require_images`.
        advance: told how many items were encoded.

    Raises:
        ArgumentError: if an encoder gives what cannot be used, or the two are of different spaces.
    """
    texts = text(pairs.texts, advance)
    if image is None:
        return Embedded(pairs, texts)
    images = image(paths, advance)
    require_one_length(texts, images)
    return Embedded(pairs, texts, images)


def probe_encoder(
    embedded: Embedded, readings: Sequence[Reading], name: str, seed: int
) -> tuple[list[Row], list[Verdict]]:
    """Rows and findings of a user's encoder, a bag of words and an untrained one beside it.

    Args:
        embedded: what the encoder made of all texts and images.
        readings: how each hard negative is made, see `experiments.captions.reading.read_pairs`.
        name: of the encoder.
        seed: of the untrained encoder, of which captions are compared as unrelated, and of
            resamples; in [0, 2**32).
    """
    pairs = embedded.pairs
    (stream,) = np.random.SeedSequence(seed).spawn(1)
    draws = pairs.unrelated(UNRELATED, np.random.default_rng(stream))
    random = unit(untrained(pairs.texts, embedded.text.shape[1], seed))
    encoders, by_chance = [], None
    for called, role, directions in (
        (name, roles.MEASURED, Directions.of(embedded.text)),
        (probe.BAG, roles.BASELINE, bag_of_words(pairs.texts)),
        (probe.UNTRAINED, roles.BASELINE, Directions(random)),
    ):
        measures = TextMeasures.of(pairs, directions, draws)
        columns = measures.columns
        # A bag of words is in no space of images.
        if embedded.image is not None and called != probe.BAG:
            images = ImageMeasures(pairs, directions.rows, unit(embedded.image))
            columns, by_chance = columns + images.columns, images.retrieval_by_chance
        encoders.append(ProbedEncoder(called, role, columns, measures))
    finder = Finder(encoders, pairs.group, seed, by_chance)
    return finder.found(cells_of(pairs, readings))
