"""The 68 landmarks of a face as paths, which a canvas (Path2D) and a picture (SVG) draw alike."""

_contours = []  # first point, end, whether closed; the engine says them


def set_contours(contours):
    _contours.clear()
    _contours.extend(tuple(contour) for contour in contours)


def lines(points):
    """The path along the parts of the face of points (x, y)."""
    parts = []
    for first, end, closed in _contours:
        parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[first:end]))
        if closed:
            parts.append("Z")
    return "".join(parts)


def dots(points):
    """The path that touches each point; round ends of its line make them dots."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)
