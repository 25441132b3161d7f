"""Kubernetes' files: manifests, and the pods that the charts' own programs make of their values."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kubernetes_validate
import pytest
import yaml
from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig
from dask_gateway_server.backends.kubernetes.controller import KubeController
from jsonschema import Draft7Validator
from jupyterhub.scopes import scope_definitions
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
CHARTS = Path(__file__).parents[2] / "build" / "charts"
VERSION = "1.33"
STAFF = "formgrade-deep-learning"


def _values(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}-values.yaml").read_text())


def _validate(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


@pytest.mark.parametrize(
    "manifest",
    list(yaml.safe_load_all((FOLDER / "storage.yaml").read_text())),
    ids=lambda manifest: f"{manifest['kind']} {manifest['metadata']['name']}",
)
def test_each_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    _validate(manifest)


def test_a_manifest_with_a_mistake_is_refused() -> None:
    manifest = next(yaml.safe_load_all((FOLDER / "storage.yaml").read_text()))
    manifest["spec"]["accessMode"] = manifest["spec"].pop("accessModes")
    with pytest.raises(kubernetes_validate.ValidationError):
        _validate(manifest)


@pytest.mark.parametrize("name", ["jupyterhub", "dask-gateway"])
def test_each_charts_values_are_what_its_schema_takes(name: str) -> None:
    schema = CHARTS / name / "values.schema.json"
    if not schema.exists():
        pytest.skip(
            f"{name}'s chart is not in build/charts: docs/deploy.md says how to put it there"
        )
    # As Helm does: the schema is of the chart's own values with ours over them.
    defaults = yaml.safe_load((CHARTS / name / "values.yaml").read_text())
    Draft7Validator(json.loads(schema.read_text())).validate(_merged(defaults, _values(name)))


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        known = merged.get(name)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[name] = _merged(known or {}, value) if both else value
    return merged


class Chart:
    """What Zero to JupyterHub gives to the code in `hub.extraConfig`, as far as ours asks."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def get_config(self, path: str) -> Any:
        found: Any = self.values
        for name in path.split("."):
            found = found[name]
        return found


def _spawner_config() -> Config:
    """What the hub's code makes of the values; the code is run as the hub runs it."""
    values, config = _values("jupyterhub"), Config()
    for code in values["hub"]["extraConfig"].values():
        exec(code, {"c": config, "z2jh": Chart(values)})
    return config


def _account(*groups: str) -> Any:
    named = [SimpleNamespace(name=name) for name in groups]
    return SimpleNamespace(user=SimpleNamespace(id=7, groups=named))


def _profiles(*groups: str) -> list[dict[str, Any]]:
    return _spawner_config().KubeSpawner.profile_list(_account(*groups))


def test_students_are_not_offered_the_programs_of_the_staff() -> None:
    offered = [profile["slug"] for profile in _profiles("nbgrader-deep-learning")]
    assert offered == ["cpu", "gpu"]
    assert [profile["slug"] for profile in _profiles(STAFF)] == ["cpu", "gpu", "staff"]


def test_each_account_has_a_number_of_its_own_and_students_no_common_group() -> None:
    student, staff = _account("nbgrader-deep-learning"), _account(STAFF)
    for account in (student, staff):
        _spawner_config().KubeSpawner.pre_spawn_hook(account)
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
def test_the_pod_of_each_profile_is_what_kubernetes_takes(slug: str) -> None:
    values = _values("jupyterhub")
    single = values["singleuser"]
    profile = next(one for one in _profiles(STAFF) if one["slug"] == slug)
    # As the chart passes them on.
    settings = {
        "image": f"{single['image']['name']}:{single['image']['tag']}",
        "cmd": single["cmd"],
        "environment": single["extraEnv"],
        "mem_guarantee": single["memory"]["guarantee"],
        "mem_limit": single["memory"]["limit"],
        "cpu_guarantee": single["cpu"]["guarantee"],
        "cpu_limit": single["cpu"]["limit"],
        "volumes": {volume["name"]: volume for volume in single["storage"]["extraVolumes"]},
        "volume_mounts": {mount["name"]: mount for mount in single["storage"]["extraVolumeMounts"]},
        **profile.get("kubespawner_override", {}),
    }
    assert settings.keys() <= set(KubeSpawner.class_trait_names())
    pod = asyncio.run(_pod_of(settings))
    _validate(pod)
    container = pod["spec"]["containers"][0]
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert "/srv/nbgrader/exchange" in mounted
    assert ("/home/jovyan/course" in mounted) is (slug == "staff")
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) is (slug == "gpu")


def test_what_the_hub_is_told_to_let_servers_ask_are_scopes_that_it_knows() -> None:
    roles = _values("jupyterhub")["hub"]["loadRoles"]
    scopes = {scope.split("!")[0] for role in roles.values() for scope in role["scopes"]}
    assert scopes <= set(scope_definitions)


def test_a_student_starts_no_worker_that_grades() -> None:
    options = _gateway_config().Backend.cluster_options
    student = SimpleNamespace(groups={"nbgrader-deep-learning"})
    with pytest.raises(ValueError, match="Only the staff of the course grades"):
        options.handler(SimpleNamespace(gpu=False), student)


def test_the_staff_may_reach_the_gateway_and_the_rule_is_what_kubernetes_takes() -> None:
    policy = _values("jupyterhub")["singleuser"]["networkPolicy"]
    _validate(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "singleuser"},
            "spec": {"podSelector": {}, "egress": policy["egress"]},
        }
    )


def _gateway_config() -> Config:
    values, config = _values("dask-gateway"), Config()
    backend = values["gateway"]["backend"]
    worker = backend["worker"]
    kube = config.KubeClusterConfig
    # As the chart passes them on.
    kube.image = f"{backend['image']['name']}:{backend['image']['tag']}"
    kube.worker_threads = worker["threads"]
    kube.worker_cores, kube.worker_cores_limit = worker["cores"].values()
    kube.worker_memory, kube.worker_memory_limit = worker["memory"].values()
    kube.worker_extra_pod_config = worker["extraPodConfig"]
    kube.worker_extra_container_config = worker["extraContainerConfig"]
    for code in values["gateway"]["extraConfig"].values():
        exec(code, {"c": config})
    return config


@pytest.mark.parametrize("gpu", [False, True])
def test_the_pod_of_a_worker_that_grades_is_what_kubernetes_takes(gpu: bool) -> None:
    config = _gateway_config()
    options = config.Backend.cluster_options
    chosen = options.handler(SimpleNamespace(gpu=gpu), SimpleNamespace(groups={STAFF}))
    controller = KubeController(config=config, gateway_instance="course")
    cluster = KubeClusterConfig(config=config, **chosen)
    pod = controller.make_pod("course", "grading", cluster, is_worker=True)
    pod["metadata"].setdefault("name", "worker")
    _validate(pod)
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    assert container["args"][:2] == ["graders", "worker"]
    # What the sandbox of students' cells needs.
    assert spec["hostUsers"] is False
    assert container["securityContext"]["procMount"] == "Unmasked"
    assert spec["securityContext"]["seccompProfile"] == {"type": "Unconfined"}
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) is gpu
    assert container["resources"]["limits"]["memory"]


async def _pod_of(settings: dict[str, Any]) -> dict[str, Any]:
    spawner = KubeSpawner(_mock=True, namespace="course", **settings)
    made = await spawner.get_pod_manifest()
    pod: dict[str, Any] = ApiClient().sanitize_for_serialization(made)
    return pod
