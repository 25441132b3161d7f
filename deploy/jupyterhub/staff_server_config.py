"""Jupyter's server as the staff has it."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter gives it

# JupyterLab shows formgrader in a frame of its own.
c.ServerApp.tornado_settings = {
    "headers": {"Content-Security-Policy": "frame-ancestors 'self'"},
}
