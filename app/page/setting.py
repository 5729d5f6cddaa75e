"""One setting: its control, the way back to its default, and what is wrong with what was asked."""

import texts
from dom import button, field, make, offer, on, show


class Setting:
    """A row of the settings view; `on_change(setting, value)` when a person wants another value,
    None for the default."""

    def __init__(self, element, on_change):
        self.element = element
        self.name = element.dataset.setting
        self.control = element.querySelector("select, input")
        self.label = element.querySelector("label").textContent.strip()
        self.fault = element.querySelector("[role=alert]")
        self.kind = field(self.control, "type")
        self._options = None
        self._on_change = on_change
        self.back = button("", self._on_back, hidden="")
        element.insertBefore(self.back, self.fault)
        on(self.control, "change", self._on_change_event)

    def update(self, info, models):
        """Show what is in force, what may be chosen, and whether that is the default."""
        value = field(info, self.name)
        show(self.element, value is not None)  # it means nothing to the nets in use
        if value is None:
            return
        default = getattr(info.defaults, self.name)
        if self.kind == "select-one":
            self._offer(_choices(info, self.name, value), models)
        elif self.kind == "number":
            low, high = getattr(info.limits, self.name)
            self.control.min, self.control.max = str(low), str(high)
        self._write(value)
        self.element.setAttribute("data-value", texts.plain_value(value))
        text = texts.back_to_default(texts.value(default, models))
        self.back.textContent = text
        self.back.setAttribute("aria-label", f"{text}: {self.label}")
        offer(self.back, value != default, self.control)

    def tell(self, sentence):
        self.fault.textContent = sentence

    def _offer(self, values, models):
        if values == self._options:
            return
        self._options = values
        self.control.replaceChildren()
        for value in values:
            make("option", texts.choice(value, models), self.control, value=str(value))

    def _write(self, value):
        if self.kind == "checkbox":
            self.control.checked = value
        else:
            self.control.value = texts.plain_value(value)

    def _read(self):
        if self.kind == "checkbox":
            return self.control.checked
        text = self.control.value
        if self.kind == "number":
            bad = self.control.validity.badInput
            return float("nan") if bad else float(text) if text else None
        return int(text) if text.isdigit() else text

    def _on_change_event(self, event):
        self._on_change(self, self._read())

    def _on_back(self, event):
        self._on_change(self, None)


def _choices(info, name, value):
    """What may be chosen, with the value in force where it is one of no list."""
    values = list(getattr(info.choices, name))
    return values if value in values else sorted(values + [value])
