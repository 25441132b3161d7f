"""Wrong answers, one change away from right ones: each is refused, at the right place."""

from __future__ import annotations

from tests.answer_keys.refused_compilations import COMPILATIONS
from tests.answer_keys.refused_convolutions import CONVOLUTIONS
from tests.answer_keys.refused_models import LENETS, PERCEPTRONS
from tests.answer_keys.variants import Refused

REFUSED: tuple[Refused, ...] = (*PERCEPTRONS, *CONVOLUTIONS, *LENETS, *COMPILATIONS)
