"""nbgrader in people's own servers, beside what a course's folder says."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "@COURSE@"
c.Exchange.root = "@EXCHANGE@"
# Validate runs the notebook from its top: LeNet takes about three minutes on two cores.
c.Execute.timeout = 1800
# Whose course it is, the hub says; without it (a terminal of the system), everybody's.
if "JUPYTERHUB_API_TOKEN" in os.environ:
    c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
