"""Who may ask: pages of the sites on the list, and whoever has the token of Rasa's own routes."""

from __future__ import annotations

import subprocess

import pytest
import requests

from signpost.files import ROOT
from tests.channels.fragile import ALLOWED, RASA, SECONDS, TOKEN, say


@pytest.mark.parametrize(("origin", "allowed"), [(ALLOWED, True), ("https://other.example", False), ("null", False)])
def test_only_pages_of_the_sites_on_the_list_may_ask(fragile, origin, allowed):
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = requests.options(f"{fragile.url}/webhooks/rest/webhook", headers=headers, timeout=SECONDS)
    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
    assert answer.headers.get("Access-Control-Allow-Origin") in (None, ALLOWED)


def test_rasas_own_routes_ask_for_the_token(fragile):
    say(fragile, "hello", "watched")
    route = f"{fragile.url}/conversations/rest:watched/tracker"
    assert requests.get(route, timeout=SECONDS).status_code == 401
    assert requests.get(route, params={"token": "guess"}, timeout=SECONDS).status_code == 401
    assert requests.get(route, params={"token": TOKEN}, timeout=SECONDS).status_code == 200


def test_rasas_own_routes_without_a_token_stop_the_start_with_one_sentence():
    command = [RASA, "run", "--enable-api"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "set SIGNPOST_API_TOKEN in the environment" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
