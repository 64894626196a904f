"""Invented things in every state, for the page that shows the parts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe"


@dataclass(frozen=True)
class SamplePerson:
    """Looks like a person to the parts."""

    handle: str
    name: str = ""
    is_bot: bool = False
    avatar: str = ""

    def __str__(self) -> str:
        return self.name or self.handle

    def get_absolute_url(self) -> str:
        return f"/@{self.handle}/"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="As it should stand on the project's page.")
    website = forms.URLField(required=False, assume_scheme="https")
    stage = forms.ChoiceField(choices=[("sandbox", "Sandbox"), ("incubating", "Incubating")])
    about = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    public = forms.BooleanField(required=False, help_text="Everyone can see it.")
    kind = forms.ChoiceField(
        choices=[("code", "Code"), ("model", "模型")], widget=forms.RadioSelect
    )


def people() -> list[SamplePerson]:
    """Short, long, Chinese, nameless and mechanical."""
    return [
        SamplePerson("mira", "Mira Okonkwo"),
        SamplePerson("zhang-wei", "张伟"),
        SamplePerson("a-very-long-handle-of-thirty-nine-chars", LONG),
        SamplePerson("nameless-one"),
        SamplePerson("merge-train[bot]", is_bot=True),
    ]


def spark(points: str) -> SafeString:
    """A line of 88 by 30."""
    return mark_safe(  # noqa: S308 - the points stand in this file
        f'<svg viewBox="0 0 88 30"><polyline points="{points}"/></svg>'
    )


def figures() -> list[dict[str, Any]]:
    """More, less, the same, none."""
    up = spark("0,26 12,22 24,24 36,15 48,17 60,9 72,11 88,3")
    down = spark("0,5 12,4 24,9 36,8 48,15 60,14 72,22 88,25")
    rising = {"direction": "up", "text": "12 more than the 90 days before"}
    falling = {"direction": "down", "text": "1.4 days shorter"}
    same = {"direction": "same", "text": "No change"}
    figure = {"unit": "", "change": None, "spark": "", "completeness": None, "rows_url": "#"}
    return [
        {**figure, "label": "Active people", "value": "148", "change": rising, "spark": up}
        | {"completeness": 0.97},
        {**figure, "label": "Time to first response", "value": "2.1", "unit": "days (median)"}
        | {"change": falling, "spark": down, "completeness": 1.0, "note": "n = 312"},
        {**figure, "label": "新贡献者", "value": "1,204", "unit": "人", "change": same}
        | {"completeness": 0.5, "note": "数据仍在到达。"},
        {**figure, "label": "Change requests waiting for a review", "value": None}
        | {"rows_url": "", "note": "Fewer than 5 in this period."},
    ]


def chart(**more: Any) -> dict[str, Any]:
    """Two series over eight months."""
    months = [f"2026-{month:02}" for month in range(1, 9)]
    table = {
        "header": ["Month", "Code", "Reviews"],
        "rows": [[month, 210 + 17 * n, 90 + 31 * n] for n, month in enumerate(months)],
    }
    legend = [{"label": "Code", "index": 1}, {"label": "Reviews", "index": 2}]
    return {
        "title": "Reviews grow faster than code",
        "unit": "contributions a month",
        "n": 3_188,
        "svg": drawing(),
        "legend": legend,
        "table": table,
        "csv_url": "#",
        "json_url": "#",
        "note": "",
        **more,
    }


def drawing() -> SafeString:
    """Grid, axis, seven series, bars, a release mark."""
    lines = "".join(
        f'<polyline class="series-{n}" points="40,{150 - 8 * n} 180,{140 - 14 * n}'
        f' 320,{150 - 17 * n} 460,{130 - 13 * n} 600,{142 - 18 * n}"/>'
        f'<text class="series-{n}" x="606" y="{146 - 18 * n}">Series {n}</text>'
        for n in range(1, 8)
    )
    grid = "".join(
        f'<line class="grid" x1="40" x2="600" y1="{y}" y2="{y}"/>' for y in (20, 65, 110)
    )
    bars = "".join(
        f'<rect class="series-{n}" x="{40 + 70 * n}" y="{185 - 5 * n}" width="46"'
        f' height="{15 + 5 * n}"/>'
        for n in range(1, 8)
    )
    return mark_safe(  # noqa: S308 - made of numbers
        f'<svg width="680" height="220" role="img" aria-label="Sample">{grid}'
        '<line class="axis" x1="40" x2="600" y1="155" y2="155"/>'
        '<line class="mark" x1="320" x2="320" y1="10" y2="155"/>'
        '<text class="mark" x="324" y="18">v2.0</text><text x="40" y="216">Jan</text>'
        f"{lines}{bars}</svg>"
    )


def meters() -> list[dict[str, Any]]:
    """Below, above and far from a threshold."""
    return [
        {"label": "Quorum", "text": "11 of 24 voted, 12 needed", "share": 0.458, "threshold": 0.5},
        {
            "label": "Seats",
            "text": "38 of 40 taken",
            "share": 0.95,
            "threshold": None,
            "kind": "warn",
        },
        {"label": "Goal", "text": "reached", "share": 1.0, "threshold": 0.8, "kind": "good"},
    ]


def steps(now: datetime) -> list[dict[str, Any]]:
    """A proposal on its way."""
    return [
        {"label": "Proposed", "moment": now - timedelta(days=12), "state": "done"},
        {"label": "Technical review", "moment": now - timedelta(days=5), "state": "done"},
        {"label": "Ballot open", "moment": now + timedelta(days=2), "state": "now"}
        | {"note": "Closes when 14 days have passed."},
        {"label": "In force", "state": "next"},
    ]


def everything(now: datetime) -> dict[str, Any]:
    """The whole context of the page."""
    return {
        "sample_people": people(),
        "figures": figures(),
        "chart": chart(),
        "bare_chart": chart(svg="", table={"header": [], "rows": []}, title="No data"),
        "meters": meters(),
        "steps": steps(now),
        "fresh_form": SampleForm(),
        "failed_form": SampleForm({"website": "no address", "about": "Kept as typed."}),
        "now": now,
        "yesterday": now - timedelta(hours=26),
        "soon": now + timedelta(days=3),
        "text": TEXT,
    }


TEXT = """
Read the [charter](/) before you vote. **Every figure** can be traced; `git log` is the source.

## 贡献指南

1. 先阅读 *行为准则*。
2. Open a draft pull request.

- [x] tests pass
- [ ] documentation

| Metric | n | Share |
|---|--:|--:|
| First response | 312 | 0.94 |

```python
def plurality(votes: list[int]) -> int:  # most votes win
    return max(set(votes), key=votes.count)
```

> A rule that nobody can check is a habit.
"""
