from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from graders.grading.trainings.devices import visible_gpus


@pytest.mark.parametrize(
    ("chosen", "seen"), [("0,2", ("0", "2")), ("", ()), ("-1", ()), ("GPU-5f", ("GPU-5f",))]
)
def test_what_a_process_was_given_is_what_it_sees(chosen: str, seen: tuple[str, ...]) -> None:
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": chosen}) == seen


@pytest.fixture
def machine(tmp_path: Path) -> Mapping[str, str]:
    """Variables of a machine where NVIDIA's program is the one that a test writes."""
    return {"PATH": f"{tmp_path}:/usr/bin:/bin"}


def _nvidia_smi(folder: Path, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_machine_without_nvidias_program_has_none(machine: Mapping[str, str]) -> None:
    assert visible_gpus(machine) == ()


def test_all_that_nvidias_program_lists_are_there(
    tmp_path: Path, machine: Mapping[str, str]
) -> None:
    _nvidia_smi(tmp_path, "printf '0\\n1\\n'")
    assert visible_gpus(machine) == ("0", "1")


def test_a_driver_that_does_not_work_is_no_gpu(tmp_path: Path, machine: Mapping[str, str]) -> None:
    _nvidia_smi(tmp_path, "echo 'NVIDIA-SMI has failed'; exit 9")
    assert visible_gpus(machine) == ()
