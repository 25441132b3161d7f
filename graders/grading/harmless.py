"""What a student wrote, made fit for a page that others open: it is shown, it never runs.

Marks are given in formgrader by people logged in to it; a script in a page of theirs could change
any mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from jinja2 import pass_context
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from graders.language import LANGUAGES, language, speaking
from graders.language import translate as _

_LONGEST = 200_000
_DEEPEST = 100

# Written so that no text takes more than one look at each of its letters.
_TAG = re.compile(r"<(?P<closing>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)(?P<inside>[^<>]*+)>")
_ATTRIBUTE = re.compile(r"""(?<=\s)([a-z-]++)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'=]++)""")

_EMPTY = frozenset({"br", "col", "hr", "img"})
_TAGS = _EMPTY | frozenset(
    {
        *("a", "abbr", "b", "blockquote", "caption", "center", "code", "colgroup", "dd", "del"),
        *("details", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s"),
        *("samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
    }
)
# Their text is code, not words.
_UNSEEN = frozenset({"iframe", "math", "noscript", "object", "script", "style", "svg", "template"})
_ATTRIBUTES = frozenset(
    {
        *("align", "alt", "border", "color", "colspan", "dir", "height", "lang", "rowspan"),
        *("scope", "start", "title", "width"),
    }
)
_STYLES = frozenset(
    {
        *("background-color", "border", "border-collapse", "border-left", "color"),
        *("font-family", "font-size", "font-style", "font-weight", "line-height", "list-style"),
        *("margin", "overflow-x", "padding", "padding-left", "text-align", "text-decoration"),
        *("vertical-align", "white-space"),
    }
)
_PLAIN_VALUE = re.compile(r"[\w\s#%.,'-]*")
_LINK = re.compile(r"(https?://|mailto:|#)[^\s]*", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
# A cell's own settings that change how it is shown.
_KEPT_SETTINGS = frozenset({"nbgrader", "deletable", "editable", "scrolled", "collapsed"})


def harmless_html(html: str) -> str:
    """The same HTML without anything that runs, is loaded from elsewhere or covers the page."""
    if len(html) > _LONGEST:
        return "<p>" + _("… (trop long pour être montré)") + "</p>"
    writer = _Writer()
    writer.read(_without_comments(html))
    return writer.written()


def harmless_output(output: NotebookNode) -> NotebookNode:
    """An output of a student's cell, in place."""
    data = output.get("data", {})
    if "text/html" in data:
        data["text/html"] = harmless_html(data["text/html"])
    return output


def harmless_settings(cell: NotebookNode) -> None:
    """Leaves of a cell's metadata what nbgrader and a page need, and no word of the grader's."""
    for name in cell.metadata.keys() - _KEPT_SETTINGS:
        del cell.metadata[name]


@pass_context
def harmless_markdown(context: Any, source: str) -> str:
    """What nbconvert's pages call to show Markdown: as harmless HTML, with its pasted pictures."""
    for name, forms in context.get("cell", {}).get("attachments", {}).items():
        form, content = next(iter(forms.items()), ("", ""))
        source = source.replace(f"attachment:{name}", f"data:{form};base64,{content}")
    with speaking(_language_of(context.get("nb", {}))):
        return harmless_html(str(markdown2html(source)))


def _language_of(notebook: Any) -> str:
    """The language a notebook was judged in, else the current one."""
    judged_in = notebook.get("metadata", {}).get("graders", {}).get("language")
    return judged_in if judged_in in LANGUAGES else language()


class _Writer:
    """Writes anew what it reads: known tags, known attributes, and text, escaped.

    Nothing is copied, so what it writes cannot be read by a browser as anything else.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []
        self._unseen = ""

    def read(self, html: str) -> None:
        place = 0
        for token in _TAG.finditer(html):
            self._text(html[place : token.start()])
            self._tag(token["name"].lower(), token["inside"], closing=bool(token["closing"]))
            place = token.end()
        self._text(html[place:])

    def written(self) -> str:
        """All of it, every tag closed."""
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])

    def _text(self, text: str) -> None:
        if not self._unseen:
            self._parts.append(escape(unescape(text), quote=False))

    def _tag(self, name: str, inside: str, *, closing: bool) -> None:
        if self._unseen:
            self._unseen = "" if closing and name == self._unseen else self._unseen
        elif name in _UNSEEN:
            self._unseen = "" if closing else name
        elif closing and name in self._open:
            while (last := self._open.pop()) != name:
                self._parts.append(f"</{last}>")
            self._parts.append(f"</{name}>")
        elif not closing and name in _TAGS and len(self._open) < _DEEPEST:
            self._parts.append(f"<{name}{''.join(_attributes(name, inside))}>")
            if name not in _EMPTY:
                self._open.append(name)


def _without_comments(html: str) -> str:
    shown, *others = html.split("<!--")
    return shown + "".join(other.partition("-->")[2] for other in others)


def _attributes(tag: str, inside: str) -> Iterator[str]:
    for name, value in _ATTRIBUTE.findall(inside):
        read = unescape(value.strip("\"'"))
        written = _style(read) if name == "style" else read
        if _is_harmless(tag, name, written):
            yield f' {name}="{escape(written)}"'


def _is_harmless(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "a", "href":
            return _LINK.fullmatch(value) is not None
        case "img", "src":
            return _PICTURE.fullmatch(value) is not None
    return name == "style" or name in _ATTRIBUTES


def _style(declarations: str) -> str:
    pairs = (declaration.partition(":")[::2] for declaration in declarations.split(";"))
    return ";".join(
        f"{name.strip()}:{value.strip()}"
        for name, value in pairs
        if name.strip() in _STYLES and _PLAIN_VALUE.fullmatch(value)
    )
