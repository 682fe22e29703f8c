"""Tables of pages, read back."""


def lines(table):
    """Return the lines below the head."""
    return table.markdown.splitlines()[2:]


def cells(table):
    """Return the cells of every line."""
    return [line.strip("| ").split(" | ") for line in str(table).splitlines()]
