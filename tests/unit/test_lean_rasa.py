"""lean_rasa.py: what a server does not use is not loaded, and says so when it is used after all."""

from __future__ import annotations

import json
import subprocess
import sys

from signpost.files import ROOT
from signpost.lean_rasa import LEFT_OUT

SCRIPT = """
import json, sys
import tensorflow
from signpost.lean_rasa import LEFT_OUT
tensorflow.stand_in(LEFT_OUT, "is left out.")
import rasa.__main__, rasa.core.run, rasa.core.agent, rasa.core.channels
real = [name for name in LEFT_OUT if name in sys.modules and getattr(sys.modules[name], "__file__", None)]
try:
    import pymongo
    pymongo.MongoClient("host")
    said = ""
except NotImplementedError as error:
    said = str(error)
import redis
print(json.dumps({"real": real, "said": said, "redis": redis.__file__}))
"""


def test_rasa_starts_without_what_is_left_out_and_the_rest_is_real() -> None:
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seen = json.loads(result.stdout.splitlines()[-1])
    assert seen["real"] == []
    assert seen["said"] == "pymongo.MongoClient is left out."
    assert "redis" in seen["redis"]


def test_the_plain_command_leaves_nothing_out() -> None:
    script = "import rasa.core.run, pymongo, questionary; print(pymongo.__file__, questionary.__file__)"
    command = [sys.executable, "-W", "ignore", "-c", script]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.count("__init__.py") == 2


def test_no_library_that_the_assistant_imports_is_left_out() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "signpost").rglob("*.py"))
    for name in LEFT_OUT:
        assert f"import {name}" not in code and f"from {name}" not in code
