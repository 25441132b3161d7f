from __future__ import annotations

import pytest

from deploy.jupyterhub.machine import has_account
from deploy.jupyterhub.sample_hub import HubError
from tests.hub.hubs import Hub


def test_an_account_that_this_hub_has_not_made_is_left_alone(hub: Hub) -> None:
    with pytest.raises(HubError, match=r"has an account nobody already, .*userdel nobody"):
        hub.sample.add_accounts("students", ("nobody",))
    assert "nobody" not in hub.sample.passwords()


def test_accounts_whose_making_was_interrupted_are_made_anew(hub: Hub) -> None:
    made, never_made = f"{hub.sample.prefix}interrompu", "Not A Login"
    with pytest.raises(HubError, match="add-accounts ended with 1"):
        hub.sample.add_accounts("students", (made, never_made))
    assert has_account(made)
    assert made in hub.sample.passwords()  # so remove() takes it away
    hub.sample.add_accounts("students", (made,))
    assert hub.sample.passwords()[made]
