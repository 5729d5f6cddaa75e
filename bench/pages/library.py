"""Faceside's FaceMatcher in a worker, as a Python developer would load it."""

import js
import numpy as np
from pyodide.ffi import to_js

from faceside.matching import FaceMatcher, LabeledFaceDescriptors

__export__ = ["loaded", "load", "match"]

matcher = None


def loaded():
    """That this script has run."""
    return True


async def load(descriptors):
    """Know one person a row of these 128 numbers each, called "0", "1" and so on."""
    global matcher
    rows = np.empty((descriptors.length // 128, 128), np.float32)
    descriptors.assign_to(rows.reshape(-1))
    people = [LabeledFaceDescriptors(str(i), row) for i, row in enumerate(rows)]
    matcher = FaceMatcher(people, distance_threshold=0.6)


async def match(descriptor):
    """Who it is, ``{label, distance}``."""
    row = np.empty(128, np.float32)
    descriptor.assign_to(row)
    found = matcher.find_best_match(row)
    return to_js(found.to_record(), dict_converter=js.Object.fromEntries)
