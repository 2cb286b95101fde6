from __future__ import annotations

import pytest

from evaluation.assistant import MODEL, Assistant


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    assert MODEL.is_file(), f"{MODEL}: no such model. Run `make train` first."
    return Assistant()
