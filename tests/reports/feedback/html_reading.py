"""A page as a browser or a screen reader takes it: elements, texts, headings."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"br", "circle", "col", "hr", "img", "line", "meta", "polyline", "rect"})


@dataclass(frozen=True)
class Element:
    """A start tag with its attributes."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """The elements of a page, in order, and its visible text."""

    elements: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.unclosed:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All that is written on it, spaces made one."""
        return " ".join("".join(self.words).split())

    def all(self, *tags: str) -> list[Element]:
        """Elements of these kinds."""
        return [element for element in self.elements if element.tag in tags]


def read(html: str) -> Page:
    """A page, every element of which is closed."""
    page = Page()
    page.feed(html)
    assert page.unclosed == []
    return page
