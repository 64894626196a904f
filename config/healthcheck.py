"""Whether the web server in this container answers: ends with 0 if it does."""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

PORT = 8000
PAGE = "/accounts/login/"


def answers(port: int = PORT) -> bool:
    """Whether the sign-in page comes, asked for as the proxy in front would ask."""
    site = urlsplit(os.environ.get("SITE_URL", f"http://127.0.0.1:{port}"))
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", PAGE, headers=headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
