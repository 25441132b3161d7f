"""What Dask Gateway makes of our values: who may start workers that grade, and their pods."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dask_gateway_server.auth import JupyterHubAuthenticator
from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig
from dask_gateway_server.backends.kubernetes.controller import KubeController
from traitlets.config import Config

from tests.deploy.chart_values import STAFF, STUDENTS, gateway_config, values
from tests.deploy.manifests import validate


@pytest.fixture
def config() -> Config:
    """The gateway's configuration, made anew."""
    return gateway_config()


def _pod(config: Config, *, gpu: bool = False, worker: bool) -> dict[str, Any]:
    options = config.Backend.cluster_options
    chosen = options.handler(SimpleNamespace(gpu=gpu), SimpleNamespace(groups={STAFF}))
    controller = KubeController(config=config, gateway_instance="course")
    cluster = KubeClusterConfig(config=config, **chosen)
    pod: dict[str, Any] = controller.make_pod("course", "grading", cluster, is_worker=worker)
    pod["metadata"].setdefault("name", "pod")
    return pod


def test_a_student_starts_no_worker_that_grades(config: Config) -> None:
    options = config.Backend.cluster_options
    with pytest.raises(ValueError, match="Only the staff of the course grades"):
        options.handler(SimpleNamespace(gpu=False), SimpleNamespace(groups={STUDENTS}))


def test_the_gateway_takes_the_tokens_that_the_hub_gives_to_the_staff_alone(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "none")
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:1")
    authenticator = JupyterHubAuthenticator(config=config)
    assert authenticator.use_service_access_scopes
    service, hub = authenticator.jupyterhub_service_name, values("jupyterhub")["hub"]
    assert service in hub["services"]
    scope = f"access:services!service={service}"
    roles = hub["loadRoles"]
    allowed = {name: role.get("groups") for name, role in roles.items() if scope in role["scopes"]}
    # A server's token has what its owner has too: the second role makes the difference.
    assert allowed == {"server": None, "grader": [STAFF]}


@pytest.mark.parametrize("gpu", [False, True])
def test_the_pod_of_a_worker_that_grades_is_what_kubernetes_takes(
    gpu: bool, config: Config
) -> None:
    pod = _pod(config, gpu=gpu, worker=True)
    validate(pod)
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    assert container["args"][:2] == ["graders", "worker"]
    # What the sandbox of students' cells needs.
    assert spec["hostUsers"] is False
    assert container["securityContext"]["procMount"] == "Unmasked"
    assert spec["securityContext"]["seccompProfile"] == {"type": "Unconfined"}
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) is gpu
    assert container["resources"]["limits"]["memory"]


def test_the_schedulers_pod_is_what_kubernetes_takes(config: Config) -> None:
    pod = _pod(config, worker=False)
    validate(pod)
    container = pod["spec"]["containers"][0]
    assert container["args"][:2] == ["dask", "scheduler"]
    environment = {one["name"]: one.get("value") for one in container["env"]}
    assert environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] == "1"
