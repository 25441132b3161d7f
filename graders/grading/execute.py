"""Running a submission's cells in a kernel that is quiet, offline and repeatable."""

from __future__ import annotations

import hashlib
import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import setenv
from traitlets import Int, Unicode

Resources = dict[str, Any]

# TensorFlow's results depend on its thread count, and with a single intra-op thread it leaves
# its fast path: two, everywhere, whatever the machine.
THREADS = 2


class ExecuteInKernel(Execute):
    """Runs every cell of a submission in one kernel, each from its own random seed.

    The seed of a cell depends on the assignment and on the cell's id alone, so the same
    submission always earns the same mark, and equivalent answers train to the same weights.
    """

    timeout = Int(
        900, allow_none=True, help="Seconds a cell may take; training LeNet takes 160 on two cores."
    ).tag(config=True)

    mnist = Unicode("", help="The MNIST file that `load_data()` reads; data/mnist.npz.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        with _kernel_environment(self.mnist):
            self._dead = False
            nb, resources = super().preprocess(nb, resources, km)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        if cell.cell_type != "code" or self._dead:
            return cell, resources
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", str(index))
        self.log.info("Executing cell %s (%d/%d)", name, index + 1, len(self.nb.cells))
        try:
            self._run_silently(_prelude(resources["nbgrader"]["assignment"], name), index)
            return super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            # Later cells keep no execution count, which scoring reads as "never ran".
            self._dead = True
            self.log.warning("The kernel died in cell %s", name)
            cell.execution_count = None
            cell.outputs.append(
                new_output(
                    "error",
                    ename="DeadKernelError",
                    evalue="",
                    traceback=["Le noyau Python s'est arrêté pendant cette cellule."],
                )
            )
            self.nb.cells[index] = cell
            return cell, resources

    def _run_silently(self, source: str, index: int) -> None:
        self.execute_cell(new_code_cell(source), index, store_history=False)


def seed_of(assignment: str, cell: str) -> int:
    """The random seed of a cell, from 0 to 2**31 - 1."""
    digest = hashlib.sha256(f"{assignment}/{cell}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _prelude(assignment: str, cell: str) -> str:
    return (
        "import keras as _keras\n"
        f"_keras.utils.set_random_seed({seed_of(assignment, cell)})\n"
        "from graders.models.datasets import use_local_mnist as _use_local_mnist\n"
        "import os as _os\n"
        "_use_local_mnist(_os.environ['GRADERS_MNIST'])\n"
        "del _keras, _use_local_mnist, _os"
    )


def _kernel_environment(mnist: str) -> AbstractContextManager[None]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    threads = {"TF_NUM_INTRAOP_THREADS": str(THREADS), "TF_NUM_INTEROP_THREADS": "1"}
    data = {"GRADERS_MNIST": str(Path(mnist).resolve()) if mnist else os.environ["GRADERS_MNIST"]}
    context: AbstractContextManager[None] = setenv(**quiet, **threads, **data)
    return context
