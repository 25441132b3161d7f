"""What an answer displayed is shown as it was, without noise and without a way to run."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import from_dict
from nbformat.v4 import new_output

from graders.reports.feedback.contents import Shown
from graders.reports.feedback.outputs import code_html, error_line, shown, words_html


def displayed(**forms: str) -> Any:
    return new_output(
        "display_data", {name.replace("_", "/", 1): text for name, text in forms.items()}
    )


def printed(text: str, name: str = "stdout") -> Any:
    return new_output("stream", name=name, text=text)


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ([], ()),
        ([printed("a\n"), printed("b\n")], (Shown(text="a\nb\n"),)),
        ([printed("a"), displayed(text_plain="b")], (Shown(text="a"), Shown(text="b"))),
        ([printed("noise", "stderr")], ()),
        ([displayed(text_plain="<keras.History at 0x7fa72c33d750>")], ()),
        ([displayed(text_html="<b>b</b><script>a</script>")], (Shown(html="<b>b</b>"),)),
        ([displayed(text_html="<h1>b</h1>")], (Shown(html="<h4>b</h4>"),)),
        ([displayed(image_png="QUJD\n")], (Shown(picture="data:image/png;base64,QUJD"),)),
        ([displayed(image_png='"><script>', text_plain="b")], (Shown(text="b"),)),
        ([displayed(image_svg="<svg/>")], ()),
        ([printed("\x1b[31mred\x1b[0m\x07")], (Shown(text="red"),)),
        ([new_output("error", ename="E", evalue="e", traceback=["t"])], ()),
    ],
)
def test_each_form_is_shown_once(outputs: list[Any], found: tuple[Shown, ...]) -> None:
    assert tuple(shown(outputs)) == found


def test_an_error_is_its_last_line() -> None:
    error = new_output("error", ename="ValueError", evalue="\x1b[1mtoo\nlong", traceback=["secret"])
    assert error_line([printed("a"), error]) == "ValueError: too long"
    assert error_line([printed("a")]) == ""


def test_endless_texts_are_cut() -> None:
    (found,) = shown([printed("x" * 10**6)])
    assert len(found.text) < 21_000
    assert len(code_html("x" * 10**6)) < 21_000


def test_code_is_escaped() -> None:
    assert "<script>" not in code_html("<script>alert(1)</script>")
    assert "<script>" not in code_html("<script>" * 10_000)


def test_pasted_pictures_are_shown_and_headings_come_below_those_of_the_page() -> None:
    attachments = from_dict({"a.png": {"image/png": "QUJD"}})
    html = words_html("# Titre\n\n![x](attachment:a.png)", attachments)
    assert "<h4" in html
    assert 'src="data:image/png;base64,QUJD"' in html
