"""One person's expressions: a bar for each, and a chart of the time before."""

import texts
from chart import Chart
from dom import make


class ExpressionCard:
    def __init__(self, parent, names):
        self.element = make("li", parent=parent, class_="panel expression-card")
        head = make("div", parent=self.element, class_="expression-head")
        self.title = make("h4", parent=head, dir="auto")
        self.state = make("span", parent=head, class_="muted")
        bars = make("dl", parent=self.element, class_="bars")
        self.bars = [self._bar(bars, name) for name in names]
        place = make("div", parent=self.element, class_="chart", aria_hidden="true")
        self.chart = Chart(place, [_colour(name) for name in names], 150, 1)

    def show(self, person, now):
        self.title.textContent = person.label or texts.someone(person.track)
        self.element.setAttribute("data-label", person.label)
        away = person.is_away(now)
        self.element.setAttribute("data-away", "true" if away else "false")
        self.state.textContent = texts.AWAY if away else ""
        if away:
            return
        for (number, bar), value in zip(self.bars, person.bars.values):
            number.textContent = texts.percent(value)
            bar.style.setProperty("--share", f"{value:.3f}")

    async def draw(self, person, now, span):
        columns = person.columns(now - span)
        if columns:
            await self.chart.draw(columns, now - span, now)

    def remove(self):
        self.chart.remove()
        self.element.remove()

    def _bar(self, parent, name):
        pair = make("div", parent=parent, data_expression=name)
        pair.style.setProperty("--swatch", f"var({_colour(name)})")
        make("dt", texts.expression(name), pair)
        number = make("dd", "", pair)
        bar = make("span", parent=pair, class_="bar", aria_hidden="true")
        return number, bar


def _colour(name):
    return "--expression-" + name
