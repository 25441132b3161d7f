from __future__ import annotations

import psutil
import pytest
from distributed import Client, Scheduler, SpecCluster
from distributed.security import Security

from graders.grading.batch.cluster import open_cluster, places
from graders.grading.batch.unavailable import ClusterUnavailable

HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graders.grading.batch.cluster._CONNECT_SECONDS", 2)


def test_notebooks_and_trainings_have_places_of_their_own(cluster: Client) -> None:
    workers = cluster.scheduler_info()["workers"].values()
    assert places(cluster) == {"sandbox": 2, "trainer": 1}
    assert sorted(tuple(worker["resources"]) for worker in workers) == [("sandbox",), ("trainer",)]


def test_nothing_of_the_cluster_listens_elsewhere_than_here(cluster: Client) -> None:
    assert cluster.status == "running"
    here = psutil.Process()
    listening = {
        connection.laddr.ip
        for process in (here, *here.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {HERE}


@pytest.mark.parametrize("security", [None, "another key"])
def test_only_the_processes_of_the_class_are_let_in(cluster: Client, security: str | None) -> None:
    info = cluster.scheduler_info()
    addresses = [info["address"], *info["workers"]]
    assert all(address.startswith("tls://") for address in addresses)
    stranger = Security.temporary() if security else Security()
    protocol = "tls" if security else "tcp"
    for address in addresses:
        door = address.replace("tls", protocol, 1)
        with pytest.raises(OSError, match=r"TLS|SSL|Timed out|connect|closed"):
            Client(door, security=stranger, timeout=2, set_as_default=False)
    assert cluster.submit(abs, -7, key=f"still-works-{protocol}").result(timeout=20) == 7


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    with (
        pytest.raises(ClusterUnavailable, match=f"No Dask scheduler answers at tcp://{HERE}:1"),
        open_cluster(f"tcp://{HERE}:1"),
    ):
        pass


def test_a_cluster_where_nobody_works_says_what_to_start() -> None:
    options = {"dashboard": False, "dashboard_address": f"{HERE}:0", "host": HERE}
    with (
        SpecCluster(workers={}, scheduler={"cls": Scheduler, "options": options}) as empty,
        pytest.raises(ClusterUnavailable, match="has a place for notebooks") as raised,
        open_cluster(empty.scheduler_address),
    ):
        pass
    assert str(raised.value).endswith(f"graders worker {empty.scheduler_address} --only notebooks")
