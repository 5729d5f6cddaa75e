"""Plots of the measures, drawn by matplotlib, which is an optional extra."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..errors import FacesideError

FORMATS = (".png", ".svg", ".pdf")
SIDE = 5  # inches


def check_plot(path: str | Path) -> None:
    """Make sure, before the long work, that a plot can be written.

    Raises:
        FacesideError: ``plot-unavailable`` without matplotlib, ``plot-unwritable``.
    """
    if find_spec("matplotlib") is None:
        raise FacesideError(
            "plot-unavailable",
            "Plots need matplotlib; run `pip install matplotlib`, or leave --plot out.",
        )
    if Path(path).suffix.lower() not in FORMATS or not Path(path).parent.is_dir():
        raise FacesideError(
            "plot-unwritable",
            f"No plot can be written to {path}; name a file in a folder that exists, its name "
            f"ending in {', '.join(FORMATS)}.",
        )


def draw_plot(measure: str, series: dict[str, np.ndarray], path: str | Path) -> None:
    """Draw the series of a measure into a file.

    Args:
        measure: name of the measure, such as ``"detection"``.
        series: those of its :class:`~faceside.evaluate.measurement.Measurement`.
        path: the file, in one of FORMATS.

    Raises:
        FacesideError: ``plot-unwritable``.
    """
    from matplotlib.figure import Figure  # without pyplot: no display, nothing global

    figure = Figure((SIDE, SIDE), layout="constrained")
    PLOTS[measure](figure.add_subplot(), **series)
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise FacesideError(
            "plot-unwritable", f"The plot cannot be written to {path}: {error.strerror}."
        ) from None


def _receiver_operating_characteristic(axes, false_accepts, true_accepts) -> None:
    axes.step(false_accepts, true_accepts, where="post")
    axes.set(xlabel="False accept rate", ylabel="True accept rate")
    axes.set(xscale="symlog", xlim=(0, 1), ylim=(0, 1.01))
    axes.set_xscale("symlog", linthresh=1e-3)


def _precision_recall(axes, recalls, precisions) -> None:
    axes.plot(recalls, precisions)
    axes.set(xlabel="Recall", ylabel="Precision", xlim=(0, 1), ylim=(0, 1.01))


def _cumulative_error(axes, errors) -> None:
    found = np.sort(errors[np.isfinite(errors)])
    axes.step(found, np.arange(1, len(found) + 1) / len(errors), where="post")
    axes.set(xlabel="Mean error / distance of the outer eye corners", ylabel="Share of the faces")
    axes.set(xlim=(0, 0.15), ylim=(0, 1.01))


def _confusion(axes, labels, confusion) -> None:
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(confusion):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, count, ha="center", va="center", color=colour)
    axes.set(xlabel="Found", ylabel="Labelled")
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)


def _error_by_decade(axes, decades, errors) -> None:
    axes.bar(range(len(decades)), errors)
    axes.set_xticks(range(len(decades)), decades, rotation=45, ha="right")
    axes.set(xlabel="Age in years", ylabel="Mean absolute error in years")


PLOTS = {
    "verification": _receiver_operating_characteristic,
    "detection": _precision_recall,
    "landmarks": _cumulative_error,
    "expressions": _confusion,
    "age-gender": _error_by_decade,
}
