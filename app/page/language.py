"""The language of the page: English, or that of a file `texts_CODE.py` beside texts.py, such as
texts_de.py or texts_pt_br.py, which page.toml lists. Such a file is a copy of texts.py in another
language; what it leaves out stays English.

The device's languages choose, unless a person has chosen one in the settings.
"""

import os

import js

import texts

KEY = "faceside-language"  # of the code that a person has chosen, "" where the device chooses
ENGLISH = "en"
ATTRIBUTES = ("alt", "aria-label", "content", "label", "placeholder", "title")


def available():
    """The codes of the languages there are, such as "en" and "pt-br"."""
    files = sorted(name for name in os.listdir() if name.startswith("texts_"))
    return [ENGLISH] + [name[len("texts_") : -len(".py")].replace("_", "-") for name in files]


def use():
    """Put the texts of the language in place; before anything is written."""
    code = _pick([js.facesideEarly.recall(KEY)] + list(js.navigator.languages), available())
    if code != ENGLISH:
        _replace(_module(code))
        _write_markup()
    js.document.documentElement.lang = texts.LANGUAGE
    js.document.documentElement.dir = texts.DIRECTION


def name_of(code):
    """What the speakers of a language call it."""
    return "English" if code == ENGLISH else _module(code).LANGUAGE_NAME


def _module(code):
    return __import__("texts_" + code.replace("-", "_"))


def _pick(wishes, codes):
    """The first wish that can be met: exactly, or in the language at least."""
    for wish in wishes:
        wish = wish.lower()
        for code in (wish, wish.split("-")[0]):
            if code in codes:
                return code
    return ENGLISH


def _replace(other):
    for name in dir(other):
        if not name.startswith("_"):
            ours, theirs = getattr(texts, name, None), getattr(other, name)
            if isinstance(theirs, dict) and isinstance(ours, dict):
                ours.update(theirs)
            else:
                setattr(texts, name, theirs)


def _write_markup():
    for element in list(js.document.querySelectorAll("[data-text]")):
        element.textContent = texts.MARKUP[element.getAttribute("data-text")]
    for attribute in ATTRIBUTES:
        for element in list(js.document.querySelectorAll(f"[data-text-{attribute}]")):
            key = element.getAttribute(f"data-text-{attribute}")
            element.setAttribute(attribute, texts.MARKUP[key])
