"""preflight.py: a broken file is named in one sentence before anything slow starts."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from signpost.files import ROOT, FileError
from signpost.nlu.gate.rules import GATE, GateFiles
from signpost.preflight import main, preflight
from signpost.settings import settings


def test_the_projects_own_files_pass_without_a_word(monkeypatch, capsys):
    monkeypatch.delenv("SIGNPOST_SETTINGS", raising=False)
    settings.cache_clear()
    assert main() == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("longest_message: 300\nlongest_mesage: 300\n", "line 2", "longest_mesage"),
        ("default_country: US\n bad: [\n", "line 2", "not valid YAML"),
        ("longest_message: 300\ndefault_country: ZZ\n", "line 2", "ZZ is not one of"),
        ("allowed_origins: ['*']\n", "line 1", "allowed_origins.0"),
    ],
)
def test_a_broken_file_is_one_sentence_with_file_and_line_and_the_code_1(settings_file, capsys, text, where, words):
    path = settings_file(text)
    assert main() == 1
    printed, error = capsys.readouterr()
    assert printed == ""
    assert error.startswith(f"{path}, {where}: ")
    assert words in error
    assert len(error.splitlines()) == 1
    assert "Traceback" not in error


def test_a_missing_file_is_one_sentence_and_the_code_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIGNPOST_SETTINGS", str(tmp_path / "none.yml"))
    settings.cache_clear()
    assert main() == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'none.yml'}: cannot be read")
    settings.cache_clear()


@pytest.fixture
def broken_gate(tmp_path, monkeypatch):
    """Lets the gate be read from a folder whose files have a mistake in a pattern."""
    shutil.copytree(GATE, tmp_path / "gate")
    path = tmp_path / "gate" / "danger.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("patterns:", "pattern:", 1), encoding="utf-8")
    monkeypatch.setattr(GateFiles.from_files.__func__, "__defaults__", (tmp_path / "gate",))
    return path


def test_a_broken_file_of_the_safety_gate_stops_a_training(broken_gate, capsys):
    assert main() == 1
    assert capsys.readouterr().err.startswith(f"{broken_gate}, line ")


@pytest.mark.usefixtures("broken_gate")
def test_a_server_reads_the_gate_of_its_model_instead_of_the_files():
    preflight(training=False)
    with pytest.raises(FileError, match="pattern"):
        preflight(training=True)


def test_a_caller_gets_the_error_itself(settings_file):
    settings_file("default_country: ZZ\n")
    with pytest.raises(FileError, match="ZZ"):
        preflight()


def test_reading_the_files_before_a_start_does_not_import_rasa():
    code = "import sys, signpost.serve; sys.exit(any(name.partition('.')[0] == 'rasa' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
