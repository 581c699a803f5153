#!/usr/bin/env python3
"""Runs a command and draws what it prints as an SVG terminal: picture.py OUT.svg COMMAND...

    tools/picture.py docs/demo.svg build/release/bin/pressmark rip sim:demo -o build/demo --quiet --overwrite
"""

import html
import os
import subprocess
import sys

CHARACTER, LINE, MARGIN = 8.4, 19, 16  # in pixels, for a monospaced font of 14


def draw(lines):
    width = max(len(line) for line in lines) * CHARACTER + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * (i + 0.75):.1f}"{colour(line)}>{html.escape(line)}</text>'
        for i, line in enumerate(lines))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img" '
            f'aria-label="{html.escape(lines[0])}">\n<rect width="100%" height="100%" rx="8" fill="#1b1e24"/>\n'
            f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#d5d9e0" '
            f'xml:space="preserve">\n{rows}\n</g>\n</svg>\n')


def colour(line):
    if line.startswith("$"):
        return ' fill="#8fbcff"'
    if "unreadable" in line or line.startswith("    LBA"):
        return ' fill="#ff9e80"'
    return ' fill="#a5d6a7"' if "proven" in line else ""


def main(out, *command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    shown = " ".join([os.path.basename(command[0]), *command[1:]])
    with open(out, "w", encoding="utf-8") as file:
        file.write(draw([f"$ {shown}", *run.stdout.expandtabs().splitlines(), f"$ echo $?", str(run.returncode)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
