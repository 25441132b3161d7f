"""What is handed to Kubernetes, held against its own published schemas."""

from __future__ import annotations

from typing import Any, Final

import kubernetes_validate

# The first with user namespaces in pods, which the sandbox needs.
VERSION: Final = "1.33"


def validate(manifest: dict[str, Any]) -> None:
    """Raises kubernetes_validate.ValidationError where Kubernetes would refuse a manifest."""
    kubernetes_validate.validate(manifest, VERSION, strict=True)
