from __future__ import annotations

import grp
import subprocess

import pytest

from deploy.jupyterhub.machine import accounts_below, has_account, remove_group
from deploy.jupyterhub.sample_hub import HubError, SampleHub
from tests.hub.hubs import Hub


def test_an_account_that_this_hub_has_not_made_is_left_alone(hub: Hub) -> None:
    with pytest.raises(
        HubError, match=r"has an account nobody already, whose home.*userdel nobody"
    ):
        hub.sample.add_accounts("students", ("nobody",))
    assert "nobody" not in hub.sample.passwords()


def test_accounts_whose_making_was_interrupted_are_made_anew(hub: Hub) -> None:
    made, never_made = f"{hub.sample.prefix}interrompu", "Not A Login"
    with pytest.raises(HubError, match="add-accounts ended with 1"):
        hub.sample.add_accounts("students", (made, never_made))
    assert made in accounts_below(hub.sample.folder)  # so remove() takes it away
    assert made not in hub.sample.passwords()
    hub.sample.add_accounts("students", (made,))
    assert hub.sample.passwords()[made]


def test_removing_takes_away_the_hubs_own_accounts_and_no_group_of_another_course(
    hub: Hub,
) -> None:
    folder = hub.sample.folder / "unfinished"
    unfinished = SampleHub(folder, hub.sample.programs, f"{hub.sample.course}-2")
    login, group = f"{hub.sample.prefix}inacheve", unfinished.groups[0]
    subprocess.run(["useradd", "--home-dir", folder / "homes" / login, login], check=True)
    subprocess.run(["groupadd", group], check=True)
    try:
        unfinished.remove()
        assert not has_account(login)
        assert grp.getgrnam(group)
    finally:
        remove_group(group)
    assert has_account(hub.sample.grader)
