"""The audit of the locks reads a database as it is published, and finds what is in it."""

import importlib.util
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", REPO / "deploy" / "local" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def a_record(name: str = "grpcio", **affected: Any) -> dict[str, Any]:
    package = {"name": name, "ecosystem": "PyPI"}
    return {"id": "PYSEC-0000-1", "summary": "made up", "affected": [{"package": package, **affected}]}


def events(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [dict([pair]) for pair in pairs]}]}


@pytest.mark.parametrize(
    ("affected", "is_struck"),
    [
        ({"versions": ["1.5", "2.0"]}, True),
        ({"versions": ["1.5"]}, False),
        (events(("introduced", "0"), ("fixed", "2.0")), False),
        (events(("introduced", "0"), ("fixed", "2.0.1")), True),
        (events(("introduced", "2.0"), ("last_affected", "2.0")), True),
        (events(("introduced", "0"), ("fixed", "1.0"), ("introduced", "1.9"), ("fixed", "2.1")), True),
        (events(("introduced", "2.0.1")), False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_a_pinned_version_is_struck_by_its_number_or_its_range(
    audit: ModuleType, affected: dict[str, Any], *, is_struck: bool
) -> None:
    assert bool(list(audit.strikes(a_record(**affected), {"grpcio": "2.0"}))) is is_struck


def test_what_is_withdrawn_or_about_something_else_strikes_nothing(audit: ModuleType) -> None:
    record = a_record(versions=["2.0"])
    assert list(audit.strikes(record, {"grpcio": "2.0"})) == ["grpcio 2.0: PYSEC-0000-1 made up"]
    assert not list(audit.strikes({**record, "withdrawn": "2026-01-01T00:00:00Z"}, {"grpcio": "2.0"}))
    assert not list(audit.strikes(record, {"another": "2.0"}))


def test_the_exit_code_says_whether_anything_is_known(
    audit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pinned,) = {audit.pins((REPO / "requirements.lock").read_text(encoding="utf-8"))["grpcio"]}
    for versions, code in (([pinned], 1), (["0.0.1"], 0)):
        file = tmp_path / f"{code}.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("PYSEC-0000-1.json", json.dumps(a_record(versions=versions)))
        assert audit.main([str(file)]) == code
    assert f"grpcio {pinned}: PYSEC-0000-1" in capsys.readouterr().out
    assert audit.main([str(tmp_path / "none.zip")]) == 2
    (tmp_path / "empty").mkdir()
    assert audit.main([str(tmp_path / "empty")]) == 1, "an empty database knows of nothing: that is no good news"
