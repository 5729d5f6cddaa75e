"""What the browser allows this page: the policies that hold, in plain words."""

import texts
from dom import by_id, make
from messages import spawn
from privacy_room import load

ORDER = (  # in which the directives are told
    "connect-src img-src media-src script-src worker-src style-src font-src manifest-src frame-src "
    "form-action base-uri frame-ancestors default-src"
).split()


class Policy:
    """Read once, when somebody first looks."""

    def __init__(self):
        self.source, self.list = by_id("policy-source"), by_id("policy-list")
        self.text = by_id("policy-text")
        self._begun = False

    def refresh(self):
        if not self._begun:
            self._begun = True
            spawn(self._read())

    async def _read(self):
        module = await load("policy.mjs")
        found = await module.readPolicies()
        header, permissions, allowlist = list(found.headers)
        self.source.textContent = texts.policy_source(
            bool(header), bool(found.meta), found.kept, found.answered
        )
        self.list.replaceChildren()
        self._show_content(_directives(found.meta), _directives(header))
        if allowlist:
            self._row(texts.ALL_CONNECTIONS, texts.ALLOWLIST)
        self._show_permissions(permissions)
        said = [("Content-Security-Policy (meta)", found.meta), ("Content-Security-Policy", header)]
        said += [("Permissions-Policy", permissions), ("Connection-Allowlist", allowlist)]
        self.text.textContent = "\n\n".join(f"{name}: {text}" for name, text in said if text)

    def _show_content(self, markup, header):
        """What both policies allow together; where they differ, both are told."""
        for name in ORDER:
            told = []
            for policy in (markup, header):
                words = policy.get(name)
                if words is not None and texts.sources(words, name) not in told:
                    told.append(texts.sources(words, name))
            if told:
                self._row(texts.DIRECTIVES[name], "; ".join(told))

    def _show_permissions(self, policy):
        """The features that this site may use, and those that no site may."""
        allowed, refused = [], []
        for entry in policy.split(","):
            name, found, value = entry.strip().partition("=")
            if found:
                (refused if value.strip() == "()" else allowed).append(
                    texts.FEATURES.get(name, name)
                )
        for title, names in ((texts.ALLOWED_HERE, allowed), (texts.ALLOWED_NOWHERE, refused)):
            if names:
                self._row(title, ", ".join(names))

    def _row(self, title, text):
        row = make("div", parent=self.list)
        make("dt", title, row)
        make("dd", text, row)


def _directives(policy):
    """The words of every directive of a policy, by its name."""
    found = {}
    for directive in policy.replace(",", ";").split(";"):
        words = directive.split()
        if words:
            found.setdefault(words[0].lower(), words[1:])
    return found
