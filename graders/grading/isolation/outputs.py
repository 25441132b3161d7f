"""`OutputCollector`: messages of a student kernel → outputs of a notebook cell, within a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graders.language import decimal
from graders.language import translate as _

Output = dict[str, object]

# What a page may show. Scripts are left out: these pages are read by those who give the marks.
SHOWN_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/svg+xml",
    }
)
_MOST_OUTPUTS = 10_000


@dataclass(slots=True)
class _Stream:
    name: str
    parts: list[str]


@dataclass(slots=True)
class _Display:
    output: Output


class OutputCollector:
    """Gathers the outputs of one cell; at most `budget` bytes of text and pictures are kept.

    Every message is checked field by field: what is not a notebook output is dropped.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._kept = 0
        self._entries: list[_Stream | _Display] = []
        self._by_identity: dict[str, _Display] = {}
        self._clear_at_next = False
        self.truncated = False

    @property
    def kept_bytes(self) -> int:
        """What the outputs weigh, in bytes."""
        return self._kept

    def add(self, kind: object, content: object) -> None:
        """Take one message, given its type and content."""
        if not isinstance(content, dict) or not isinstance(kind, str):
            return
        if kind == "clear_output":
            self._clear_at_next = content.get("wait") is True
            if not self._clear_at_next:
                self._clear()
            return
        handle = _HANDLERS.get(kind)
        if handle is not None:
            if self._clear_at_next:
                self._clear()
            handle(self, content)

    def outputs(self) -> tuple[Output, ...]:
        """What has been gathered, as valid notebook outputs."""
        gathered = tuple(
            _stream(entry.name, "".join(entry.parts))
            if isinstance(entry, _Stream)
            else entry.output
            for entry in self._entries
        )
        if not self.truncated:
            return gathered
        note = _("[… sortie tronquée : {size} au plus sont conservés …]")
        text = note.format(size=_human(self._budget))
        return (*gathered, _stream("stdout", f"\n{text}\n"))

    def _clear(self) -> None:
        self._entries.clear()
        self._by_identity.clear()
        self._kept = 0
        self._clear_at_next = False

    def _add_stream(self, content: Mapping[str, object]) -> None:
        name, text = content.get("name"), content.get("text")
        if not isinstance(name, str) or name not in {"stdout", "stderr"}:
            return
        if not isinstance(text, str):
            return
        kept = self._cut(_clean(text))
        last = self._entries[-1] if self._entries else None
        if isinstance(last, _Stream) and last.name == name:
            last.parts.append(kept)
        elif kept:
            self._append(_Stream(name, [kept]))

    def _add_error(self, content: Mapping[str, object]) -> None:
        name, value = content.get("ename"), content.get("evalue")
        lines = content.get("traceback")
        if not isinstance(name, str) or not isinstance(value, str):
            return
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return
        # An error is what a reader needs most: its last line is kept even when the budget is spent.
        room = max(self._budget - self._kept, 4096)
        traceback = [_clean(line) for line in lines]
        if _weight(traceback) > room:
            traceback, self.truncated = [], True
        output: Output = {
            "output_type": "error",
            "ename": _clean(name)[:200],
            "evalue": _clean(value)[:2000],
            "traceback": traceback,
        }
        self._kept += _weight(traceback)
        self._append(_Display(output))

    def _add_display(self, content: Mapping[str, object]) -> None:
        data = self._data(content)
        if data is not None:
            output: Output = {"output_type": "display_data", "data": data, "metadata": {}}
            self._append(_Display(output), _display_identity(content))

    def _add_result(self, content: Mapping[str, object]) -> None:
        data, count = self._data(content), content.get("execution_count")
        if data is not None:
            output: Output = {
                "output_type": "execute_result",
                "data": data,
                "metadata": {},
                "execution_count": count if type(count) is int else None,
            }
            self._append(_Display(output), _display_identity(content))

    def _update_display(self, content: Mapping[str, object]) -> None:
        shown = self._by_identity.get(_display_identity(content) or "")
        data = self._data(content) if shown else None
        if shown and data is not None:
            shown.output["data"] = data

    def _append(self, entry: _Stream | _Display, identity: str | None = None) -> None:
        if len(self._entries) >= _MOST_OUTPUTS:
            self.truncated = True
            return
        self._entries.append(entry)
        if identity and isinstance(entry, _Display):
            self._by_identity[identity] = entry

    def _data(self, content: Mapping[str, object]) -> dict[str, str] | None:
        """The forms of a displayed value that may be shown, or None when there is no room."""
        offered = content.get("data")
        if not isinstance(offered, dict):
            return None
        data = {
            mime: _clean(value)
            for mime, value in offered.items()
            if mime in SHOWN_TYPES and isinstance(value, str)
        }
        weight = _weight(list(data.values()))
        if self._kept + weight > self._budget:
            self.truncated = True
            return None
        self._kept += weight
        return data

    def _cut(self, text: str) -> str:
        encoded = text.encode()
        room = max(self._budget - self._kept, 0)
        if len(encoded) > room:
            self.truncated = True
            encoded = encoded[:room]
        self._kept += len(encoded)
        return encoded.decode("utf-8", "ignore")


_HANDLERS: Mapping[str, Callable[[OutputCollector, Mapping[str, object]], None]] = {
    "stream": OutputCollector._add_stream,
    "error": OutputCollector._add_error,
    "display_data": OutputCollector._add_display,
    "execute_result": OutputCollector._add_result,
    "update_display_data": OutputCollector._update_display,
}


def _stream(name: str, text: str) -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def _display_identity(content: Mapping[str, object]) -> str | None:
    transient = content.get("transient")
    identity = transient.get("display_id") if isinstance(transient, dict) else None
    return identity if isinstance(identity, str) else None


def _clean(text: str) -> str:
    """The same text, fit for a UTF-8 file: JSON lets half characters through."""
    return text.encode("utf-8", "replace").decode()


def _weight(texts: list[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def _human(count: int) -> str:
    if count >= 2**20:
        return _("{count} Mio").format(count=decimal(f"{count / 2**20:.3g}"))
    return _("{count} Kio").format(count=decimal(f"{count / 2**10:.3g}"))
