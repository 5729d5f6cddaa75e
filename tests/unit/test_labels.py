"""Labels: one spelling of every name, and sentences for names that are none."""

import pytest

from faceside.errors import FacesideError
from faceside.labels import check_label


@pytest.mark.parametrize(
    "text, label",
    [
        ("Ada", "Ada"),
        ("  Ada \t\n Lovelace\u2028", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("<b onclick='x'>Ada</b> & co.", "<b onclick='x'>Ada</b> & co."),
        ("__proto__", "__proto__"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 100, "x" * 100),
        ("e\u0301" * 100, "é" * 100),
        ("\u03b1\u0313\u0300\u0345" * 100, "\u1f82" * 100),
        ("Unknown soldier", "Unknown soldier"),
    ],
)
def test_a_label_has_one_spelling(text, label):
    assert check_label(text) == label
    assert check_label(label) == label


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "label-empty"),
        (" \t\n\u3000", "label-empty"),
        ("\u200b\u200d", "label-empty"),
        ("x" * 101, "label-too-long"),
        ("x" * 10_000, "label-too-long"),
        ("e\u0301" * 101, "label-too-long"),
        ("A\u0301\u0316" * 100_000, "label-too-long"),
        ("Ada\x00", "label-unreadable"),
        ("Ada\x1b[31m", "label-unreadable"),
        ("Ada\u202ecod.exe", "label-unreadable"),
        ("Ada \ud83e", "label-unreadable"),
        (None, "label-unreadable"),
        (7, "label-unreadable"),
        (b"Ada", "label-unreadable"),
        ("unknown", "label-taken"),
        (" UNKNOWN ", "label-taken"),
    ],
)
def test_what_is_no_label(text, code):
    with pytest.raises(FacesideError) as caught:
        check_label(text)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")
