"""Shows what the gate finds: `python -m signpost.nlu.gate [text]`, or one text a line on standard input."""

from __future__ import annotations

import sys

from signpost.files import FileError
from signpost.nlu.gate.loading import from_files


def main(texts: list[str]) -> int:
    try:
        gate = from_files()
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    for text in texts or map(str.strip, sys.stdin):
        signs = [
            f"{s.family}:{s.level}({s.rule}{f', {s.context}' if s.context else ''})" for s in gate.read(text).findings
        ]
        print(f"{' '.join(signs) or '-'}\t{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
