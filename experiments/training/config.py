"""What is trained: a world, two encoders, an objective and how it is minimised."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jax
from flax import nnx
from jaxtyping import Array, Key

from experiments.encoders import DualEncoder, EncoderConfig, MLPConfig, TextEncoderConfig
from experiments.objectives import BiasedObjective, InfoNCE, Objective, TemperedObjective
from experiments.training.optimizer import OptimizerConfig
from experiments.training.parts import WHOLE, Part, require_parts, start_from
from scm import Batch, SceneWorld, SentenceConfig, World, WorldConfig, innermost, named_key
from scm.arguments import require, require_integer, require_number
from scm.registry import CONFIGS


@dataclass(frozen=True)
class Start:
    """Another training, at whose end one starts, with the same seeds.

    Attributes:
        training: the other.
        parts: what is taken over from it: parts of the one that starts. Its ``text.inner`` is the
            whole text encoder of the other.

    Raises:
        ArgumentError: if no part is named.
    """

    training: TrainingConfig
    parts: tuple[Part, ...] = WHOLE

    def __post_init__(self) -> None:
        require(len(self.parts) > 0, "start", "at least one part", self.parts)


SCALED = ("kernel", "embedding")
"""Names of the parameters that are drawn at the start; others start at a constant."""


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what is trained, but the seed.

    By default squared-distance InfoNCE of perceptrons into the cube (0, 1)^n at a small fixed
    temperature: the theory's limit of tau -> 0 with E bounded. In an unbounded space the scale
    grows until the batch is told apart; a content direction of little variance is then never
    embedded, and the output left over holds remains of style and private noise.

    Attributes:
        world: the structural causal model that pairs are drawn from.
        image_encoder: f.
        text_encoder: g.
        embedding_size: dimension of the space both encode into, at least 1.
        objective: the loss of a batch.
        optimizer: how it is minimised.
        batch_size: pairs a step, drawn afresh every step, at least 2.
        steps: number of steps, at least 1.
        initial_scale: what all kernels and embeddings of words and places start multiplied by,
            above 0; biases start at 0, and norms, which undo a scale, as they are.
        start: what starts at another training's end; None where all is freshly initialised.
        frozen: the parts that are not trained.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    world: WorldConfig = field(default_factory=SentenceConfig)
    image_encoder: EncoderConfig = field(default_factory=lambda: MLPConfig(output="cube"))
    text_encoder: EncoderConfig = field(default_factory=lambda: MLPConfig(output="cube"))
    embedding_size: int = 5
    objective: Objective = field(default_factory=lambda: InfoNCE(temperature=0.004))
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    batch_size: int = 512
    steps: int = 6000
    initial_scale: float = 1.0
    start: Start | None = None
    frozen: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        require_integer("embedding_size", self.embedding_size, 1)
        require_integer("batch_size", self.batch_size, 2)
        require_integer("steps", self.steps, 1)
        require_number("initial_scale", self.initial_scale, 0.0, exclude_low=True)
        if self.start is not None:
            require_parts("start", self.start.parts, self.text_encoder)
        require_parts("frozen", self.frozen, self.text_encoder)
        encoders = {"image", "text"} - set(self.frozen)
        require(bool(encoders), "frozen", "an encoder that is trained", self.frozen)

    def build_world(self, seed: int) -> World:
        """The world of that seed."""
        return self.world.build(named_key(jax.random.key(seed), "world"))

    def build_encoders(self, seed: int) -> DualEncoder:
        """Freshly initialised encoders of that seed; see `encoders_in`."""
        return self.encoders_in(self.build_world(seed), seed)

    def encoders_in(self, world: World, seed: int) -> DualEncoder:
        """Freshly initialised encoders of a seed in its world, where that is built already.

        Whatever they start from: `experiments.training.loop.train` puts that in.

        Args:
            world: what `build_world` has built of the seed.
            seed: the seed.

        Raises:
            ArgumentError: if the objective reads hard negatives and the world draws none, or the
                other way round; or if captions have more words than the text encoder knows.
        """
        key = named_key(jax.random.key(seed), "initialisation")
        batch = one_pair(world)
        self._require_negatives_where_read(batch)
        self._require_words_known(world)
        objective = self.objective
        tempered = isinstance(objective, TemperedObjective)
        temperature = objective.temperature if tempered else 1.0
        bias = objective.bias if isinstance(objective, BiasedObjective) else None
        image, text = (
            config.build(inputs, self.embedding_size, nnx.Rngs(params=named_key(key, name)))
            for name, config, inputs in (
                ("image", self.image_encoder, batch.image),
                ("text", self.text_encoder, batch.text),
            )
        )
        encoders = DualEncoder(image, text, temperature, bias)
        scale_initially(encoders, self.initial_scale)
        return encoders

    def _require_negatives_where_read(self, batch: Batch) -> None:
        drawn = batch.negatives is not None
        expected = (
            "one that reads the hard negatives that the world draws"
            if drawn
            else "one that reads no hard negatives, for the world draws none"
        )
        require(self.objective.reads_negatives == drawn, "objective", expected, self.objective)

    def _require_words_known(self, world: World) -> None:
        scenes, encoder = innermost(world), self.text_encoder
        if isinstance(scenes, SceneWorld) and isinstance(encoder, TextEncoderConfig):
            words = len(scenes.grammar.lexicon.words)
            expected = f"a vocabulary of at least {words}, the words of the world and padding"
            require(encoder.vocabulary >= words, "text_encoder", expected, encoder.vocabulary)


def require_start(config: TrainingConfig) -> None:
    """Refuse a start, or that of what it starts from, whose parts do not fit, before any training.

    Args:
        config: what would be trained.

    Raises:
        ArgumentError: if a part of the other training has not the same parameters and shapes.
    """
    if config.start is None:
        return
    other = config.start.training
    require_start(other)
    start_from(_shapes_of(config), _shapes_of(other), config.start.parts)


def _shapes_of(config: TrainingConfig) -> DualEncoder:
    return encoder_shapes(config, config.build_world(0))


def encoder_shapes(config: TrainingConfig, world: World, seed: int = 0) -> DualEncoder:
    """Encoders with a shape and dtype in place of each array.

    Args:
        config: of the training.
        world: what `TrainingConfig.build_world` has built, or its shapes.
        seed: of the initialisation.
    """
    return nnx.eval_shape(lambda: config.encoders_in(world, seed))


def scale_initially(module: nnx.Module, scale: float) -> None:
    """Multiply the kernels and embeddings of a module, in place; by 1 no bit changes.

    Args:
        module: freshly initialised.
        scale: the factor.
    """
    if scale == 1.0:
        return
    for path, parameter in nnx.to_flat_state(nnx.state(module, nnx.Param)):
        if path[-1] in SCALED:
            parameter.set_value(parameter.get_value() * scale)


LONG = 2_000
"""Steps from which on quicker ones are worth a second or two of compilation."""


def runs_long(config: TrainingConfig) -> bool:
    """Whether steps that are quicker by a sixth are worth two seconds of compilation on a CPU.

    Args:
        config: has as many steps as `LONG`, or images of pixels, of which each step takes long.
    """
    return config.steps >= LONG or len(image_shape(config.world)) > 1


@lru_cache(maxsize=1024)
def image_shape(config: WorldConfig) -> tuple[int, ...]:
    """The shape of an image: one size of vectors, and three of pixels.

    Args:
        config: of a world.
    """
    return one_pair(world_shapes(config, 0)).image.shape[1:]


@lru_cache(maxsize=1024)
def world_shapes(config: WorldConfig, seed: int) -> World:
    """A world with a shape and dtype in place of each array.

    Worlds take seconds to build, which is compilation, and few milliseconds to trace. What cannot
    be traced, as what a user's world has numpy make of its key, is built.

    Args:
        config: of the world.
        seed: of the world.
    """
    key = named_key(jax.random.key(seed), "world")
    try:
        return jax.eval_shape(lambda: config.build(key))
    except jax.errors.JAXTypeError:
        world = config.build(key)
        return jax.eval_shape(lambda: world)


def one_pair(world: World) -> Any:
    """A `Batch` of one pair of a world, or of its shapes, with a shape in place of each array."""
    return _draw_one.eval_shape(world, jax.random.key(0))


@jax.jit
def _draw_one(world: World, key: Key[Array, ""]) -> Any:
    # Worlds of one structure are traced once: it is asked of every seed.
    return world.sample(key, 1)


CONFIGS.register("training", TrainingConfig)
CONFIGS.register("start", Start)
