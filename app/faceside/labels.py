"""Labels, the names people are enrolled under, and the notes kept about them: checked here."""

import unicodedata

from .errors import FacesideError

UNKNOWN = "unknown"  # what a stranger is called
LONGEST_LABEL = 100  # characters
LONGEST_NOTES = 2000  # characters, a page of text
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
    plain = label.isascii() and label.isprintable()  # all there is to check of most labels
    if not plain and len(label) <= 4 * LONGEST_LABEL:  # NFC makes at most four characters one
        label = unicodedata.normalize("NFC", label)
    if len(label) > LONGEST_LABEL:
        raise FacesideError(
            "label-too-long",
            f"The name has {len(label)} characters: shorten it to {LONGEST_LABEL} or fewer.",
        )
    if not plain and any(_cannot_be_shown(c) for c in label):
        raise FacesideError(
            "label-unreadable", "The name has characters that cannot be shown: type it again."
        )
    if not label or (not plain and all(unicodedata.category(c) in ("Cf", "Zs") for c in label)):
        raise FacesideError("label-empty", "There is no name: type one.")
    if label.casefold() == UNKNOWN:
        raise FacesideError(
            "label-taken", "Strangers are called “unknown”: choose another name for this person."
        )
    return label


def _cannot_be_shown(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in BIDI_CONTROLS


def check_notes(text) -> str:
    """Return notes about a person, free text of several lines, without white space around them.

    Raises:
        FacesideError: notes-unreadable (no text, control characters, half a character),
            notes-too-long (over 2,000 characters).
    """
    if not isinstance(text, str):
        raise FacesideError("notes-unreadable", "Notes must be text: type them again.")
    notes = "\n".join(text.strip().splitlines())
    if len(notes) > LONGEST_NOTES:
        raise FacesideError(
            "notes-too-long",
            f"The notes have {len(notes):,} characters: shorten them to {LONGEST_NOTES:,} or "
            "fewer.",
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in notes):
        raise FacesideError(
            "notes-unreadable", "The notes have characters that cannot be shown: type them again."
        )
    return notes


def joined_notes(ours: str, theirs: str) -> str:
    """The notes about one person from two places, neither of them twice."""
    if not theirs or theirs in ours:
        return ours
    return f"{ours}\n{theirs}" if ours else theirs


def merged_notes(ours: str, theirs: str) -> str:
    """The notes about two people who become one.

    Raises:
        FacesideError: notes-too-long.
    """
    joined = joined_notes(ours, theirs)
    if len(joined) > LONGEST_NOTES:
        raise FacesideError(
            "notes-too-long",
            f"The notes about both have {len(joined):,} characters together: shorten them to "
            f"{LONGEST_NOTES:,} or fewer, then merge.",
        )
    return joined


def joined_if_room(ours: str, theirs: str) -> str:
    """The notes from two places, or just ours where there is no room for both."""
    joined = joined_notes(ours, theirs)
    return joined if len(joined) <= LONGEST_NOTES else ours
