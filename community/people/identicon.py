"""A picture for whoever has none: a mirrored pattern drawn from the handle."""

from hashlib import blake2b

CELLS = 5
# Deep enough that the pale ground keeps 3:1 against each of them.
INKS = ("#2f4b8f", "#7a4b12", "#1f6b5c", "#7b2d52", "#4d3f8c", "#5c6420", "#8a3b2a", "#2b6384")
GROUND = "#f1ede4"


def identicon(name: str) -> str:
    """The same square SVG for the same name, in any letter case."""
    digest = blake2b(name.lower().encode(), digest_size=16).digest()
    ink = INKS[digest[0] % len(INKS)]
    squares = []
    for row in range(CELLS):
        for column in range((CELLS + 1) // 2):
            if digest[1 + row * 3 + column] % 2:
                squares.extend((mirror, row) for mirror in {column, CELLS - 1 - column})
    rects = "".join(f'<rect x="{x + 1}" y="{y + 1}" width="1" height="1"/>' for x, y in squares)
    side = CELLS + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="{GROUND}"/>'
        f'<g fill="{ink}">{rects}</g></svg>'
    )
