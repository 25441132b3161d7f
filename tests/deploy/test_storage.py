"""The shared volumes of a course on Kubernetes."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.chart_values import FOLDER
from tests.deploy.manifests import validate

MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all((FOLDER / "storage.yaml").read_text()))


@pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda one: f"{one['kind']} {one['metadata']['name']}"
)
def test_each_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]) -> None:
    validate(manifest)


def test_a_manifest_with_a_mistake_is_refused() -> None:
    spec = dict(MANIFESTS[0]["spec"])
    spec["accessMode"] = spec.pop("accessModes")
    with pytest.raises(kubernetes_validate.ValidationError):
        validate({**MANIFESTS[0], "spec": spec})
