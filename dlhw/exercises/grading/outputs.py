"""What was earned: as text, as CSV, and as the file that Gradescope reads."""

import csv
import io
import json

HEADER = ("file", "question", "points", "of", "hint")


def as_text(file, verdicts):
    """Return a line with the sum, and one for each hint, after the questions that it is for.

    Examples
    --------
    >>> from dlhw.exercises.grading.marking import Verdict
    >>> print(as_text("ann.py", [Verdict("loss", 2, 2), Verdict("gradient", 0, 3, "g: a sign.")]))
    ann.py: 2 of 5
      gradient: g: a sign.
    """
    points, of = sum(v.points for v in verdicts), sum(v.of for v in verdicts)
    lines = [f"{file}: {points:g} of {of:g}"]
    by_hint = {}
    for verdict in verdicts:
        if verdict.hint:
            by_hint.setdefault(verdict.hint, []).append(verdict.question)
    for hint, questions in by_hint.items():
        lines.append(f"  {', '.join(questions)}: {hint}")
    return "\n".join(lines)


def as_csv(graded):
    """Return a row for each file and question.

    Parameters
    ----------
    graded : dict
        From file to verdicts.

    Examples
    --------
    >>> from dlhw.exercises.grading.marking import Verdict
    >>> print(as_csv({"ann.py": [Verdict("loss", 2, 2)]}).strip())
    file,question,points,of,hint
    ann.py,loss,2,2,
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for file, verdicts in graded.items():
        writer.writerows([file, *verdict] for verdict in verdicts)
    return text.getvalue()


def as_gradescope(verdicts):
    """Return the verdicts on one submission as Gradescope's results.json.

    Examples
    --------
    >>> from dlhw.exercises.grading.marking import Verdict
    >>> json.loads(as_gradescope([Verdict("loss", 2, 3, "a factor")]))["tests"]
    [{'name': 'loss', 'score': 2, 'max_score': 3, 'output': 'a factor'}]
    """
    tests = []
    for name, points, of, hint in verdicts:
        tests.append({"name": name, "score": points, "max_score": of, "output": hint})
    score = sum(verdict.points for verdict in verdicts)
    return json.dumps({"score": score, "tests": tests}, indent=1) + "\n"
