"""MNIST as the notebook makes it, from the repository's own file and from nowhere else."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.datasets import mnist as keras_mnist

from graders.models.datasets import (
    MNIST_VARIABLE,
    mnist,
    mnist_path,
    use_local_mnist,
    write_uncompressed,
)


@pytest.fixture
def genuine_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras's own loader is put back afterwards; meanwhile there is no network."""

    def refuse(*_arguments: Any, **_settings: Any) -> Any:
        raise AssertionError("Nothing may be downloaded.")

    monkeypatch.setattr(keras_mnist, "get_file", keras_mnist.get_file)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def loaded(genuine_keras: None) -> Any:
    """What `load_data` gives in the notebook."""
    use_local_mnist()
    return keras.datasets.mnist.load_data()


def test_the_file_is_the_repository_s_own() -> None:
    assert mnist_path() == Path(__file__).parents[2] / "data" / "mnist.npz"


def test_the_file_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MNIST_VARIABLE, "/elsewhere/mnist.npz")
    assert mnist_path() == Path("/elsewhere/mnist.npz")


def test_images_are_flat_and_scaled_as_the_notebook_does(loaded: Any) -> None:
    (x_train, _), (x_test, _) = loaded
    for raw, ours in ((x_train, mnist().x_train), (x_test, mnist().x_test)):
        notebook = raw.reshape(len(raw), 784).astype("float32") / 255
        assert ours.dtype == notebook.dtype
        assert np.array_equal(ours, notebook)


def test_labels_are_those_of_keras(loaded: Any) -> None:
    (_, y_train), (_, y_test) = loaded
    assert np.array_equal(mnist().y_train, y_train)
    assert np.array_equal(mnist().y_test, y_test)


def test_one_hot_labels_are_those_of_to_categorical(loaded: Any) -> None:
    (_, y_train), (_, y_test) = loaded
    for labels, ours in ((y_train, mnist().y_train_one_hot), (y_test, mnist().y_test_one_hot)):
        notebook = keras.utils.to_categorical(labels, 10)
        assert ours.dtype == notebook.dtype
        assert np.array_equal(ours, notebook)


def test_images_for_convolutions_are_views() -> None:
    assert mnist().x_train_images.shape == (60_000, 28, 28, 1)
    assert mnist().x_test_images.shape == (10_000, 28, 28, 1)
    assert np.shares_memory(mnist().x_test_images, mnist().x_test)


def test_the_data_are_read_once() -> None:
    assert mnist() is mnist()
    assert mnist().x_test is mnist().x_test


@pytest.mark.parametrize(
    "name", ["x_train", "x_train_images", "y_train", "y_train_one_hot", "raw_test", "x_test"]
)
def test_the_data_are_read_only(name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(mnist(), name)[0] = 1


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MNIST_VARIABLE, str(tmp_path / "gone.npz"))
    with pytest.raises(FileNotFoundError, match=r"gone\.npz"):
        mnist()


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.npz").write_bytes(b"not MNIST")
    monkeypatch.setenv(MNIST_VARIABLE, str(tmp_path / "other.npz"))
    with pytest.raises(ValueError, match=r"other\.npz is not MNIST"):
        mnist()


@pytest.mark.usefixtures("genuine_keras")
def test_load_data_with_a_missing_file_names_it_and_downloads_nothing(tmp_path: Path) -> None:
    use_local_mnist(tmp_path / "gone.npz")
    with pytest.raises(FileNotFoundError, match=r"gone\.npz"):
        keras.datasets.mnist.load_data()


def test_load_data_gives_arrays_a_student_may_write_to(loaded: Any) -> None:
    (x_train, _), _ = loaded
    x_train[0] = 0
    assert not x_train[0].any()


@pytest.mark.usefixtures("genuine_keras")
def test_the_uncompressed_file_holds_what_keras_reads_in_the_other(
    loaded: Any, tmp_path: Path
) -> None:
    write_uncompressed(tmp_path / "mnist.npz")
    use_local_mnist(tmp_path / "mnist.npz")
    for pair, expected in zip(keras.datasets.mnist.load_data(), loaded, strict=True):
        for array, other in zip(pair, expected, strict=True):
            assert array.dtype == other.dtype
            assert np.array_equal(array, other)
            assert array.flags.writeable
