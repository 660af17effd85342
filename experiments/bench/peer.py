"""The reference step in plain PyTorch, timed in turn with ours."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

from experiments.bench.reference import REFERENCE, reference_steps
from experiments.encoders import MLPConfig
from experiments.encoders.mlp import LEAKY_SLOPE
from experiments.progress import Output
from experiments.training.config import one_pair, world_shapes
from experiments.workers import cores_a_process
from scm.arguments import require

CLIP = 2.0
"""The norm that the reference simulation clips gradients to."""


def require_torch() -> None:
    """Refuse to compare with PyTorch where it is not installed.

    Raises:
        ArgumentError: if it is not; it says how to.
    """
    there = importlib.util.find_spec("torch") is not None
    require(there, "peer", "PyTorch to be installed (pip install torch)", "none")


def peer_step(console: Output) -> dict[str, Any]:
    """Measure and print our reference step beside PyTorch's, a step of each in turn.

    Both compute on as many cores as the environment variable NPROC says, one unless it does.

    Of PyTorch there are two. One does the same work as ours: in-batch negatives, scores by a
    matmul, cross-entropy. The other is the reference simulation's own: it encodes a second batch
    for the negatives, takes distances from differences of all pairs, and clips the gradient.

    Args:
        console: to print to.

    Source: the loss and the step of [daunhawer2023], in our words.
    """
    same, own = torch_step(same_work), torch_step(as_published)
    seconds: dict[str, list[float]] = {"ours": [], "same work": [], "as published": []}
    start = time.perf_counter()
    for _ in reference_steps():
        seconds["ours"].append(time.perf_counter() - start)
        for name, step in (("same work", same), ("as published", own)):
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
        start = time.perf_counter()
    # The first compiles, and fills PyTorch's pools of memory.
    timed = {name: taken[1:] for name, taken in seconds.items()}
    ratios = {
        name: statistics.median(b / a for a, b in zip(timed["ours"], timed[name], strict=True))
        for name in ("same work", "as published")
    }
    for name, ratio in ratios.items():
        console.print(
            f"PyTorch, {name:<12} {statistics.median(timed[name]):.2f} s a step, "
            f"{ratio:.2f} times ours of {statistics.median(timed['ours']):.2f} s"
        )
    return {"peer": {"step_seconds": timed, "times_ours": ratios}}


Loss = Callable[[Any, Callable[[], tuple[Any, Any]]], Any]
"""Of the module torch, and what draws a batch and embeds it: f(x) and g(y), one a row."""


def torch_step(loss: Loss, batch_size: int = REFERENCE.batch_size) -> Callable[[], float]:
    """A step of Adam on encoders of `REFERENCE`'s sizes, as a function that gives its loss.

    Args:
        loss: what is minimised.
        batch_size: pairs a batch.
    """
    torch: Any = importlib.import_module("torch")
    nn = torch.nn
    torch.manual_seed(0)
    torch.set_num_threads(cores_a_process())
    pair = one_pair(world_shapes(REFERENCE.world, 0))
    size = pair.image.shape[-1]
    assert isinstance(REFERENCE.image_encoder, MLPConfig)
    widths = (size, *REFERENCE.image_encoder.hidden, REFERENCE.embedding_size)

    def perceptron(widths: tuple[int, ...]) -> Any:
        layers: list[Any] = []
        for inputs, outputs in itertools.pairwise(widths):
            layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(LEAKY_SLOPE)]
        return nn.Sequential(*layers[:-1])

    # Mixings are not trained, and cost next to nothing.
    mixings = [perceptron((size,) * 4).requires_grad_(requires_grad=False) for _ in range(2)]
    encoders = [perceptron(widths) for _ in range(2)]
    parameters = [parameter for encoder in encoders for parameter in encoder.parameters()]
    adam = torch.optim.Adam(parameters, lr=REFERENCE.optimizer.learning_rate)
    shared = size // 3

    def embed() -> tuple[Any, Any]:
        content = torch.randn(batch_size, shared)
        latents = [
            torch.cat([content, torch.randn(batch_size, size - shared)], dim=1) for _ in mixings
        ]
        image, text = (
            encoder(mixing(latent))
            for encoder, mixing, latent in zip(encoders, mixings, latents, strict=True)
        )
        return image, text

    def step() -> float:
        adam.zero_grad()
        value = loss(torch, embed)
        value.backward()
        if loss is as_published:
            nn.utils.clip_grad_norm_(parameters, CLIP)
        adam.step()
        return value.item()

    return step


def same_work(torch: Any, embed: Callable[[], tuple[Any, Any]]) -> Any:
    """`InfoNCE` of one batch at temperature 1, as PyTorch has it at hand.

    Args:
        torch: the module.
        embed: draws a batch and embeds it.
    """
    image, text = embed()
    apart = (image**2).sum(1)[:, None] - 2 * image @ text.T + (text**2).sum(1)[None, :]
    target = torch.arange(len(image))
    cross_entropy = torch.nn.functional.cross_entropy
    return 0.5 * (cross_entropy(-apart, target) + cross_entropy(-apart.T, target))


def as_published(torch: Any, embed: Callable[[], tuple[Any, Any]]) -> Any:
    """The reference simulation's loss, whose negatives are a second batch of the same side.

    Args:
        torch: the module.
        embed: draws a batch and embeds it.

    Source: [daunhawer2023], but for a constant.
    """
    sides, others = embed(), embed()
    positive = ((sides[0] - sides[1]) ** 2).sum(-1)
    total: Any = 0.0
    for own, other in zip(sides, others, strict=True):
        negative = ((own[:, None] - other[None]) ** 2).sum(-1)
        logits = -torch.cat([positive[:, None], negative], dim=1)
        total = total + positive + torch.logsumexp(logits, dim=1)
    return 0.5 * total.mean()
