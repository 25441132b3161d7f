"""Why a model has no canonical form: the reasons, and the error that carries one."""

from __future__ import annotations

from enum import StrEnum

from graders.models.architecture import Architecture

# No honest answer to a course's question comes near these; a bomb does.
MAX_OPERATIONS = 256
MAX_PARAMETERS = 50_000_000
MAX_NESTING = 16


class Unreadable(StrEnum):
    """The reasons a model cannot be read."""

    NOT_A_MODEL = "not a Keras model"
    NO_LAYER = "no layer"
    BROKEN = "half-built: adding or building a layer failed"
    NOT_BUILT = "never built: a subclassed model shows its layers once it has seen data"
    BRANCHES = "not a chain of layers"
    SEVERAL_INPUTS_OR_OUTPUTS = "several inputs or outputs"
    NOT_TRACEABLE = "its call method cannot be followed"
    BEHAVES_OTHERWISE = "it does not compute what its layers say"
    TOO_LARGE = "too large"


class NotReadable(Exception):  # noqa: N818 - it says what is the matter with the model
    """A model has no canonical form.

    `architecture` is what could be read all the same: the layers of a half-built model.
    """

    def __init__(
        self, reason: Unreadable, detail: str = "", architecture: Architecture | None = None
    ) -> None:
        super().__init__(f"This model cannot be read: {reason}. {detail}".rstrip())
        self.reason = reason
        self.detail = detail
        self.architecture = architecture
