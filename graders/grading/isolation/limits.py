"""`Limits`: everything a student's notebook may use, in one value."""

from __future__ import annotations

from dataclasses import dataclass, fields

MIB = 2**20
GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one notebook may use: sizes in bytes, times in seconds, the rest are counts.

    The defaults suit the training of small networks. Time spent by the grader itself on behalf of
    a cell (`attend`) is not counted.

    Raises:
        ValueError: a limit is not positive.
    """

    memory_bytes: int = 6 * GIB
    """All processes together, with the files they wrote (which live in memory)."""
    processes: int = 256
    """Threads count: TensorFlow starts some for each core."""
    open_files: int = 1024
    """Per process."""
    file_bytes: int = 512 * MIB
    """The longest file."""
    writable_bytes: int = 512 * MIB
    """The home directory, and as much for /tmp."""
    shared_bytes: int = GIB
    """The directory in which values are handed to the grader."""

    start_seconds: float = 60
    """From nothing to a kernel that answers."""
    cell_seconds: float = 600
    """Wall-clock time of one cell."""
    notebook_seconds: float = 1800
    """Wall-clock time of all cells together."""
    cell_cpu_seconds: float = 1800
    """Processor time of one cell, all cores together."""
    notebook_cpu_seconds: float = 5400
    """Processor time of the whole notebook, between cells too."""
    agent_seconds: float = 120
    """The grader's own work in the kernel, at one time: importing Keras, reading models."""
    agent_notebook_seconds: float = 600
    """The same for the whole notebook: a student can make it last."""
    interrupt_seconds: float = 5
    """How long an interrupted cell may take to stop before everything is killed."""

    cell_output_bytes: int = MIB
    """Output of one cell that is kept; what follows is cut, and the cell goes on."""
    notebook_output_bytes: int = 8 * MIB
    """The same for the whole notebook."""
    flood_bytes: int = 32 * MIB
    """Output of one cell, kept or not, at which the cell is interrupted."""
    cells: int = 1000
    """Cells that are run; later ones are not."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ValueError(
                    f"Limits.{field.name} must be a positive number. Received: {value!r}."
                )
