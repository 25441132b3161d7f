"""A Matplotlib figure as SVG inside a page: its text is text, and no style needs to be trusted."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# What a page's own style says of all text.
_LEFT_TO_THE_PAGE = frozenset({"font", "font-family"})
_FONT_SIZE = re.compile(r"([\d.]+)px")


def inline_svg(figure: Figure, name: str, description: str) -> Markup:
    """The figure as one `<svg>` element, described to whoever cannot see it.

    Style attributes, which a strict content policy refuses, become attributes of SVG; `name`
    keeps identifiers of several figures of a page apart, and the same from one run to another.
    """
    written = BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    root = ElementTree.fromstring(written.getvalue())
    for parent in root.iter():
        for child in list(parent):
            if _local(child.tag) in {"metadata", "style"}:
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        _without_style(element)
    _without_unused_names(root)
    for size in ("width", "height"):
        del root.attrib[size]
    root.attrib.update({"role": "img", "aria-label": description})
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _without_style(element: ElementTree.Element) -> None:
    for key in [key for key in element.attrib if "}" in key]:
        element.set(_local(key), element.attrib.pop(key))
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font" and (size := _FONT_SIZE.search(value)):
            element.set("font-size", size.group(1))
            if "bold" in value or "700" in value:
                element.set("font-weight", "bold")
        elif key and key not in _LEFT_TO_THE_PAGE:
            element.set(key, value)


def _without_unused_names(root: ElementTree.Element) -> None:
    """Groups have names that are the same in every figure."""
    used: set[str] = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(_REFERENCE.findall(value))
            if key == "href":
                used.add(value.removeprefix("#"))
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
