"""Whatever a user's encoder gives is checked, and said in one sentence."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from experiments.user_encoders.checked import BATCH, CheckedEncoder, require_one_length
from experiments.user_encoders.loading import load_encoder, one_line
from scm.arguments import ArgumentError

TEXTS = [f"text {place}" for place in range(150)]


def table(texts):
    """An embedding that depends on the text alone."""
    return np.array([[len(text), sum(map(ord, text)) % 97, 1.0] for text in texts])


def checked(call, items="texts"):
    return CheckedEncoder("text", "m:f", call, items)


def test_items_come_in_batches_and_some_are_asked_again():
    calls, told = [], []

    def encode(texts):
        calls.append(list(texts))
        return table(texts)

    found = checked(encode)(TEXTS, told.append)
    np.testing.assert_array_equal(found, table(TEXTS))
    *batches, again = calls
    assert [text for batch in batches for text in batch] == TEXTS
    assert max(map(len, batches)) == BATCH
    assert told == [len(batch) for batch in batches]
    assert again == [TEXTS[place] for place in (149, 127, 106, 85, 63, 42, 21, 0)]


class Tensor:
    """As torch has it: on a device, with a gradient, numpy only in the end."""

    def __init__(self, array, state=()):
        self.array, self.state = array, state

    def __getattr__(self, name):
        if name not in ("detach", "float", "cpu"):
            raise AttributeError(name)
        return lambda: Tensor(self.array, (*self.state, name))

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def numpy(self):
        assert self.state == ("detach", "float", "cpu")
        return self.array


@pytest.mark.parametrize(
    "made",
    [
        lambda array: array.astype(np.float16),
        lambda array: array.astype(int),
        lambda array: array.tolist(),
        lambda array: list(array),
        lambda array: Tensor(array),
        lambda array: jnp.asarray(array, jnp.float32),
        lambda array: jnp.asarray(array, jnp.bfloat16),
    ],
)
def test_arrays_of_any_library_are_read(made):
    texts = TEXTS[:5]
    found = checked(lambda texts: made(table(texts)))(texts)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, table(texts), rtol=4e-3)


def nan(texts):
    found = table(texts)
    found[1, 2] = np.nan
    return found


def fails(texts):
    raise KeyError(f"no\nweights for {len(texts)}")


def leaves(_):
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (nan, "text: expected finite numbers of m:f, got nan for 'text 1'"),
        (lambda t: table(t) * np.inf, "text: expected finite numbers of m:f, got inf for 'text 0'"),
        (
            lambda t: 0 * table(t),
            "text: expected embeddings that have a direction of m:f, got all 0 for 'text 0'",
        ),
        (lambda t: table(t)[1:], "text: expected 9 rows for 9 texts of m:f, got 8 rows"),
        (
            lambda t: table(t)[0],
            "text: expected an array of two axes, [n, d] of m:f, got shape (3,)",
        ),
        (lambda t: [["a"]] * len(t), "text: expected an array of numbers of m:f, got one of str32"),
        (lambda _: None, "text: expected an array of numbers of m:f, got one of object"),
        (
            lambda t: table(t)[:, :0],
            "text: expected rows of at least one number of m:f, got rows of none",
        ),
        (
            fails,
            "text: expected m:f to encode 9 texts, got KeyError ('no\\nweights for 9')",
        ),
        (leaves, "text: expected m:f to encode 9 texts, got SystemExit (3)"),
        (lambda: None, "text: expected m:f to encode 9 texts, got TypeError ("),
        (
            lambda t: table(t) * [[(-1.0) ** place] for place in range(len(t))],
            "text: expected the same embedding of 'text 5' in two calls of m:f, got directions "
            "that are 2 apart",
        ),
        (
            lambda t: np.ones((len(t), len(t))),
            "text: expected rows of 9 numbers of m:f, got 8",
        ),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_what_cannot_be_used_is_one_sentence(call, sentence):
    with pytest.raises(ArgumentError) as caught:
        checked(call)(TEXTS[:9])
    said = str(caught.value)
    assert said.startswith(sentence)
    assert "\n" not in said


def test_rows_of_another_length_in_a_later_batch_are_refused():
    sizes = iter((3, 4))
    with pytest.raises(ArgumentError, match=r"expected rows of 3 numbers of m:f, got 4"):
        checked(lambda texts: np.ones((len(texts), next(sizes))))(TEXTS)


def test_dropout_is_found_and_half_precision_is_not():
    """An encoder in training mode, and one whose sums round to bfloat16 in another order."""
    rng = np.random.default_rng(0)
    with pytest.raises(ArgumentError, match=r"the same embedding of 'text .*' in two calls"):
        checked(lambda texts: table(texts) * rng.choice([0.5, 1.5], (len(texts), 3)))(TEXTS)
    rounded = checked(lambda t: table(t) * (1 + 2**-9 * rng.uniform(-1, 1, (len(t), 3))))
    assert len(rounded(TEXTS)) == len(TEXTS)


def test_what_is_shown_of_an_item_is_short():
    with pytest.raises(ArgumentError) as caught:
        checked(lambda texts: np.full((len(texts), 2), np.nan))(["long " * 1000])
    assert len(str(caught.value)) < 150


def test_two_spaces_are_refused():
    with pytest.raises(ArgumentError, match="image: expected embeddings of 3 numbers, as of"):
        require_one_length(np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("encode", "text: expected MODULE:FUNCTION, got 'encode'"),
        ("own module:f", "text: expected MODULE:FUNCTION, got 'own module:f'"),
        (":f", "text: expected MODULE:FUNCTION, got ':f'"),
        ("a:", "text: expected MODULE:FUNCTION, got 'a:'"),
        ("no_such_module:f", "text: expected a module no_such_module that can be imported, got "),
        ("own_sound:g", "text: expected a function g in the module own_sound, got none"),
        ("own_sound:NUMBER", "text: expected own_sound:NUMBER to be a function, got 'int'"),
        (
            "own_broken:f",
            "text: expected a module own_broken that can be imported, got SyntaxError",
        ),
        (
            "own_raises:f",
            "text: expected a module own_raises that can be imported, got OSError (no",
        ),
        ("own_leaves:f", "text: expected a module own_leaves that can be imported, got SystemExit"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(name, sentence, module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module("own_sound", "NUMBER = 1")
    module("own_broken", "def f(:")
    module("own_raises", "raise OSError('no\\nweights')")
    module("own_leaves", "raise SystemExit(0)")
    with pytest.raises(ArgumentError) as caught:
        load_encoder("text", name)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_module_beside_the_user_and_a_method_are_found(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module(
        "own_model", "class M:\n    def encode(self, texts):\n        return len(texts)\nm = M()"
    )
    assert load_encoder("text", "own_model:m.encode")(["a", "b"]) == 2
    assert load_encoder("text", "math:sqrt")(4) == 2.0


def test_an_error_is_one_short_line():
    assert one_line(OSError("a\n\n  b\tc")) == "a b c"
    assert len(one_line(OSError("a" * 1000))) == 200
