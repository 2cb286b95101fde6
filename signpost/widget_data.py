"""The helplines as the chat widget carries them, so that it can show them while no server is in reach.

`python -m signpost.widget_data` writes `widget/helplines.js` anew.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from signpost import helplines
from signpost.files import ROOT, FileError
from signpost.helplines import Helpline, Registry
from signpost.settings import settings

FILE = Path("widget") / "helplines.js"
# The needs whose lines the widget shows first.
_FIRST = ("emergency", "crisis", "support", "alone")
_HEAD = """// @ts-check
// Made from data/helplines.yml by `python -m signpost.widget_data`. Change that file, not this one.

/** @type {Record<string, import("./types").Country>} */
export const HELPLINES = {
"""


def render(registry: Registry) -> str:
    """Returns the text of `widget/helplines.js`: every country's lines, those for urgent needs first."""
    countries = []
    for code, country in registry.countries.items():
        first = {line.id: line for role in _FIRST for line in registry.lines_for(code, role)}  # type: ignore[arg-type]
        every = {**first, **{line.id: line for line in registry.shown(code)}}.values()
        lines = ",\n".join(f"    {_literal(_line(line))}" for line in every)
        head = {"within": country.within, "emergency": registry.emergency(code)}
        key = code if code.isalpha() else _literal(code)
        countries.append(f"  {key}: {{ {_literal(head)[2:-2]}, lines: [\n{lines},\n  ] }},\n")
    return f"{_HEAD}{''.join(countries)}}};\n"


def _line(line: Helpline) -> dict[str, Any]:
    number = {"call": line.call} if line.call else {}
    # The widget dials the digits of the number as shown, unless they are others.
    if line.call and line.dial != re.sub(r"[^+\d]", "", line.call):
        number |= {"dial": line.dial or ""}
    if line.call_alternative:
        number |= {"also": line.call_alternative}
    if line.text:
        number |= {"text": line.text.to}
        if body := line.text.body:
            # A keyword goes into the message as it is; "your ZIP code" is the person's to write.
            number |= {"body" if body.isupper() else "write": body}
    # As on the server, the page is shown where there is nothing to call or text.
    rest = {"web": None if number else line.web, "hours": line.hours}
    return {"name": line.name, **number, **{key: value for key, value in rest.items() if value}}


def _literal(value: Any) -> str:
    """Returns a JavaScript literal with the keys of objects bare, which reads better and is shorter."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key}: {_literal(item)}' for key, item in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Writes the file; returns 1 after one sentence where something must be mended."""
    try:
        registry = helplines.load(settings().default_country)
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    (ROOT / FILE).write_text(render(registry), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
