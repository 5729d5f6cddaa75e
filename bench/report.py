"""Writes the results into docs/speed.md, between its marks, and the chart beside it."""

import os
import platform
import re
from datetime import date
from html import escape
from pathlib import Path

from bench.contestants import CONTESTANTS, WORKS
from tools.venv import ROOT

PAGE = ROOT / "docs" / "speed.md"
CHART = ROOT / "docs" / "speed.svg"
TITLES = {contestant.name: contestant.title for contestant in CONTESTANTS}
CHARTED = ("detect", "full_3", "default_full_3", "default_full_1", "default_full_10")
COLOURS = {"ours": "#2a78d6", "plain": "#8a8f98", "face_api": "#d8a03a"}
OTHER_COLOUR = "#b0b4ba"
LISTED = 12  # parts of the first visit
BAR, GAP, LEFT, WIDTH = 18, 14, 310, 800


def machine(browser_version: str, threads: int) -> str:
    """What it was measured on, in words."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    words = f"{os.cpu_count()} processor cores, {platform.system()}, Chromium {browser_version}"
    words += f", {threads} threads each"
    return words + (f", {busy:.1f} programs running on average at the end" if busy else "")


def table_of_times(works: dict) -> list[str]:
    """One line a work and contestant: median and quartiles in ms."""
    lines = [
        "| Work | Contestant | Median, ms | Quartiles | Runs |",
        "| --- | --- | --- | --- | --- |",
    ]
    for work in WORKS:
        for name, summary in works.get(work.name, {}).items():
            spread = f"{summary['low']:.1f} to {summary['high']:.1f}"
            cells = [work.title, TITLES[name], f"{summary['median']:.1f}", spread, summary["runs"]]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def table_of_live(live: dict) -> list[str]:
    """Frames a second of each contestant."""
    lines = [
        "| Contestant | Frames a second | Quartiles | Name shown at | "
        "Tasks over 50 ms on the interface thread |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, summary in live.items():
        spread = f"{summary['low']:.1f} to {summary['high']:.1f}"
        named = f"{summary['named']:.0%} of the looks"
        cells = [TITLES[name], f"{summary['median']:.1f}", spread, named, summary["long_tasks"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def table_of_visits(visits: dict) -> list[str]:
    """Seconds to the first box, and bytes."""
    lines = [
        "| Contestant | First visit, s | Second visit, s | MB served | MB by gzip |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, visit in visits.items():
        cells = [TITLES[name]]
        for kind in ("first", "second"):
            low, middle, high = (visit[kind][part] / 1000 for part in ("low", "median", "high"))
            cells.append(f"{middle:.1f} ({low:.1f} to {high:.1f})")
        cells += [f"{visit[kind] / 1e6:.1f}" for kind in ("bytes", "compressed")]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def table_of_bytes(visit: dict) -> list[str]:
    """The largest parts of our first visit."""
    lines = ["| Part | kB served | kB by gzip |", "| --- | --- | --- |"]
    parts = list(visit["parts"].items())
    for name, size in parts[:LISTED]:
        kilobytes = [f"{size[kind] / 1000:.0f}" for kind in ("bytes", "compressed")]
        lines.append(f"| `{name.removeprefix('site/')}` | " + " | ".join(kilobytes) + " |")
    rest = [sum(size[kind] for _, size in parts[LISTED:]) for kind in ("bytes", "compressed")]
    lines.append(f"| {len(parts[LISTED:])} more | {rest[0] / 1000:.0f} | {rest[1] / 1000:.0f} |")
    return lines


def table_of_ratios(ratios: dict, goals: dict) -> list[str]:
    """Ours over theirs, with the goal where there is one."""
    lines = ["| Ratio | Ours over theirs | Goal | |", "| --- | --- | --- | --- |"]
    for name, value in ratios.items():
        goal, verdict = "", ""
        if name in goals:
            kind, limit = goals[name]
            reached = value <= limit if kind == "at most" else value >= limit
            goal, verdict = f"{kind} {limit:g}", "holds" if reached else "does not hold"
        lines.append(f"| `{name}` | {value:g} | {goal} | {verdict} |")
    return lines


def chart(works: dict) -> str:
    """Bars of the medians, as an SVG that shows on light and dark pages."""
    rows, y = [], 10
    shown = [work for work in WORKS if work.name in CHARTED and work.name in works]
    longest = max(s["median"] for work in shown for s in works[work.name].values())
    for work in shown:
        rows.append(f'<text x="0" y="{y + 12}" class="title">{escape(work.title)}</text>')
        y += BAR
        for name, summary in works[work.name].items():
            length = max(1, summary["median"] / longest * (WIDTH - LEFT - 80))
            colour = COLOURS.get(name, OTHER_COLOUR)
            rows.append(
                f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(TITLES[name])}</text>'
            )
            rows.append(
                f'<rect x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="{BAR - 5}" '
                f'fill="{colour}"/>'
            )
            rows.append(
                f'<text x="{LEFT + length + 6:.1f}" y="{y + 13}">{summary["median"]:.0f} ms</text>'
            )
            y += BAR
        y += GAP
    style = (
        "text{font:12px sans-serif;fill:#333}.title{font-weight:bold}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img" aria-label="Medians in milliseconds; shorter is faster">'
        f"<style>{style}</style>{''.join(rows)}</svg>\n"
    )


def replaced(text: str, mark: str, lines: list[str]) -> str:
    """A page with what stands between `<!-- mark -->` and `<!-- end -->` replaced."""
    pattern = rf"(<!-- {mark} -->\n).*?(<!-- end -->)"
    changed, count = re.subn(
        pattern, lambda m: m[1] + "\n".join(lines) + "\n" + m[2], text, flags=re.S
    )
    if count != 1:
        raise ValueError(f"{PAGE.name} must have one part <!-- {mark} -->")
    return changed


def write(results: dict, goals: dict, command: str, page: Path = PAGE, svg: Path = CHART) -> None:
    """Writes the page's tables and the chart."""
    head = f"Measured {date.today().isoformat()} by `{command}` on {results['machine']}."
    text = page.read_text()
    text = replaced(text, "machine", [head])
    text = replaced(text, "ratios", table_of_ratios(results["ratios"], goals))
    text = replaced(text, "times", table_of_times(results["works"]))
    text = replaced(text, "live", table_of_live(results["live"]))
    text = replaced(text, "visits", table_of_visits(results["visits"]))
    text = replaced(text, "bytes", table_of_bytes(results["visits"]["ours"]))
    page.write_text(text)
    svg.write_text(chart(results["works"]))
