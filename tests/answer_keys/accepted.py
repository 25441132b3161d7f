"""Right answers, however they are written: all earn full marks."""

from __future__ import annotations

from tests.answer_keys.accepted_compilations import COMPILATIONS
from tests.answer_keys.accepted_lenets import LENETS
from tests.answer_keys.accepted_models import LOGISTICS, PERCEPTRONS
from tests.answer_keys.variants import Accepted

ACCEPTED: tuple[Accepted, ...] = (*LOGISTICS, *PERCEPTRONS, *LENETS, *COMPILATIONS)
