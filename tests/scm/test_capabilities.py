"""What worlds state of themselves, and of those that they are around; a user's wrapper too."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import jax
import pytest

from scm import (
    WORLDS,
    ContentConfig,
    Coverage,
    FixedSetConfig,
    GenerativeWorld,
    HardNegativesConfig,
    SceneConfig,
    SceneSCM,
    SceneWorld,
    SceneWorldConfig,
    SentenceConfig,
    ShuffledConfig,
    StatesContentLaw,
    StatesLostContent,
    StatesSides,
    Swap,
    TokenConfig,
    WorldConfig,
    Wrapper,
    block_sides,
    innermost,
    nested,
    scene_config_within,
    scenes_within,
)
from scm.arguments import ArgumentError
from scm.capabilities import (
    generative_world,
    has_one_content_law,
    lost_content,
    require_block_sides,
)
from scm.pytree import pytree_dataclass

KEY = jax.random.key(0)


@dataclass(frozen=True)
class MirroredConfig:
    """A user's wrapper, which calls what it is around by a name of its own."""

    base: WorldConfig = field(default_factory=SceneConfig)

    @property
    def inner(self):
        return self.base

    def build(self, key):
        return MirroredSCM(self.base.build(key))


@pytree_dataclass
class MirroredSCM:
    base: object

    @property
    def inner(self):
        return self.base

    def sample(self, key, n):
        batch = self.base.sample(key, n)  # pyright: ignore[reportAttributeAccessIssue]
        return replace(batch, image=batch.image[..., ::-1])


@dataclass(frozen=True)
class Blank:
    """A world that states nothing."""

    world: str = "not one that this is around"

    def build(self, key):
        del key
        return self

    def sample(self, key, n):
        raise NotImplementedError


WRAPPERS = (ShuffledConfig, FixedSetConfig, HardNegativesConfig, MirroredConfig)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_wrapper_says_what_it_is_around(wrapper):
    scenes = SceneConfig(coverage=(Coverage(Swap(), 0.5),))
    config = wrapper(scenes)
    assert innermost(config) is config.inner is scenes
    assert scene_config_within(config) is scenes
    world = config.build(KEY)
    assert all(isinstance(one, Wrapper) for one in (config, world))
    assert scenes_within(world) is world.inner
    assert isinstance(world.inner, SceneSCM)


def test_wrappers_nest_from_the_outside_in(hold):
    hold(WORLDS)
    assert WORLDS.register("mirrored", MirroredConfig) is MirroredConfig
    scenes = SceneConfig()
    config = ShuffledConfig(MirroredConfig(FixedSetConfig(scenes, 32)))
    assert [type(one).__name__ for one in nested(config)] == [
        "ShuffledConfig",
        "MirroredConfig",
        "FixedSetConfig",
        "SceneConfig",
    ]
    assert scene_config_within(config) is scenes
    world = config.build(KEY)
    assert [type(one).__name__ for one in nested(world)] == [
        "ShuffledSCM",
        "MirroredSCM",
        "FixedSetSCM",
        "SceneSCM",
    ]
    assert block_sides(config) == scenes.sides


def test_a_world_that_happens_to_have_a_world_is_no_wrapper():
    plain = Blank()
    assert innermost(plain) is plain
    assert list(nested(plain)) == [plain]


def test_what_worlds_are_is_what_they_state():
    scenes, sentence, tokens = SceneConfig(), SentenceConfig(), TokenConfig()
    assert isinstance(scenes, SceneWorldConfig)
    assert isinstance(scenes.build(KEY), SceneWorld)
    assert not isinstance(scenes.build(KEY), GenerativeWorld)
    for config in (sentence, tokens):
        assert isinstance(config, StatesSides)
        assert isinstance(config, StatesLostContent)
        assert isinstance(config, StatesContentLaw)
        assert isinstance(config.build(KEY), GenerativeWorld)
        assert not isinstance(config, SceneWorldConfig)
        assert not isinstance(config.build(KEY), SceneWorld)
    for capability in (StatesSides, StatesLostContent, StatesContentLaw, SceneWorldConfig, Wrapper):
        assert not isinstance(Blank(), capability)


@pytest.mark.parametrize("config", [SentenceConfig, TokenConfig])
def test_lost_content_is_of_either_side_and_seen_through_wrappers(config):
    assert lost_content(config()) == 0
    assert lost_content(config(unwritten=2)) == lost_content(config(unseen=2)) == 2
    assert lost_content(config(unwritten=1, unseen=3)) == 3
    assert lost_content(MirroredConfig(config(unseen=1))) == 1
    assert lost_content(SceneConfig()) == lost_content(Blank()) == 0


@pytest.mark.parametrize("config", [SentenceConfig, TokenConfig])
@pytest.mark.parametrize("law", ["independent", "gaussian", "dag"])
def test_one_law_of_content_is_one_whatever_the_key(config, law):
    """Told from the worlds themselves: the same noise is the same content."""
    stated = has_one_content_law(ShuffledConfig(config(law=law)))
    one, other = (config(law=law).build(jax.random.key(seed)) for seed in (0, 1))
    drawn = [world.sample(KEY, 8).latents["z_inv"] for world in (one, other)]
    assert stated == bool((drawn[0] == drawn[1]).all())
    assert not has_one_content_law(Blank())


def test_what_is_asked_in_vain_is_one_sentence():
    blank = Blank()
    no_scenes = "^world: expected a scene world or one around it, got "
    with pytest.raises(ArgumentError, match=no_scenes + "'SentenceConfig'$"):
        scene_config_within(ShuffledConfig(SentenceConfig()))
    with pytest.raises(ArgumentError, match=no_scenes + "'SentenceSCM'$"):
        scenes_within(SentenceConfig().build(KEY))
    with pytest.raises(ArgumentError, match="world: expected a world that states the sides"):
        require_block_sides(blank)
    with pytest.raises(ArgumentError, match="world: expected a world that makes pairs from noise"):
        generative_world(blank)
    assert block_sides(blank) == {}


def test_a_config_of_content_alone_states_what_it_has():
    assert set(ContentConfig().sides) == set(ContentConfig().sizes)
