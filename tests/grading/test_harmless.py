"""What students write is shown on pages, and never runs there."""

from __future__ import annotations

import pytest

from graders.grading.harmless import harmless_html
from tests.processor_time import using_at_most

SHOWN = [
    '<table border="1"><tr><td style="color:red">1</td></tr></table>',
    '<pre style="white-space:pre;line-height:normal"><span style="color:#00af00">10</span></pre>',
    '<a href="https://keras.io/api/">Keras</a>',
    '<img src="data:image/png;base64,iVBORw0KGgo=" alt="courbe">',
    "a &lt; b &amp; c",
]

MADE_HARMLESS = [
    ("<script>x()</script>après", "après"),
    ("<scr<script>ipt>x()</script>", "&lt;scr"),
    ("<STYLE>* {display: none}</STYLE>visible", "visible"),
    ('<b ONCLICK="x()" onmouseover=x()>gras</b>', "<b>gras</b>"),
    ('<a href="javascript:x()">lien</a>', "<a>lien</a>"),
    ('<a href="&#106;avascript:x()">lien</a>', "<a>lien</a>"),
    ('<img src=x onerror="x()">', "<img>"),
    ('<img src="http://192.0.2.1/seen.png">', "<img>"),
    ('<img src="data:image/svg+xml;base64,PHN2Zz4=">', "<img>"),
    ("<svg onload=x()><script>x()</script></svg>fin", "fin"),
    ("<iframe src='http://192.0.2.1'>x</iframe>y", "y"),
    ("<iframe srcdoc='<script>x()</script>'></iframe>", "&lt;iframe srcdoc=''&gt;"),
    ('<div style="position:fixed;top:0;color:red">x</div>', '<div style="color:red">x</div>'),
    ('<p style="background:url(http://192.0.2.1)">x</p>', '<p style="">x</p>'),
    ('<form action="/"><input name="score"><button>ok</button></form>', "ok"),
    ("<!-- <b> --><i>x", "<i>x</i>"),
    ("</div></div>x", "x"),
    ("<b><i>x</b>y", "<b><i>x</i></b>y"),
    ("<p title='\"><script>x()</script>'>", None),
]


@pytest.mark.parametrize("html", SHOWN)
def test_what_notebooks_show_is_kept(html: str) -> None:
    assert harmless_html(html) == html


@pytest.mark.parametrize(("html", "made"), MADE_HARMLESS)
def test_what_runs_or_reaches_out_is_left_out(html: str, made: str | None) -> None:
    written = harmless_html(html)
    assert made is None or written == made
    assert "<script" not in written


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<", "</", "<!--", "<a ", "<p a='", "&#", "<script>", "<a b=c d='", "<b style='x:"],
)
def test_no_text_takes_long(piece: str) -> None:
    with using_at_most(seconds=3):
        harmless_html(piece * (190_000 // len(piece)))


def test_a_page_without_end_is_not_shown() -> None:
    assert harmless_html("x" * 10**6) == "<p>… (trop long pour être montré)</p>"
