"""Questions with choices: the right one and its wrong neighbours, each with what follows from it.

What is right is computed, and so is every wrong choice: it is what the code gives with a named
mistake in it, or what a belief that people hold would give.
"""

import random
from typing import NamedTuple

from .figures import Piece


class Choice(NamedTuple):
    """An answer to choose, as Markdown on one line, and what is said to whoever chooses it."""

    shows: str
    says: str


class Question(NamedTuple):
    """A question with one right choice.

    Attributes
    ----------
    name : str
        Its name on the site: the chapter and a word, "6-slope".
    asks : str
        The question, as Markdown.
    right : Choice
    wrong : list of Choice
    """

    name: str
    asks: str
    right: Choice
    wrong: list


def ask(question):
    """Return a question for a page: each choice unfolds to what is said of it.

    The order of the choices is drawn from the question's name, so it stays what it is.

    Raises
    ------
    ValueError
        If two choices show the same, so that one would be right and wrong.

    Examples
    --------
    >>> ask(Question("0-sum", "1 + 1?", Choice("2", "So it is."), [Choice("11", "Texts do that.")]))
    <section class="question" data-question="0-sum" markdown="1">
    <BLANKLINE>
    1 + 1?
    <BLANKLINE>
    <details class="choice" markdown="1"><summary markdown="span">A: 11</summary>
    <BLANKLINE>
    **No.** Texts do that.
    <BLANKLINE>
    </details>
    <BLANKLINE>
    <details class="choice right" markdown="1"><summary markdown="span">B: 2</summary>
    <BLANKLINE>
    **Right.** So it is.
    <BLANKLINE>
    </details>
    <BLANKLINE>
    </section>
    """
    shown = [choice.shows for choice in (question.right, *question.wrong)]
    if len(set(shown)) < len(shown):
        raise ValueError(f"expected choices that differ, got {shown} in {question.name}")
    choices = [(question.right, "choice right", "Right.")]
    choices += [(choice, "choice", "No.") for choice in question.wrong]
    random.Random(question.name).shuffle(choices)
    folded = [_folded(letter, *choice) for letter, choice in zip("ABCDEF", choices)]
    start = f'<section class="question" data-question="{question.name}" markdown="1">'
    return Piece("\n\n".join([start, question.asks, *folded, "</section>"]))


def _folded(letter, choice, kind, verdict):
    """Return a choice with a letter before it: a formula alone is no name for what is unfolded."""
    summary = f'<summary markdown="span">{letter}: {choice.shows}</summary>'
    start = f'<details class="{kind}" markdown="1">{summary}'
    return f"{start}\n\n**{verdict}** {choice.says}\n\n</details>"
