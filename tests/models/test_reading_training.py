"""Signs of a training, one by one: none of them is enough, and none of them is believed blindly."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from graders.models.reading import read_snapshot, read_training
from graders.models.snapshot import TrainingRecord

X, Y = np.ones((6, 4), np.float32), np.eye(3)[[0, 1, 2, 0, 1, 2]]


def made(optimizer: Any = "sgd") -> Any:
    """A small classifier, compiled."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def trained() -> Any:
    """A model after three epochs of two steps."""
    model = made()
    model.fit(X, Y, batch_size=3, epochs=3, verbose=0)
    return model


def test_a_fresh_model_has_no_record() -> None:
    assert read_training(made()) is None


def test_a_model_never_compiled_has_no_record() -> None:
    assert read_training(keras.Sequential([keras.layers.Dense(3)])) is None


def test_what_is_no_model_has_no_record() -> None:
    assert read_training({"history": 3}) is None


def test_an_evaluated_model_has_no_record() -> None:
    model = made()
    model.evaluate(X, Y, verbose=0)
    assert read_training(model) is None


def test_a_fit_counts_its_epochs_and_steps(trained: Any) -> None:
    record = read_training(trained)
    assert record is not None
    assert (record.iterations, record.epochs, record.steps_per_epoch) == (6, 3, 2)
    assert not record.verified


def test_a_fit_records_each_metric_once_an_epoch(trained: Any) -> None:
    record = read_training(trained)
    assert record is not None
    assert {name: len(values) for name, values in record.history} == {"accuracy": 3, "loss": 3}
    assert dict(record.history)["loss"] == tuple(trained.history.history["loss"])


def test_iterations_add_up_over_fits_and_the_history_is_the_last_one_s() -> None:
    model = made()
    for epochs in (2, 1):
        model.fit(X, Y, batch_size=3, epochs=epochs, verbose=0)
    record = read_training(model)
    assert record is not None
    assert (record.iterations, record.epochs) == (6, 1)


def test_a_training_stopped_early_counts_the_epochs_it_did() -> None:
    model = made()
    stop = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: stop_at(model, epoch))
    model.fit(X, Y, epochs=9, callbacks=[stop], verbose=0)
    record = read_training(model)
    assert record is not None
    assert record.epochs == 2


def stop_at(model: Any, epoch: int) -> None:
    """End a training after two epochs."""
    model.stop_training = epoch == 1


def test_compiling_again_forgets_the_iterations_and_keeps_the_history() -> None:
    model = made()
    model.fit(X, Y, epochs=2, verbose=0)
    model.compile("sgd", "mse")
    record = read_training(model)
    assert record is not None
    assert (record.iterations, record.epochs) == (0, 2)


def test_a_loaded_model_keeps_its_iterations(trained: Any, tmp_path: Any) -> None:
    trained.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert read_training(loaded) == TrainingRecord(6, 0, None)


def test_an_optimizer_of_another_model_shows_its_own_iterations() -> None:
    optimizer = keras.optimizers.SGD()
    made(optimizer).fit(X, Y, epochs=2, verbose=0)
    model = made(optimizer)
    with pytest.raises(ValueError, match="Unknown variable"):
        model.fit(X, Y, verbose=0)
    assert read_training(model) == TrainingRecord(2, 0, 1)


def test_weights_set_from_elsewhere_leave_no_record(trained: Any) -> None:
    model = made()
    model.set_weights(trained.get_weights())
    assert read_training(model) is None


def test_the_record_of_our_trainer_is_taken_as_it_is() -> None:
    model, record = made(), TrainingRecord(2000, 10, 200, batch_size=300, verified=True)
    model.training_record = record
    assert read_training(model) is record


class Forged:
    """What a student may put in the place of a History."""

    epoch = (0, 1, 2)
    params = {"steps": 200}  # noqa: RUF012 - a student would write it so
    history: dict[str, list[float]] = {"loss": [1.0]}  # noqa: RUF012


def forged_history(**attributes: Any) -> Any:
    """A genuine History with other attributes."""
    history = keras.callbacks.History()
    vars(history).update({"epoch": [0], "params": {"steps": 2}, "history": {}} | attributes)
    return history


FORGERIES = {
    "a text": "trained",
    "another object": Forged(),
    "a text for epochs": forged_history(epoch="0123456789"),
    "endless epochs": forged_history(epoch=list(range(100_000))),
    "no epochs": forged_history(epoch=None),
}


@pytest.mark.parametrize("history", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_history_counts_as_none(history: Any) -> None:
    model = made()
    vars(model)["history"] = history
    assert read_training(model) is None


@pytest.mark.parametrize("steps", [True, 2.0, "200", -1, 10**20, None])
def test_forged_steps_count_as_not_said(steps: Any) -> None:
    model = made()
    vars(model)["history"] = forged_history(params={"steps": steps})
    assert read_training(model) == TrainingRecord(0, 1, None)


@pytest.mark.parametrize(
    "logs",
    [
        {"loss": "low"},
        {"loss": ["low"]},
        {3: [0.5]},
        {"l" * 200: [0.5]},
        {f"loss{i}": [0.5] for i in range(100)},
        {"loss": [0.5] * 100_000},
        ["loss"],
    ],
    ids=str,
)
def test_forged_logs_count_as_not_said(logs: Any) -> None:
    model = made()
    vars(model)["history"] = forged_history(history=logs)
    assert read_training(model) == TrainingRecord(0, 1, 2)


@pytest.mark.parametrize("record", ["verified", {"verified": True}, 10])
def test_a_forged_record_counts_as_none(record: Any) -> None:
    model = made()
    model.training_record = record
    assert read_training(model) is None


def test_an_optimizer_that_is_none_counts_no_iterations() -> None:
    model = made()
    vars(model)["optimizer"] = Forged()
    assert read_training(model) is None


def test_a_snapshot_holds_the_record(trained: Any) -> None:
    assert read_snapshot(trained).training == read_training(trained)
