"""Days as people mean them, by the clock and the zone of this device."""

import js

DAY = 86_400_000  # ms


def today():
    """The day it is here, as in 2027-12-31."""
    now = js.Date.new()
    return f"{now.getFullYear():04d}-{now.getMonth() + 1:02d}-{now.getDate():02d}"


def days():
    """Days since 1970-01-01 UTC."""
    return js.Date.now() / DAY


def shown(day):
    """A day as in 2027-12-31, as it is written here."""
    return js.Date.new(day + "T12:00").toLocaleDateString()


def shown_days(number):
    """The day of a number of days since 1970-01-01 UTC, as it is written here."""
    return js.Date.new(number * DAY).toLocaleDateString()
