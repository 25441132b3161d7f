"""What students wrote, and what it displayed, made fit for a page that is read offline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from nbconvert.filters import Highlight2HTML, markdown2html
from nbformat import NotebookNode

from graders.grading.harmless import harmless_html
from graders.reports.feedback.contents import Shown
from graders.text import printable

_LONGEST_TEXT = 20_000
_LONGEST_PICTURE = 4_000_000  # characters of base64
_ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")
_PICTURES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
# Colours of a terminal, and whatever else is no text.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def code_html(source: str) -> str:
    """Code as a `pre`, escaped, its words classed as `page.css` knows them."""
    if len(source) > _LONGEST_TEXT:
        return f"<pre>{escape(plain(source))}</pre>"
    return str(Highlight2HTML()(plain(source)))


def words_html(source: str, attachments: NotebookNode | None = None) -> str:
    """An answer in Markdown as harmless HTML, its headings below those of the page."""
    for name, forms in (attachments or {}).items():
        form, content = next(iter(forms.items()), ("", ""))
        source = source.replace(f"attachment:{name}", f"data:{form};base64,{content}")
    return _below_the_page(harmless_html(str(markdown2html(source))))


def shown(outputs: Sequence[NotebookNode]) -> Iterator[Shown]:
    """What a cell displayed, in order; what it wrote in several goes is one text.

    What libraries warn of on stderr, and objects that only say where they lie, say nothing.
    """
    text = ""
    for output in outputs:
        if output.output_type == "stream":
            text += output.get("text", "") if output.get("name") == "stdout" else ""
            continue
        if output.output_type == "error":
            continue
        if text:
            yield Shown(text=plain(text))
            text = ""
        found = _displayed(output.get("data", {}))
        if found is not None:
            yield found
    if text:
        yield Shown(text=plain(text))


def error_line(outputs: Sequence[NotebookNode]) -> str:
    """The last line of the traceback a cell ended with; empty where it came to its end."""
    for output in outputs:
        if output.output_type == "error":
            words = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            return printable(" ".join(plain(words).split()))
    return ""


def _below_the_page(html: str) -> str:
    """Headings of a student's come after those of the page."""
    return re.sub(r"(</?)h[1-6](?=[\s>])", r"\1h4", html)


def plain(text: str) -> str:
    """A text without what cannot be shown, cut to a length."""
    kept = _CONTROL.sub("", text)
    return kept if len(kept) <= _LONGEST_TEXT else f"{kept[:_LONGEST_TEXT]}\n…"


def _displayed(data: NotebookNode) -> Shown | None:
    for form in _PICTURES:
        content = "".join(str(data.get(form, "")).split())
        if content and len(content) <= _LONGEST_PICTURE and _BASE64.fullmatch(content):
            return Shown(picture=f"data:{form};base64,{content}")
    if data.get("text/html"):
        return Shown(html=_below_the_page(harmless_html(str(data["text/html"]))))
    text = plain(str(data.get("text/plain", "")))
    return Shown(text=text) if text and not _ADDRESS.fullmatch(text) else None
