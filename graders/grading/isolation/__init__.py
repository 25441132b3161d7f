"""Student code in a sandbox: its confinement, its kernel, its limits, what it hands over."""
