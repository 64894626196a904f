"""Parts of a page that are drawn once for the values they depend on: `{% load keeping %}`."""

from collections.abc import Sequence

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
PLACE = "place"
Place = tuple[str | None, str | None, str]
MOST = 1_000_000  # characters that one place of a template keeps


class KeptNode(template.Node):
    """What stands between the tags, drawn once for each language and each set of values."""

    def __init__(self, nodelist: NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.drawn: dict[tuple[object, ...], SafeString] = {}
        self.size = 0

    def render(self, context: Context) -> SafeString:
        if settings.DEBUG:
            return self.nodelist.render(context)
        values = tuple(value.resolve(context, ignore_failures=True) for value in self.values)
        if None in values:  # misspelt or not given, and then other pages would share what is kept
            return self.nodelist.render(context)
        # With their types: 1 equals True, and text that is safe equals text that is not.
        kinds = tuple(map(type, values))
        key = (place_of(context), values, kinds)
        found = self.drawn.get(key)
        return self.draw(key, context) if found is None else found

    def draw(self, key: tuple[object, ...], context: Context) -> SafeString:
        """Drawn anew, and kept; what is full begins again."""
        found = self.nodelist.render(context)
        if self.size > MOST:
            self.drawn, self.size = {}, 0
        self.drawn[key] = found
        self.size += len(found)
        return found


def place_of(context: Context) -> Place:
    """What words and addresses depend on, asked for once in a template.

    So no `{% language %}` may stand around what is kept.
    """
    found: Place | None = context.render_context.get(PLACE)
    if found is None:
        found = (get_language(), get_urlconf(), get_script_prefix())
        context.render_context[PLACE] = found
    return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept value ... %}` to `{% endkept %}`: depends on nothing but language and values.

    A value that is None or not there keeps nothing: it is drawn each time.
    A value that is a tuple must hold things of the same types each time.
    """
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)
