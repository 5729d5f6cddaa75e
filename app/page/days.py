"""Days as people mean them, by the clock and the zone of this device; moments as text, as numbers
of MicroPython are too short for milliseconds since 1970."""

import js


def today():
    """The day it is here, as in 2027-12-31."""
    now = js.Date.new()
    return f"{now.getFullYear():04d}-{now.getMonth() + 1:02d}-{now.getDate():02d}"


def moment():
    """Now, as in 2027-12-31T23:59:59.000Z."""
    return js.Date.new().toISOString()


def shown(moment):
    """The day of a moment, as it is written here."""
    return js.Date.new(moment).toLocaleDateString()
