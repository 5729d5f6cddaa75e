"""How good the nets are, measured on labelled pictures: one module a measure."""
