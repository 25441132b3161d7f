"""Our values for the charts, and what the charts' published schemas say of the keys that we use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from traitlets.config import Config

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "kubernetes"

STUDENTS: Final = "nbgrader-deep-learning"
STAFF: Final = "formgrade-deep-learning"

OPEN: Final = "whatever"
"""The chart's schema says nothing of what is below."""

# Read in the schemas of Zero to JupyterHub 4.3.3 and Dask Gateway 2023.9 (values.schema.*). Whoever
# uses one more key looks it up there first: to Helm, an unknown key is an error.
JUPYTERHUB: Final[Mapping[str, str]] = {
    # Since 4.3: classes by name, whose settings are free.
    "hub.config.JupyterHub": OPEN,
    "hub.config.Authenticator": OPEN,
    "hub.config.GenericOAuthenticator": OPEN,
    "hub.loadRoles": OPEN,
    "hub.services": OPEN,
    "hub.extraConfig": OPEN,
    "singleuser.image.name": "string",
    "singleuser.image.tag": "string",
    "singleuser.cmd": "array string null",
    "singleuser.defaultUrl": "string null",
    "singleuser.extraEnv": OPEN,
    "singleuser.memory.guarantee": "number string null",
    "singleuser.memory.limit": "number string null",
    "singleuser.cpu.guarantee": "number null",
    "singleuser.cpu.limit": "number null",
    "singleuser.storage.capacity": "string null",
    "singleuser.storage.homeMountPath": "string",
    "singleuser.storage.extraVolumes": OPEN,
    "singleuser.storage.extraVolumeMounts": OPEN,
    "singleuser.networkPolicy.enabled": "boolean",
    "singleuser.networkPolicy.egress": "array",
    "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer": "boolean",
    "singleuser.networkPolicy.egressAllowRules.nonPrivateIPs": "boolean",
    "singleuser.networkPolicy.egressAllowRules.privateIPs": "boolean",
    "singleuser.cloudMetadata.blockWithIptables": "boolean",
    "singleuser.profileList": "array",
    "cull.enabled": "boolean",
    "cull.timeout": "integer null",
    "cull.every": "integer null",
    "proxy.https.enabled": "boolean null",
    "proxy.https.hosts": "array",
    "proxy.https.letsencrypt.contactEmail": "string null",
    "scheduling.userScheduler.enabled": "boolean",
}
_AMOUNT: Final = "string number null"
DASK_GATEWAY: Final[Mapping[str, str]] = {
    "gateway.auth.type": "string",
    "gateway.auth.jupyterhub.apiUrl": "string null",
    "gateway.backend.environment": OPEN,
    "gateway.backend.image.name": "string",
    "gateway.backend.image.tag": "string",
    "gateway.backend.scheduler.cores.request": _AMOUNT,
    "gateway.backend.scheduler.cores.limit": _AMOUNT,
    "gateway.backend.scheduler.memory.request": _AMOUNT,
    "gateway.backend.scheduler.memory.limit": _AMOUNT,
    "gateway.backend.worker.threads": "integer null",
    "gateway.backend.worker.cores.request": _AMOUNT,
    "gateway.backend.worker.cores.limit": _AMOUNT,
    "gateway.backend.worker.memory.request": _AMOUNT,
    "gateway.backend.worker.memory.limit": _AMOUNT,
    "gateway.backend.worker.extraPodConfig": OPEN,
    "gateway.backend.worker.extraContainerConfig": OPEN,
    "gateway.extraConfig": OPEN,
    "traefik.service.type": "string null",
}
KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "jupyterhub": JUPYTERHUB,
    "dask-gateway": DASK_GATEWAY,
}


def values(chart: str) -> dict[str, Any]:
    """Our values for a chart."""
    read: dict[str, Any] = yaml.safe_load((FOLDER / f"{chart}-values.yaml").read_text())
    return read


def gateway_config() -> Config:
    """What Dask Gateway's chart passes on of our values, and what their own code adds."""
    gateway, made = values("dask-gateway")["gateway"], Config()
    backend, kube = gateway["backend"], made.KubeClusterConfig
    scheduler, worker = backend["scheduler"], backend["worker"]
    kube.image = f"{backend['image']['name']}:{backend['image']['tag']}"
    kube.environment = backend["environment"]
    kube.scheduler_cores, kube.scheduler_cores_limit = scheduler["cores"].values()
    kube.scheduler_memory, kube.scheduler_memory_limit = scheduler["memory"].values()
    kube.worker_threads = worker["threads"]
    kube.worker_cores, kube.worker_cores_limit = worker["cores"].values()
    kube.worker_memory, kube.worker_memory_limit = worker["memory"].values()
    kube.worker_extra_pod_config = worker["extraPodConfig"]
    kube.worker_extra_container_config = worker["extraContainerConfig"]
    for _, code in sorted(gateway["extraConfig"].items()):
        exec(code, {"c": made})
    return made


def schema(keys: Mapping[str, str]) -> dict[str, Any]:
    """The JSON schema that takes these keys and no other."""
    whole: dict[str, Any] = {}
    for path, types in keys.items():
        found = whole
        *above, last = path.split(".")
        for name in above:
            found = _closed(found).setdefault(name, {})
        _closed(found)[last] = {"type": "object" if types == OPEN else types.split()}
    return whole


def _closed(found: dict[str, Any]) -> dict[str, Any]:
    """The properties of an object that has no others."""
    found.update({"type": "object", "additionalProperties": False})
    properties: dict[str, Any] = found.setdefault("properties", {})
    return properties
