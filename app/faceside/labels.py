"""Labels: the names people are enrolled under, checked in one place."""

import unicodedata

from .errors import FacesideError

UNKNOWN = "unknown"  # what a stranger is called
LONGEST_LABEL = 100  # characters
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_label(text) -> str:
    """Return a label in its one spelling: NFC, white space collapsed, 1 to 100 characters.

    Markup is kept as it is: labels are shown as text, never as HTML.

    Raises:
        FacesideError: label-unreadable (no text, control characters, half a character),
            label-empty, label-too-long, label-taken ("unknown" is what strangers are called).
    """
    if not isinstance(text, str):
        raise FacesideError("label-unreadable", "The name must be text: type it again.")
    label = " ".join(text.split())
    if len(label) <= 4 * LONGEST_LABEL:  # NFC makes at most four characters one
        label = unicodedata.normalize("NFC", label)
    if len(label) > LONGEST_LABEL:
        raise FacesideError(
            "label-too-long",
            f"The name has {len(label)} characters: shorten it to {LONGEST_LABEL} or fewer.",
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in BIDI_CONTROLS for c in label):
        raise FacesideError(
            "label-unreadable", "The name has characters that cannot be shown: type it again."
        )
    if all(unicodedata.category(c) in ("Cf", "Zs") for c in label):
        raise FacesideError("label-empty", "There is no name: type one.")
    if label.casefold() == UNKNOWN:
        raise FacesideError(
            "label-taken", "Strangers are called “unknown”: choose another name for this person."
        )
    return label
