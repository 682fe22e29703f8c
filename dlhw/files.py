"""The files that the package reads: in `data/` of the repository, or beside the rooms where a wheel was installed."""

from pathlib import Path

PLACES = [Path(__file__).parent / "data", Path(__file__).parents[1] / "data"]


def data_file(name):
    """Return the path of a file of data.

    Raises
    ------
    FileNotFoundError
        If there is none of that name.

    Examples
    --------
    >>> data_file("gmm_mixture.json").name
    'gmm_mixture.json'
    """
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"expected {name} in {' or '.join(map(str, PLACES))}, found none")


def results_folder():
    """Return the folder where results are kept: those that came with a wheel, or the repository's cache.

    Examples
    --------
    >>> results_folder().name
    'results'
    """
    shipped = PLACES[0] / "results"
    return shipped if shipped.exists() else PLACES[1].parent / ".cache" / "results"


def data_text(name):
    """Return the text of a file of data.

    Examples
    --------
    >>> data_text("gmm_mixture.json")[0]
    '{'
    """
    return data_file(name).read_text(encoding="utf-8")
