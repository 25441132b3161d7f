"""All attacks, by theme: the order in which they are run and published."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tests.attacks.attack import Attack
from tests.attacks.channels import CHANNELS
from tests.attacks.escaping import ESCAPING
from tests.attacks.exhausting import EXHAUSTING
from tests.attacks.lying import LYING
from tests.attacks.poisoning import POISONING
from tests.attacks.pretending import PRETENDING
from tests.attacks.prying import PRYING

THEMES: Mapping[str, tuple[Attack, ...]] = MappingProxyType(
    {
        "Pretending": PRETENDING,
        "Lying values": LYING,
        "Poisoned modules": POISONING,
        "Shared files": CHANNELS,
        "Prying": PRYING,
        "Escaping": ESCAPING,
        "Exhausting": EXHAUSTING,
    }
)
