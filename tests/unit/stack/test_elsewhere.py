"""Kafka and PostgreSQL away from the loopback interface: everybody is told the same address."""

from pathlib import Path

from shinsei.stack.kafka import KafkaNode
from shinsei.stack.paths import kafka_files
from shinsei.stack.postgres import PostgresServer

ADDRESS = "10.77.3.1"


def test_a_broker_listens_where_it_tells_its_clients_to_come(tmp_path: Path) -> None:
    node = KafkaNode(directory=tmp_path, port=9092, controller_port=9093, log=tmp_path / "log", host=ADDRESS)
    assert node.bootstrap == f"{ADDRESS}:9092"
    lines = (kafka_files() / "server.properties").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert told["advertised.listeners"] == told["listeners"].split(",")[0] == "${protocol}://${host}:${port}"


def test_a_password_is_for_the_address_that_the_connection_string_names(tmp_path: Path) -> None:
    server = PostgresServer(
        directory=tmp_path, port=5432, log=tmp_path / "log", password_file=tmp_path / "pgpass", host=ADDRESS
    )
    assert server.dsn("portal_sim", "portal_sim").startswith(f"postgresql://portal_sim@{ADDRESS}:5432/portal_sim?")
    password = server.password_of("portal_sim")
    kept = server.password_file_of("portal_sim").read_text(encoding="utf-8")
    assert kept == f"{ADDRESS}:*:*:portal_sim:{password}\n"
