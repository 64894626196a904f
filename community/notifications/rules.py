"""What a notice may lead to."""

from django.utils.http import url_has_allowed_host_and_scheme


def is_path_here(url: str) -> bool:
    """Whether an address is a path of this site, which no browser takes for another host."""
    is_plain = url.startswith("/") and url.isprintable() and " " not in url
    return is_plain and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
