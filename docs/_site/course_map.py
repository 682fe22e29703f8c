"""The way through the course: demands and their sections, what needs what, how long, the evenings.

What a chapter serves and needs is in its front matter; demands and evenings are data.
This file knows nothing of the site generator.
"""

import posixpath
import tomllib

import reading

from dlhw.datasets import data_text
from dlhw.pages.figures import table

COURSEWORK = tomllib.loads(data_text("coursework.toml"))


def filling(chapters, starters):
    """Return the tables by the marks in whose place they stand."""
    return {
        "<!-- demands -->": demands(chapters, starters),
        "<!-- map -->": the_map(chapters),
        "<!-- evenings -->": evenings(chapters),
    }


def facts(page, chapters):
    """Return the line that says what a chapter serves, what it needs and how long it takes."""
    serves = [f"[{number}](../coursework.md#{anchor(number)})" for number in page.about["serves"]]
    needs = [
        f"[{n}]({posixpath.basename(chapters[n].place)})" if n in chapters else f"{n}"
        for n in page.about["needs"]
    ]
    said = [f"Serves demand {', '.join(serves)}"] if serves else []
    said += [f"Needs chapter {', '.join(needs)}"] if needs else []
    core, further = reading.parts(page.source)
    time = f"{reading.minutes(core)} minutes"
    if further:
        time += f" for the coursework, {reading.minutes(core + further)} in all"
    return " · ".join([*said, time]) + "\n{ .facts }"


def demands(chapters, starters):
    """Return the table of the demands: where each is met, how long that takes, what to hand in.

    Parameters
    ----------
    chapters : dict
        Number -> page, with `place`, `title`, `source` and `about`, its front matter.
    starters : dict
        Place of a chapter -> the name of its starter.
    """
    rows = []
    for demand in COURSEWORK["demand"]:
        number = demand["number"]
        served = [page for page in chapters.values() if number in page.about["serves"]]
        time = sum(minutes_of(page) for page in served)
        asked = f'<span id="{anchor(number)}"></span>**{number}** {demand["asks"]}.'
        files = [starters[page.place] for page in served if page.place in starters]
        links = "<br>".join([*map(_link, demand["sections"]), *map(_start, files)])
        rows.append([f"{asked}<br>*Hand in:* {demand['hand_in']}.", f"{links}<br>{time} minutes"])
    return table(rows, ["demand", "sections"]).markdown


def the_map(chapters):
    """Return the table of the chapters: what each needs, what it serves, how long it takes."""
    rows = []
    for number, page in chapters.items():
        needs = ", ".join(map(str, page.about["needs"])) or "–"
        serves = ", ".join(page.about["serves"]) or "–"
        link = f"{number} · [{page.title}]({page.place})"
        rows.append([link, needs, serves, f"{minutes_of(page)}", f"{all_minutes_of(page)}"])
    rows.append(["together", "", "", *(str(sum(int(row[i]) for row in rows)) for i in (3, 4))])
    header = ["chapter", "needs", "serves", "minutes", "of all"]
    return table(rows, header).markdown


def evenings(chapters):
    """Return the table of the evenings."""
    rows = []
    planned = [e for e in COURSEWORK["evening"] if chapters.keys() & set(e["chapters"])]
    for i, evening in enumerate(planned, start=1):
        pages = [chapters[number] for number in evening["chapters"] if number in chapters]
        links = ", ".join(f"[{page.chapter}]({page.place})" for page in pages)
        time = sum(map(minutes_of, pages))
        does = f"**{i}.** {evening['does']}"
        rows.append([does, f"{links}: {time} min", evening["ends"]])
    return table(rows, ["evening", "chapters", "it ends when"]).markdown


def minutes_of(page):
    """Return how long the part of a chapter takes that the coursework needs."""
    return reading.minutes(reading.parts(page.source).core)


def all_minutes_of(page):
    """Return how long all of a chapter takes."""
    return reading.minutes(page.source)


def anchor(number):
    """Return the name by which a demand is found on the page of the coursework.

    >>> anchor("II.3")
    'ii-3'
    """
    return number.lower().replace(".", "-")


def _start(name):
    """Return a link to a starter.

    >>> _start("06-start.py")
    'write it: [`06-start.py`](code/06-start.py){ download="06-start.py" }'
    """
    return f'write it: [`{name}`](code/{name}){{ download="{name}" }}'


def _link(section):
    """Return a link to a section, called by its own name.

    >>> _link("01-softmax-regression.md#the-check")
    '[1: the check](chapters/01-softmax-regression.md#the-check)'
    """
    file, _, heading = section.partition("#")
    name = heading.replace("-", " ") or file[3:-3].replace("-", " ")
    return f"[{int(file[:2])}: {name}](chapters/{section})"
