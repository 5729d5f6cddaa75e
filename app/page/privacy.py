"""The privacy view: what the browser allows this page, what it has asked for, what it keeps, and
the way to forget all of it."""

from consent import Ask
from forgetting import Forgetting
from journal import Journal
from kept import Kept
from policy import Policy
from requests import Requests
from ways import Ways


class Privacy:
    """`before_forgetting()` runs before everything is forgotten, by this tab or another."""

    def __init__(self, before_forgetting):
        self.policy, self.ways = Policy(), Ways()
        self.requests, self.kept = Requests(), Kept()
        self.ask, self.journal = Ask(), Journal()
        self.forgetting = Forgetting(before_forgetting)

    def open(self):
        """Show everything as it is now; the view is being looked at."""
        self.policy.refresh()
        self.requests.watch()
        self.kept.refresh()
