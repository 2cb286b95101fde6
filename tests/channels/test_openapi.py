"""The server does what docs/openapi.yml says, whatever is sent."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings

from signpost.files import ROOT
from tests.system.server import Server

schema = schemathesis.openapi.from_path(ROOT / "docs" / "openapi.yml")


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_server_keeps_to_its_description(case: schemathesis.Case, server: Server):
    case.call_and_validate(base_url=server.url)
