"""The pages of the reference: one for each room of the package, and the list of them."""

import re

from dlhw.study.rooms import path_of, read_room


def rooms(folder=""):
    """Return the rooms of the package, dotted, in the order in which each folder lists them."""
    found, inner = [], []
    for name in re.findall(r"^- `(\w+)`", read_room(folder).docstring, re.M):
        room = f"{folder}.{name}".strip(".")
        if path_of(room).name == "__init__.py":
            inner += rooms(room)
        else:
            found.append(room)
    return found + inner


def pages():
    """Return the pages, by their places."""
    return {_place(room): f"# dlhw.{room}\n\n::: dlhw.{room}\n" for room in rooms()}


def contents():
    """Return the list of rooms with links, the course's first, then a folder each."""
    folders = {}
    for room in rooms():
        folder, _, name = room.rpartition(".")
        link = f"[{name}]({_place(room).removeprefix('reference/')})"
        folders.setdefault(folder, []).append(link)
    parts = []
    for folder, links in folders.items():
        title = folder.replace(".", "/") or "the course"
        parts.append(f"- **{title}**: {', '.join(links)}")
    return "\n".join(parts)


def documented(place):
    """Return the room that a page of the reference documents, "" for the package, or None."""
    if place == "reference/index.md":
        return ""
    return {_place(room): room for room in rooms()}.get(place)


def _place(room):
    return f"reference/{room.replace('.', '/')}.md"
