"""Another language is one file: with one made up here, no English is left on any view."""

import ast

import pytest
from conftest import copy_site, serving
from driver import App
from pictures import sample
from playwright.sync_api import expect

from faceside.cards import all_cards

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "åƀçđéƒğĥïĵķłɱñöþǫřšŧüṽŵẋýžÅƁÇÐÉƑĞĤÏĴĶŁṀÑÖÞǪŘŠŦÜṼŴẊÝŽ"
LETTERS = str.maketrans(PLAIN, STRANGE)

# Words in plain letters that a person sees or hears, with where they are; what is marked as being
# in another language, or as a name, is left out, and so are the titles of the models.
ENGLISH = """(names) => {
  const found = [];
  const look = (text, element) => {
    if (!text || element.closest("[translate=no], [lang=en], script, style, noscript")) return;
    for (const name of names) text = text.replaceAll(name, "");
    if (/[A-Za-z]{3,}/.test(text)) {
      found.push(`${text.trim()} in ${element.outerHTML.slice(0, 90)}`);
    }
  };
  const view = document.querySelector("section.view:not([hidden])");
  for (const root of [view, ...document.querySelectorAll("header, footer, nav, dialog, #tour")]) {
    for (const element of root.querySelectorAll("*")) {
      for (const name of ["alt", "aria-label", "placeholder", "title"])
        look(element.getAttribute(name), element);
      for (const child of element.childNodes)
        if (child.nodeType === Node.TEXT_NODE) look(child.data, element);
    }
  }
  return found;
}"""


class Strange(ast.NodeTransformer):
    """Writes every text of the catalogue in strange letters; keys, formats and what is only looked
    up or written to files stay."""

    def visit_Dict(self, node):
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_Subscript(self, node):
        node.value = self.visit(node.value)
        return node

    def visit_FormattedValue(self, node):
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "replace"):
            return node
        return self.generic_visit(node)

    def visit_Compare(self, node):
        return node

    def visit_Expr(self, node):
        return node

    def visit_Assign(self, node):
        names = [
            name.id
            for target in node.targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name)
        ]
        fixed = any(name.endswith("_FILE") or name == "LANGUAGE" for name in names)
        return node if fixed else self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            return ast.copy_location(ast.Constant(node.value.translate(LETTERS)), node)
        return node


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A site with one more language, "x", which the files of the interface alone make up."""
    site = copy_site(tmp_path_factory.mktemp("language") / "site")
    room = site / "app" / "page"
    english = ast.parse((room / "texts.py").read_text("utf-8"))
    strange = ast.unparse(ast.fix_missing_locations(Strange().visit(english)))
    strange += "\nLANGUAGE, DIRECTION = 'x', 'rtl'\n"
    (room / "texts_x.py").write_text(strange, "utf-8")
    listed = (room / "page.toml").read_text("utf-8") + '"./texts_x.py" = ""\n'
    (room / "page.toml").unlink()
    (room / "page.toml").write_text(listed, "utf-8")
    with serving(site) as address:
        yield address


def test_a_language_is_one_file_and_leaves_no_english(open_app, address):
    app = open_app(permissions=["camera"]).until_up()
    html = app.locate("html")
    expect(html).to_have_attribute("lang", "en")  # what the device speaks
    expect(html).to_have_attribute("dir", "ltr")
    app.show("settings")
    expect(app.locate("#language option")).to_have_text(
        ["As this device has it", "English", "English".translate(LETTERS)]
    )
    app.locate("#language").select_option("x")
    app.locate("#language-reload").click()
    expect(html).to_have_attribute("lang", "x")
    app.until_up()
    expect(html).to_have_attribute("dir", "rtl")
    app.page.evaluate("faceside.ready")
    fill(app)
    cards = all_cards().values()
    names = [name for card in cards for name in (card.title, card.licence)]
    names += ["MTCNN", "WebAssembly"]
    for view in app.views():
        app.show(view)
        assert app.page.evaluate(ENGLISH, names) == [], view
        title = app.page.title()
        assert title.endswith(" – Faceside") and title.translate(LETTERS)[:-8] == title[:-8]

    app.show("settings")
    app.locate("#settings-reset").click()
    expect(app.locate("#language")).to_have_value("")
    app.locate("#language-reload").click()
    expect(html).to_have_attribute("lang", "en")


def fill(app: App) -> None:
    """Put something into every view, by names in the strange letters."""
    (card,) = app.choose(
        {"name": "ƒ.ĵ", "mimeType": "image/jpeg", "buffer": sample(6).read_bytes()}
    )
    for name in ("Åðå", "Ɓéå"):
        row = card.locator("li.face-row[data-label='']").first
        row.get_by_role("button").click()
        app.submit("enroll", name)
        expect(card.locator(f"li.face-row[data-label='{name}']")).to_be_visible()
    app.show("live")
    app.locate("#camera-start").click()
    expect(app.locate("#seen-list li")).to_have_count(2)
