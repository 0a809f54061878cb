"""Programs of others that tests run on what we hand out; `make clients` brings them."""

from __future__ import annotations

from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / ".venv-clients" / "bin"

needs_clients = pytest.mark.skipif(
    not (CLIENTS.parent / ".ready").exists(), reason="the clients are not here; `make clients` brings them"
)
