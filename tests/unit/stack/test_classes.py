"""Kafka's classes as Java keeps them: used where they lie beside the jars, made by a broker that runs for them once."""

from pathlib import Path

import pytest

from shinsei.stack import class_archive, kafka
from shinsei.stack.errors import StackError
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import Site


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    jars = tmp_path / "jars"
    jars.mkdir()
    (jars / "kafka_2.13-4.4.0.jar").touch()
    monkeypatch.setenv("SHINSEI_KAFKA_JARS", str(jars))
    monkeypatch.setattr(kafka, "find_java", lambda: "java")
    monkeypatch.setattr(class_archive, "choose_ports", lambda _: USUAL_PORTS)
    return tmp_path / "classes.jsa"


def options(folder: Path) -> list[str]:
    node = kafka.KafkaNode(directory=folder, port=1, controller_port=2, log=folder / "log")
    return [word for word in node.launch().command if word.startswith("-XX:SharedArchiveFile")]


def test_a_broker_takes_the_classes_that_are_there(archive: Path, tmp_path: Path) -> None:
    assert options(tmp_path) == []
    archive.touch()
    assert options(tmp_path) == [f"-XX:SharedArchiveFile={archive}"]


def test_the_classes_of_before_go_and_those_of_the_broker_come(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write_text("old", encoding="utf-8")

    def run(_: Site, written: Path) -> None:
        assert not archive.exists()
        written.parent.mkdir(parents=True)
        written.write_text("new", encoding="utf-8")

    monkeypatch.setattr(class_archive, "_run_broker", run)
    assert class_archive.main() == 0
    assert archive.read_text(encoding="utf-8") == "new"
    assert {file.name for file in archive.parent.iterdir()} == {"classes.jsa", "jars"}


def test_a_java_that_keeps_none_says_so_in_a_line(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(site: Site, _: Path) -> None:
        site.home.make()
        site.kafka.log.write_text("started\nno base archive\n", encoding="utf-8")

    monkeypatch.setattr(class_archive, "_run_broker", run)
    assert class_archive.main() == 1
    assert capsys.readouterr().err == "setup: Java keeps no classes of Kafka: no base archive\n"
    assert not archive.exists()


def test_a_broker_that_does_not_start_is_no_traceback(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_: Site, __: Path) -> None:
        raise StackError("kafka ended")

    monkeypatch.setattr(class_archive, "_run_broker", run)
    assert class_archive.main() == 1
    assert not archive.exists()
