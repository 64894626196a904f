"""What GitHub publishes of its API, where somebody installed it.

`npm install @octokit/openapi @octokit/graphql-schema @octokit/webhooks-examples`
in a folder named by OCTOKIT_MODULES (its `node_modules`), or in the repository.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("OCTOKIT_MODULES", ROOT / "node_modules"))


def published(file: str) -> Path:
    """The path of a published file; skips the test where it is not installed."""
    path = FOLDER / "@octokit" / file
    if not path.exists():
        pytest.skip(f"{file} is not there: npm install it and set OCTOKIT_MODULES")
    return path
