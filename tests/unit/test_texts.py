"""The catalogue of the page's texts: complete, in step with the markup and with the engine."""

import importlib.util
import re
from html.parser import HTMLParser

import pytest
from pictures import ROOT

from faceside.cards import all_cards
from faceside.faces import EXPRESSIONS

LETTERS = re.compile(r"[^\W\d_]")
SPOKEN = ("alt", "aria-label", "label", "placeholder", "title")  # attributes people read or hear


def load_texts():
    spec = importlib.util.spec_from_file_location("texts", ROOT / "app/page/texts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Markup(HTMLParser):
    """Attributes:
    keyed: (key, text) of every text of the markup that has a key, also of attributes.
    bare: the texts that have none; names, marked by translate="no", need none.
    """

    def __init__(self, html: str):
        super().__init__()
        self.keyed, self.bare = [], []
        self._element = {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._element = attributes if tag != "script" else {"translate": "no"}
        for name, key in attributes.items():
            if name.startswith("data-text-"):
                self.keyed.append((key, attributes[name.removeprefix("data-text-")]))
        for name in SPOKEN:
            if attributes.get(name) and f"data-text-{name}" not in attributes:
                self.bare.append(attributes[name])

    def handle_endtag(self, tag):
        self._element = {}

    def handle_data(self, data):
        if "data-text" in self._element:
            self.keyed.append((self._element.pop("data-text"), data))
        elif LETTERS.search(data) and self._element.get("translate") != "no":
            self.bare.append(data.strip())


@pytest.fixture(scope="module")
def markup():
    return Markup((ROOT / "index.html").read_text("utf-8"))


def test_every_text_of_the_markup_has_a_key(markup):
    assert markup.bare == []


def test_the_markup_and_the_catalogue_say_the_same(markup):
    catalogue = load_texts().MARKUP
    missing = [f'"{key}": "{text}",' for key, text in markup.keyed if catalogue.get(key) != text]
    assert missing == [], "put into MARKUP of texts.py:\n" + "\n".join(missing)
    assert set(catalogue) == {key for key, _ in markup.keyed}


def test_a_text_without_a_key_is_found():
    markup = Markup('<p title="Tip">One <b data-text="b">two</b> three</p><i data-text="i">4</i>')
    assert markup.bare == ["Tip", "One", "three"]
    assert markup.keyed == [("b", "two"), ("i", "4")]


def test_the_engine_has_no_word_that_the_catalogue_lacks():
    texts = load_texts()
    assert set(texts.EXPRESSIONS) == set(EXPRESSIONS)
    assert set(texts.TASKS) == {card.task for card in all_cards().values()}
