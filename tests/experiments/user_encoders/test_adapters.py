"""The snippets of ADAPTERS.md run, against small stand-ins with the libraries' own interfaces."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import experiments.user_encoders as room
from experiments.user_encoders.checked import CheckedEncoder

PAGE = (Path(room.__file__).parent / "ADAPTERS.md").read_text(encoding="utf-8")

SNIPPETS = dict(re.findall(r"^## (.+?)\n.*?```python\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))

TEXTS = ["a red cube", "a blue ball on a table"]


class Tensor(np.ndarray):
    """As much of a tensor as is used of one."""

    def detach(self):
        return self

    def float(self):
        return self.astype(np.float32)

    def cpu(self):
        return self

    def numpy(self):
        return np.asarray(self)


def tensor(values):
    return np.asarray(values, np.float32).view(Tensor)


def of_texts(texts):
    """Lists of text alone, as the tokenizers take."""
    assert type(texts) is list
    assert all(type(text) is str for text in texts)
    return tensor([[len(text), text.count("a"), 1] for text in texts])


def of_images(images):
    assert all(image.mode == "RGB" for image in images)
    return tensor([[*np.asarray(image).mean(axis=(0, 1))] for image in images])


class Model:
    """The models of open_clip and transformers, and the one of sentence-transformers."""

    version = 4
    evaluated = False

    def __init__(self, name=""):
        self.name = name

    @classmethod
    def from_pretrained(cls, name):
        return cls(name)

    def eval(self):
        self.evaluated = True
        return self

    def encode_text(self, text, normalize=False):
        assert self.evaluated
        assert not normalize
        return text

    def encode_image(self, image, normalize=False):
        return self.encode_text(image, normalize)

    def get_text_features(self, input_ids, attention_mask=None):
        assert self.evaluated
        assert attention_mask is not None
        return self.features(input_ids)

    def get_image_features(self, pixel_values):
        assert self.evaluated
        return self.features(pixel_values)

    def features(self, found):
        return found if self.version == 4 else SimpleNamespace(pooler_output=found)


class Processor:
    @classmethod
    def from_pretrained(cls, name):
        assert name
        return cls()

    def __call__(self, text=None, images=None, return_tensors=None, padding=False, truncation=None):
        assert return_tensors == "pt"
        if images is not None:
            return {"pixel_values": of_images(images)}
        # Captions are of different lengths, and longer than the model reads.
        assert padding
        assert truncation
        assert text is not None
        return {"input_ids": of_texts(text), "attention_mask": tensor([[1]] * len(text))}


class SentenceTransformer(Model):
    def encode(self, sentences, show_progress_bar=None):
        assert show_progress_bar is False
        return np.asarray(of_texts(sentences))


def create_model_and_transforms(model_name, pretrained=None):
    assert pretrained
    return Model(model_name), None, lambda image: of_images([image])[0]


@pytest.fixture(params=["open_clip", "transformers", "transformers 5", "sentence-transformers"])
def encoders(request, monkeypatch):
    """The snippet's functions, with stand-ins for what it imports."""
    monkeypatch.setattr(Model, "version", 5 if request.param.endswith("5") else 4)
    stand_ins = {
        "torch": {"no_grad": nullcontext, "stack": lambda rows: tensor(np.stack(rows))},
        "open_clip": {
            "create_model_and_transforms": create_model_and_transforms,
            "get_tokenizer": lambda _: of_texts,
        },
        "transformers": {"CLIPModel": Model, "CLIPProcessor": Processor},
        "sentence_transformers": {"SentenceTransformer": SentenceTransformer},
    }
    for name, holds in stand_ins.items():
        module = ModuleType(name)
        vars(module).update(holds)
        monkeypatch.setitem(sys.modules, name, module)
    found = {}
    exec(SNIPPETS[request.param.removesuffix(" 5")], found)
    return found


def test_every_library_has_a_snippet():
    assert list(SNIPPETS) == ["open_clip", "transformers", "sentence-transformers"]


def test_texts_are_encoded(encoders):
    found = CheckedEncoder("text", "adapter:encode_text", encoders["encode_text"])(TEXTS)
    np.testing.assert_array_equal(found, [[10, 1, 1], [22, 4, 1]])


def test_images_are_encoded(encoders):
    if "encode_image" not in encoders:
        pytest.skip("a library of text alone")
    images = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    found = CheckedEncoder("image", "adapter:encode_image", encoders["encode_image"])(images)
    np.testing.assert_array_equal(found, [[255, 0, 0], [0, 0, 255]])
