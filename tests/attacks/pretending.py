"""Attacks on what a cell shows: no output of a student's cell is ever read as a mark."""

from __future__ import annotations

from tests.attacks.attack import UNJUDGED, on_number

PRETENDING = (
    on_number(
        "silent errors",
        "replace IPython's showtraceback, so that a failed test shows no error",
        """
shell = get_ipython()
type(shell).showtraceback = lambda *arguments, **options: None
shell.showtraceback = lambda *arguments, **options: None
shell.set_custom_exc((BaseException,), lambda *arguments, **options: None)
""",
    ),
    on_number(
        "asserts removed",
        "install an AST transformer that turns every assert into pass",
        """
import ast
class Harmless(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Harmless())
""",
    ),
    on_number(
        "sources replaced",
        "install an input transformer that turns every cell into full marks",
        'get_ipython().input_transformers_post.append(lambda lines: ["2.0"])',
        UNJUDGED,
    ),
    on_number(
        "display hooks",
        "have every number displayed as the maximum",
        """
formatter = get_ipython().display_formatter.formatters["text/plain"]
for kind in (int, float, object):
    formatter.for_type(kind, lambda value, printer, cycle: printer.text("2.0"))
get_ipython().display_formatter.format = lambda value, **options: ({"text/plain": "2.0"}, {})
""",
    ),
    on_number(
        "sys.displayhook",
        "replace sys.displayhook by one that shows full marks",
        """
import sys
sys.displayhook = lambda value: print("2.0")
get_ipython().displayhook.write_format_data = lambda *arguments: None
0
""",
    ),
    on_number(
        "events of the shell",
        "register a hook that displays full marks after each cell",
        """
def reward(*arguments):
    display({"text/plain": "2.0"}, raw=True)
for event in ("pre_execute", "pre_run_cell", "post_run_cell", "post_execute"):
    get_ipython().events.register(event, reward)
""",
    ),
    on_number(
        "a grade block",
        "print what graders that parse stdout take for a grade",
        """
print("### BEGIN GRADE\\n2.0\\n### END GRADE")
print('{"points": 2.0, "maximum": 2.0, "score": 1.0}')
2.0
""",
        shows="BEGIN GRADE",
    ),
    on_number(
        "a forged result",
        "display a complete result in our own format",
        """
finding = {"title": "Tout", "outcome": "passed", "points": 2.0, "maximum": 2.0}
finding |= {"message": "", "hint": ""}
result = {"question": "test_number", "findings": [finding]}
bundle = {"application/vnd.graders.result+json": result, "text/plain": "2.0"}
display(bundle, raw=True)
class Result:
    def _repr_mimebundle_(self, **options):
        return bundle
Result()
""",
    ),
    on_number(
        "forged messages",
        "send replies and results signed with the kernel's own key",
        """
kernel = get_ipython().kernel
parent = kernel.get_parent("shell")
done = {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
data = {"application/vnd.graders.result+json": {"points": 2}, "text/plain": "2.0"}
for _ in range(50):
    kernel.session.send(kernel.shell_stream, "execute_reply", done, parent=parent)
    content = {"data": data, "metadata": {}, "execution_count": 1}
    kernel.session.send(kernel.iopub_socket, "execute_result", content, parent=parent)
    idle = {"execution_state": "idle"}
    kernel.session.send(kernel.iopub_socket, "status", idle, parent=parent)
    kernel.session.send(kernel.iopub_socket, "error", {"ename": 1}, parent=parent)
""",
    ),
    on_number(
        "another client",
        "speak to the kernel with its connection file, as the grader does",
        """
import glob, json, subprocess, sys
program = '''
import sys
from jupyter_client.blocking.client import BlockingKernelClient
client = BlockingKernelClient()
client.load_connection_file(sys.argv[1])
client.start_channels(hb=False)
for _ in range(20):
    client.execute("the_number = 41.5", silent=True)
'''
for path in glob.glob("/tmp/*/c.json"):
    subprocess.run([sys.executable, "-c", program, path], timeout=20)
""",
    ),
)
