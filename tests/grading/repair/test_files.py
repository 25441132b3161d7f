"""Encodings, formats, merge conflicts, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from graders.grading.repair import Mend, MendKind, NotRepairable, mends_from_data, repair
from tests.grading.repair.damaged import (
    ANSWERS,
    NAMES,
    SOURCE,
    Notebook,
    answer,
    answered,
    cell_of,
    change,
    delete,
    kinds,
    mended,
    plain_cells,
    require_whole,
    sources,
)
from tests.processor_time import using_at_most


def as_v3(notebook: Notebook) -> bytes:
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "outputs": [], "language": "python"}
        else:
            old |= {"source": cell["source"]}
        cells.append(old)
    document = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    return json.dumps({**document, "worksheets": [{"cells": cells, "metadata": {}}]}).encode()


def pretty(notebook: Notebook) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False)


def without_fields(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        del cell["id"]
        cell.pop("outputs", None)
    del notebook["metadata"], notebook["nbformat_minor"]
    return json.dumps(notebook).encode()


def with_one_identifier(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        cell["id"] = "toujours-le-meme"
    return json.dumps(notebook).encode()


def with_foreign_line_ends(notebook: Notebook) -> bytes:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    return pretty(notebook).replace("\n", "\r\n").encode()


def of_minor(minor: int, notebook: Notebook) -> bytes:
    notebook["nbformat_minor"] = minor
    for cell in notebook["cells"]:
        del cell["id"]
    return json.dumps(notebook).encode()


FILES: dict[str, tuple[Callable[[Notebook], bytes], list[str]]] = {
    "byte-order mark": (lambda n: pretty(n).encode("utf-8-sig"), ["encoding"]),
    "UTF-16": (lambda n: pretty(n).encode("utf-16"), ["encoding"]),
    "UTF-16 without a mark": (lambda n: pretty(n).encode("utf-16-le"), ["encoding"]),
    "UTF-32": (lambda n: pretty(n).encode("utf-32"), ["encoding"]),
    "Windows-1252": (lambda n: pretty(n).encode("cp1252", "replace"), ["encoding"]),
    "CRLF around": (lambda n: pretty(n).replace("\n", "\r\n").encode(), []),
    "CRLF inside": (with_foreign_line_ends, ["encoding"]),
    "format 3": (as_v3, ["format"]),
    "format 4.2": (lambda n: of_minor(2, n), ["format"]),
    "fields missing": (without_fields, ["format", "metadata"]),
    "one identifier for all": (with_one_identifier, ["format"]),
}


@pytest.mark.parametrize("case", FILES)
def test_any_encoding_and_format_is_read(case: str) -> None:
    write, expected = FILES[case]
    repaired = repair(write(answered()), SOURCE)
    require_whole(repaired)
    found = [mend.kind.value for mend in repaired.mends if mend.kind is not MendKind.MODIFIED]
    assert found == expected
    assert [sources(repaired)[name] for name in ANSWERS] == [answer(name) for name in ANSWERS]


def conflicting(ours: str, theirs: str) -> bytes:
    """A file in which git left a conflict about question 4."""
    line = json.dumps(answer("q4_mlp"))
    text = pretty(answered())
    start = text.rindex("\n", 0, text.index(line)) + 1
    end = text.index("\n", start)
    prefix = '   "source": '
    hunk = f"<<<<<<< HEAD\n{prefix}{ours}\n=======\n{prefix}{theirs}\n>>>>>>> branche"
    return (text[:start] + hunk + text[end:]).encode()


def test_of_a_merge_conflict_both_sides_stay_and_head_counts() -> None:
    line = text_of_source("q4_mlp", "mlp = 1")
    other = text_of_source("q4_mlp", "mlp = 2")
    repaired = repair(conflicting(line, other), SOURCE)
    require_whole(repaired)
    assert sources(repaired)["q4_mlp"] == "mlp = 1"
    assert "mlp = 2" in plain_cells(repaired)
    assert kinds(repaired) == [("merge conflict", None)]


def test_of_a_merge_conflict_the_side_that_can_be_read_counts() -> None:
    repaired = repair(conflicting('"mlp = ', text_of_source("q4_mlp", "mlp = 2")), SOURCE)
    require_whole(repaired)
    assert sources(repaired)["q4_mlp"] == "mlp = 2"
    assert any("mlp = " in text and "source" in text for text in plain_cells(repaired))


def test_a_merge_conflict_inside_a_cell_keeps_both_sides() -> None:
    notebook = answered()
    text = "<<<<<<< local\nmlp = 1\n=======\nmlp = 2\n>>>>>>> remote"
    change("q4_mlp", source=text)(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    assert sources(repaired)["q4_mlp"] == "mlp = 1"
    assert "mlp = 2" in plain_cells(repaired)
    assert kinds(repaired) == [("merge conflict", "q4_mlp")]


def text_of_source(name: str, text: str) -> str:
    comma = "," if pretty_line(name).endswith(",") else ""
    return json.dumps(text) + comma


def pretty_line(name: str) -> str:
    text = pretty(answered())
    start = text.index(json.dumps(answer(name)))
    return text[start : text.index("\n", start)]


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = {"x": value}
    return value


def test_hostile_metadata_is_dropped_and_the_answers_are_kept() -> None:
    notebook = answered()
    notebook["metadata"] |= {
        "graders": {"mends": [["metadata", None, "rien"]], "isolated": True},
        "kernelspec": 3,
        "language": 7,
        "language_info": nested(300),
        "large": list(range(100_000)),
        "half \ud800": 1,
    }
    for value, cell in zip(
        (nested(200), [], "x", {"tags": [1, 1]}, {"collapsed": "no"}),
        notebook["cells"],
        strict=False,
    ):
        cell["metadata"]["extra" if isinstance(value, list) else "name"] = value
    change("q4_mlp", attachments={"x": 3}, execution_count="x", outputs=7)(notebook)
    cell_of(notebook, "q5_parametres")["metadata"]["graders"] = {"cpu_seconds": 0}
    repaired = mended(notebook)
    require_whole(repaired)
    assert {mend.kind for mend in repaired.mends} == {MendKind.METADATA}
    assert set(repaired.notebook.metadata["graders"]) == {"mends"}
    assert ["metadata", None, "rien"] not in repaired.notebook.metadata["graders"]["mends"]
    assert "graders" not in cell_of(repaired.notebook, "q5_parametres")["metadata"]
    assert [sources(repaired)[name] for name in ANSWERS] == [answer(name) for name in ANSWERS]


def test_cells_that_are_no_cells_are_left_out() -> None:
    notebook = answered()
    notebook["cells"] += [3, None, "x", [], {}, {"cell_type": 4, "source": {"a": 1}}]
    change("q4_mlp", source=[answer("q4_mlp"), 3, None, "\ud83d"])(notebook)
    repaired = mended(notebook)
    require_whole(repaired)
    assert sources(repaired)["q4_mlp"].startswith(answer("q4_mlp"))


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b" \n", "vide"),
    "truncated": (lambda: pretty(answered()).encode()[:20_000], "incomplet"),
    "truncated between values": (
        lambda: pretty(answered()).encode()[: pretty(answered()).index(answer("q4_mlp")) - 20],
        "incomplet",
    ),
    "malformed": (lambda: b'{"cells": [}', "abîmé"),
    "a list": (lambda: b"[1, 2]", "pas un notebook"),
    "another object": (lambda: b'{"a": 1}', "pas un notebook"),
    "a web page": (lambda: b"<!DOCTYPE html><html></html>", "page web"),
    "an archive": (lambda: b"PK\x03\x04rest", "zip"),
    "another course's notebook": (
        lambda: json.dumps({"cells": [{"cell_type": "code", "source": "x"}]}).encode(),
        "aucune cellule du sujet",
    ),
    "nested without end": (lambda: b'{"cells":' + b"[" * 100_000, "démesurées"),
    "a number of a million digits": (lambda: b'{"cells":' + b"9" * 10**6 + b"}", "démesurées"),
    "half a merge": (lambda: b"<<<<<<< HEAD\n{}\n", "abîmé"),
    "two unreadable sides": (
        lambda: b"{\n<<<<<<< HEAD\n]\n=======\n[\n>>>>>>> x\n}",
        "fusion git",
    ),
    "a hundred thousand cells": (
        lambda: b'{"cells":[' + b",".join([b"{}"] * 100_000) + b"]}",
        "cellules",
    ),
    "two hundred megabytes": (lambda: b" " * 200_000_000 + b"{}", "Mio"),
    "values without end": (lambda: b'{"cells":[' + b"[]," * 6_000_000 + b"[]]}", "valeurs"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_mended_is_refused_in_one_line(case: str) -> None:
    make, expected = UNREADABLE[case]
    data = make()
    with using_at_most(seconds=10), pytest.raises(NotRepairable, match=expected) as raised:
        repair(data, SOURCE)
    assert "\n" not in str(raised.value)


def test_a_notebook_as_large_as_allowed_is_mended_in_seconds() -> None:
    notebook = answered()
    text = "x = 1\n" * 2_000
    notebook["cells"] += [
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "?"}}, "source": f"{text}{n}"}
        for n in range(2_000)
    ]
    delete(*NAMES[::2])(notebook)
    data = json.dumps(notebook).encode()
    with using_at_most(seconds=20):
        require_whole(repair(data, SOURCE))


def test_forged_mends_are_read_as_none() -> None:
    forged = [3, [], ["x", None, "y"], ["metadata", 3, "y"], ["metadata", "a", "b", "c"]]
    assert mends_from_data(forged) == ()
    assert mends_from_data({"a": 1}) == ()
    assert mends_from_data([["metadata", "q4_mlp", "vrai"]]) == (
        Mend(MendKind.METADATA, "q4_mlp", "vrai"),
    )
