"""Single things that no count and no query of many tells about, at a request each."""

from collections.abc import Mapping

from integrations.github.transport import Gone, Transport


class Singles:
    """Asks by REST whether things of one repository are still there."""

    def __init__(self, transport: Transport, place: Mapping[str, str]) -> None:
        self.transport = transport
        self.path = f"repos/{place['owner']}/{place['name']}"

    def line_comments(self, number: int) -> set[str]:
        """The ids of all comments on lines of this pull request; none where it is gone."""
        found: set[str] = set()
        try:
            answer = self.transport.get(f"{self.path}/pulls/{number}/comments", per_page=100)
            found |= {str(one["id"]) for one in answer.data}
            while answer.next_url:
                answer = self.transport.get(answer.next_url)
                found |= {str(one["id"]) for one in answer.data}
        except Gone:
            return set()
        return found

    def has_release(self, one: str) -> bool:
        """Whether this release is still there."""
        try:
            self.transport.get(f"{self.path}/releases/{one}")
        except Gone:
            return False
        return True
