"""A picture for whoever has none: a mirrored pattern drawn from the handle."""

from community.lib.icons import pattern

# Deep enough that the pale ground keeps 3:1 against each of them.
INKS = ("#2f4b8f", "#7a4b12", "#1f6b5c", "#7b2d52", "#4d3f8c", "#5c6420", "#8a3b2a", "#2b6384")
GROUND = "#f1ede4"


def identicon(name: str) -> str:
    """The same square SVG for the same name, in any letter case."""
    hue, path = pattern(name)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7" shape-rendering="crispEdges">'
        f'<rect width="7" height="7" fill="{GROUND}"/><path fill="{INKS[hue]}" d="{path}"/></svg>'
    )
