"""Labels, the names people are enrolled under, and the notes kept about them: checked here."""

import unicodedata
from datetime import date

from .errors import FacesideError

UNKNOWN = "unknown"  # what a stranger is called
LONGEST_LABEL = 100  # characters
LONGEST_NOTES = 2000  # characters, a page of text
TERMS = ("forget_after", "agreed", "agreement")  # of Notes
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


class Notes(str):
    """Notes about a person: their text, and on what terms the person is kept.

    Attributes:
        forget_after: the last day on which the person is kept, as in 2027-12-31; "" for no end.
        agreed: the day on which the person has agreed to be kept, "" where that is not noted.
        agreement: what was agreed, as free text.

    Equal to a plain text where there are no terms; false where there is nothing at all.

    Raises:
        FacesideError: date-invalid, and for the agreement those of check_notes.
    """

    forget_after: str
    agreed: str
    agreement: str

    def __new__(cls, text: str = "", forget_after="", agreed="", agreement=""):
        notes = super().__new__(cls, text)
        notes.forget_after, notes.agreed = _check_date(forget_after), _check_date(agreed)
        notes.agreement = check_notes(agreement)
        return notes

    @property
    def terms(self) -> dict[str, str]:
        """The terms there are, by name."""
        named = {name: getattr(self, name) for name in TERMS}
        return {name: value for name, value in named.items() if value}

    def __bool__(self) -> bool:
        return len(self) > 0 or bool(self.terms)

    def __eq__(self, other) -> bool:
        return str.__eq__(self, other) and self.terms == terms_of(other)

    def __ne__(self, other) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __reduce__(self):
        return Notes, (str(self), self.forget_after, self.agreed, self.agreement)


def terms_of(notes: str) -> dict[str, str]:
    """The terms that notes come with, by name; a plain text has none."""
    return notes.terms if isinstance(notes, Notes) else {}


def is_over(notes: str, today: str) -> bool:
    """Whether the last day on which a person is kept is before today."""
    return terms_of(notes).get("forget_after", today) < today


def joined_notes(ours: str, theirs: str) -> Notes:
    """The notes about one person from two places, neither of them twice; of two days after which
    to forget the person the earlier one holds."""
    text, more = str(ours), str(theirs)
    if more not in text:
        text = f"{text}\n{more}" if text else more
    terms = {**terms_of(theirs), **terms_of(ours)}
    ends = [t["forget_after"] for t in (terms_of(ours), terms_of(theirs)) if "forget_after" in t]
    return Notes(text, **(terms | ({"forget_after": min(ends)} if ends else {})))


def merged_notes(ours: str, theirs: str) -> Notes:
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


def joined_if_room(ours: str, theirs: str) -> Notes:
    """The notes from two places, or just our text where there is no room for both."""
    joined = joined_notes(ours, theirs)
    return joined if len(joined) <= LONGEST_NOTES else Notes(str(ours), **joined.terms)


def _check_date(text) -> str:
    """Return a day as in 2027-12-31, "" for none.

    Raises:
        FacesideError: date-invalid.
    """
    try:
        return text and date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise FacesideError(
            "date-invalid", f"{text!r} is no day: write it as in 2027-12-31."
        ) from None
