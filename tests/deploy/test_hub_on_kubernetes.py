"""What Zero to JupyterHub makes of our values: its code, its roles, and each person's pod."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from jupyterhub.scopes import scope_definitions
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

from tests.deploy.chart_values import STAFF, STUDENTS, values
from tests.deploy.manifests import validate

HUB = values("jupyterhub")


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Config:
    """What the hub's code makes of the values, run as the chart runs it: `c`, and its module."""
    chart = ModuleType("z2jh")
    monkeypatch.setattr(chart, "get_config", _value, raising=False)
    monkeypatch.setitem(sys.modules, "z2jh", chart)
    made = Config()
    names: dict[str, Any] = {"c": made}
    for _, code in sorted(HUB["hub"]["extraConfig"].items()):
        exec(code, names)
    return made


def _value(path: str) -> Any:
    found: Any = HUB
    for name in path.split("."):
        found = found[name]
    return found


def _account(*groups: str) -> Any:
    named = [SimpleNamespace(name=name) for name in groups]
    return SimpleNamespace(user=SimpleNamespace(id=7, groups=named))


def _offered(config: Config, *groups: str) -> list[str]:
    return [one["slug"] for one in config.KubeSpawner.profile_list(_account(*groups))]


def test_students_are_not_offered_the_programs_of_the_staff(config: Config) -> None:
    assert _offered(config, STUDENTS) == ["cpu", "gpu"]
    assert _offered(config, STAFF) == ["cpu", "gpu", "staff"]


def test_each_account_has_a_number_of_its_own_and_students_no_common_group(config: Config) -> None:
    student, staff = _account(STUDENTS), _account(STAFF)
    for account in (student, staff):
        config.KubeSpawner.pre_spawn_hook(account)
    assert (student.uid, student.gid, student.fs_gid) == (100_007, 100_007, 100_007)
    assert (staff.uid, staff.gid) == (100_007, 90_000)


@pytest.fixture
def _a_cluster_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KubeSpawner reads where the cluster is before it makes a pod's manifest."""
    cluster = {"name": "none", "cluster": {"server": "http://127.0.0.1:1"}}
    context = {"name": "none", "context": {"cluster": "none", "user": "none"}}
    user: dict[str, Any] = {"name": "none", "user": {}}
    known = {"clusters": [cluster], "contexts": [context], "users": [user]}
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump({"current-context": "none", **known}))
    monkeypatch.setattr(
        "kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file)
    )


@pytest.mark.usefixtures("_a_cluster_nobody_asks")
@pytest.mark.parametrize("slug", ["cpu", "gpu", "staff"])
def test_the_pod_of_each_profile_is_what_kubernetes_takes(slug: str, config: Config) -> None:
    pod = asyncio.run(_pod(slug, config.KubeSpawner.profile_list(_account(STAFF))))
    validate(pod)
    container = pod["spec"]["containers"][0]
    mounted = [mount["mountPath"] for mount in container["volumeMounts"]]
    course = ["/home/jovyan/course"] if slug == "staff" else []
    # Kubernetes refuses a path that is mounted twice; its schema does not say so.
    assert sorted(mounted) == sorted(["/home/jovyan", "/srv/nbgrader/exchange", *course])
    named = {volume["name"] for volume in pod["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} <= named
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) is (slug == "gpu")


def test_what_the_hub_is_told_to_let_people_ask_are_scopes_that_it_knows() -> None:
    roles = HUB["hub"]["loadRoles"].values()
    scopes = {scope.split("!")[0] for role in roles for scope in role["scopes"]}
    assert scopes <= set(scope_definitions)


def test_the_staff_may_reach_the_gateway_and_the_rule_is_what_kubernetes_takes() -> None:
    policy = HUB["singleuser"]["networkPolicy"]
    validate(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "singleuser"},
            "spec": {"podSelector": {}, "egress": policy["egress"]},
        }
    )


async def _pod(slug: str, profiles: list[dict[str, Any]]) -> dict[str, Any]:
    """The pod of who chose a profile; settings are as the chart (4.3) passes them on."""
    single = HUB["singleuser"]
    home, storage = "volume-7", single["storage"]
    claim = {"name": home, "persistentVolumeClaim": {"claimName": "claim-7"}}
    mount = {"name": home, "mountPath": storage["homeMountPath"]}
    spawner = KubeSpawner(
        _mock=True,
        namespace="course",
        image=f"{single['image']['name']}:{single['image']['tag']}",
        cmd=single["cmd"],
        environment=single["extraEnv"],
        mem_guarantee=single["memory"]["guarantee"],
        mem_limit=single["memory"]["limit"],
        cpu_guarantee=single["cpu"]["guarantee"],
        cpu_limit=single["cpu"]["limit"],
        volumes={home: claim, **storage["extraVolumes"]},
        volume_mounts={home: mount, **storage["extraVolumeMounts"]},
        profile_list=profiles,
    )
    spawner.user_options = {"profile": slug}
    await spawner.load_user_options()
    made = await spawner.get_pod_manifest()
    pod: dict[str, Any] = ApiClient().sanitize_for_serialization(made)
    return pod
