"""Telling French from English, well enough to find a sentence in the wrong one."""

from __future__ import annotations

import re

# Marks and letters that English does not write; "×" and "…" belong to both.
_LETTERS = re.compile(r"[àâäéèêëîïôöùûüçœÀÂÉÈÊËÎÏÔÙÛÇŒ«»]")
# Frequent words of the grader's French that are no English words, and elided ones.
_WORDS = re.compile(
    r"\b(?:au|aux|avec|ce|ces|cette|couche|couches|dans|de|des|du|elle|en|est|et|il|ils|la|le|les"
    r"|leur|mais|ne|ou|par|pas|pour|que|qui|sans|se|ses|son|sont|sur|un"
    r"|une|votre|vos|vous)\b|\b[cdjlmnst]['’](?=[a-zàâéèêhy])|\bqu['’]",
    re.IGNORECASE,
)


def french_in(text: str) -> tuple[str, ...]:
    """What is French in a text: letters, marks, words."""
    return (*_LETTERS.findall(text), *_WORDS.findall(text))
