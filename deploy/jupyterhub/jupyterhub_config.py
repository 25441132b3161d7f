"""JupyterHub for one course, on one machine, with the system's own accounts.

Which course and where things are: the variables of `set-up`, HUB_COURSE, HUB_PREFIX, HUB_STATE;
HUB_PORT is where browsers come in. Who is student and who is staff: the system's groups
`nbgrader-COURSE` and `formgrade-COURSE`.
"""

import grp
import os
import pwd
from pathlib import Path
from typing import Any

from jupyterhub.auth import PAMAuthenticator

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub gives it

COURSE = os.environ.get("HUB_COURSE", "deep-learning")
PREFIX = Path(os.environ.get("HUB_PREFIX", "/opt/course-hub"))
STATE = Path(os.environ.get("HUB_STATE", f"/srv/{COURSE}"))
PORT = int(os.environ.get("HUB_PORT", "8000"))

STUDENTS, STAFF = f"nbgrader-{COURSE}", f"formgrade-{COURSE}"
GRADER = f"cours-{COURSE}"


class SystemAccounts(PAMAuthenticator):
    """The system's passwords and, at each login, the system's groups."""

    async def authenticate(self, handler: Any, data: dict[str, str]) -> Any:
        """The account, if its password is right; none of another course."""
        name = await super().authenticate(handler, data)
        return name and {"name": name, "groups": sorted(_groups_of(name))}

    async def refresh_user(self, user: Any, handler: Any = None) -> Any:
        """Who has joined or left a group need not log in again."""
        try:
            return {"name": user.name, "groups": sorted(_groups_of(user.name))}
        except KeyError:
            return False  # the account is gone


def _groups_of(name: str) -> set[str]:
    numbers = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    return {grp.getgrgid(number).gr_name for number in numbers} & {STUDENTS, STAFF}


def _choose_programs(spawner: Any) -> None:
    """The staff's programs hold the grader and its answer keys; students have their own."""
    kind = "staff" if STAFF in _groups_of(spawner.user.name) else "students"
    spawner.cmd = [_server_of(kind)]
    spawner.environment = _environment_of(kind, "people")
    spawner.args = [*_ARGUMENTS, *(_WITHOUT_FORMGRADER if kind == "staff" else ())]


# A server that nobody uses for two hours ends; what it ran is the student's to start again.
_ARGUMENTS = ("--ServerApp.shutdown_no_activity_timeout=7200",)
# The course's formgrader is the service's: one of one's own would have another gradebook.
_WITHOUT_FORMGRADER = (
    '--ServerApp.jpserver_extensions={"nbgrader.server_extensions.formgrader": False, '
    '"graders.formgrader": False}',
)


def _server_of(kind: str) -> str:
    return str(PREFIX / kind / "bin" / "jupyterhub-singleuser")


def _environment_of(kind: str, configuration: str) -> dict[str, str]:
    return {
        "PATH": f"{PREFIX / kind / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "JUPYTER_CONFIG_PATH": str(STATE / "etc" / configuration),
    }


# Browsers come in here; put nginx with a certificate before it, or set ssl_key and ssl_cert.
c.JupyterHub.bind_url = f"http://{os.environ.get('HUB_ADDRESS', '127.0.0.1')}:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 81}"
c.JupyterHub.db_url = os.environ.get("HUB_DATABASE", f"sqlite:///{STATE}/hub/jupyterhub.sqlite")
c.JupyterHub.cookie_secret_file = str(STATE / "hub" / "cookie_secret")
c.JupyterHub.pid_file = str(STATE / "hub" / "jupyterhub.pid")

c.ConfigurableHTTPProxy.command = [
    str(PREFIX / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy")
]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.pid_file = str(STATE / "hub" / "proxy.pid")

# The hub may end and start again while people work: their servers and kernels go on.
c.JupyterHub.cleanup_servers = False

c.JupyterHub.authenticator_class = SystemAccounts
c.PAMAuthenticator.open_sessions = False
c.PAMAuthenticator.allowed_groups = {STUDENTS, STAFF}
c.Authenticator.manage_groups = True

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.pre_spawn_hook = _choose_programs
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# formgrader, and JupyterLab in the course's folder, for all of the staff: one gradebook, one
# account.
c.JupyterHub.services = [
    {
        "name": COURSE,
        "url": f"http://127.0.0.1:{PORT + 99}",
        "command": [_server_of("staff")],
        "user": GRADER,
        "cwd": str(STATE / "course"),
        "environment": {**_environment_of("staff", "grader"), "JUPYTERHUB_DEFAULT_URL": "/lab"},
        "timeout": 120,
        "oauth_no_confirm": True,
    }
]

_KNOW_THE_COURSE = ["list:services", f"read:services!service={COURSE}"]
c.JupyterHub.load_roles = [
    {
        "name": f"staff-{COURSE}",
        "groups": [STAFF],
        "scopes": [f"access:services!service={COURSE}", *_KNOW_THE_COURSE],
    },
    {
        # What a person's own server may ask the hub: who they are, and which course is theirs.
        "name": "server",
        "scopes": [
            "users:activity!user",
            "access:servers!server",
            "read:users:name!user",
            "read:users:groups!user",
            *_KNOW_THE_COURSE,
        ],
    },
]
