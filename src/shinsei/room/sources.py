"""What the room asks beside the services: Prometheus for alerts, every process for its levels."""

import asyncio
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import isnan
from types import MappingProxyType
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from shinsei.stack.prometheus import JOB

_TIMEOUT_S: Final = 4.0
WANTED: Final = (
    "shinsei_pending_cases",
    "shinsei_portal_sim_unfetched_late_cases",
    "shinsei_kafka_lag_records",
    "shinsei_kafka_lag_seconds",
    "shinsei_kafka_partition_stopped",
    "shinsei_app_mgmt_streams_registered",
    "shinsei_app_mgmt_streams_backlog_cases",
    "shinsei_app_mgmt_streams_backlog_age_seconds",
    "shinsei_app_mgmt_streams_deadline_risk_cases",
    "shinsei_app_mgmt_held_statuses",
    "shinsei_linkage_server_updates_waiting",
    "shinsei_linkage_server_line_down",
    "shinsei_dead_letters_unsettled",
)
"""Families that are asked for: to write down all the others costs a process five times as much, at every look."""
_SCRAPED: Final = urllib.parse.urlencode({"query": f'up{{job="{JOB}"}}'})
_QUERY: Final = urllib.parse.urlencode([("name[]", name) for name in WANTED])

_SAMPLE: Final = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_LABEL: Final = re.compile(r'(\w+)="([^"]*)"')

Samples = Mapping[str, Sequence[tuple[Mapping[str, str], float]]]


class Levels:
    """The gauges of every process at one moment."""

    def __init__(self, values: Samples, away: Sequence[str] = ()) -> None:
        self._values = values
        self.away = tuple(away)
        """Processes that did not answer."""

    def total(self, name: str, *of: str, **labels: str) -> float | None:
        """The sum of a family's samples that have these labels; None where a process that tells of it is away or blind.

        Args:
            name: of the family.
            of: the processes that tell of it.
            labels: that the samples have.
        """
        return None if self._lacks(of) else _known(sum(self._told(name, labels)))

    def at_least(self, name: str, **labels: str) -> float:
        """The sum of what was told."""
        return sum(value for value in self._told(name, labels) if not isnan(value))

    def most(self, name: str, *of: str) -> float | None:
        """The greatest of a family's samples, 0 without any; None as for the sum."""
        told = [*self._told(name, {})]
        return None if self._lacks(of) or any(map(isnan, told)) else max(told, default=0.0)

    def _told(self, name: str, labels: Mapping[str, str]) -> Iterator[float]:
        return (value for found, value in self._values.get(name, ()) if labels.items() <= found.items())

    def _lacks(self, processes: Sequence[str]) -> bool:
        return not set(processes).isdisjoint(self.away)

    def has(self, name: str) -> bool:
        """Whether any process tells of this family."""
        return bool(self._values.get(name))


class Processes:
    """Every process that has levels; each is asked on a connection that stays open."""

    def __init__(self, metrics: Mapping[str, str]) -> None:
        """Takes ``/metrics`` by process."""
        self._lines = {name: _Line(url) for name, url in metrics.items()}

    async def levels(self) -> Levels:
        """Asks every process; one that is away is named and the others are taken."""
        texts = await asyncio.gather(*(asyncio.to_thread(line.read) for line in self._lines.values()))
        values: dict[str, list[tuple[Mapping[str, str], float]]] = defaultdict(list)
        for text in texts:
            for name, labels, value in samples(text or ""):
                values[name].append((labels, value))
        return Levels(values, [name for name, text in zip(self._lines, texts, strict=True) if text is None])

    def close(self) -> None:
        """Asks no more."""
        for line in self._lines.values():
            line.close()


class _Line:
    """The way to one process; one question at a time."""

    def __init__(self, url: str) -> None:
        address = urllib.parse.urlsplit(url)
        self._path = f"{address.path}?{_QUERY}"
        self._connection = http.client.HTTPConnection(address.netloc, timeout=_TIMEOUT_S)

    def close(self) -> None:
        """Lets it go; it is opened anew when it is asked again."""
        self._connection.close()

    def read(self) -> str | None:
        """What it says, or None where nobody answers."""
        was_open = self._connection.sock is not None
        try:
            self._connection.request("GET", self._path)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except TimeoutError:
            self.close()
            return None  # it hangs: asked again, it would be waited for twice as long
        except (OSError, http.client.HTTPException):
            self.close()
            # It may have been let go meanwhile, or have been to a process that has been started again.
            return self.read() if was_open else None
        return text if answer.status == http.HTTPStatus.OK else None


def _known(value: float) -> float | None:
    """None for what a process could not measure."""
    return None if isnan(value) else value


def samples(text: str) -> list[tuple[str, Mapping[str, str], float]]:
    """The samples of what a process has answered."""
    if "\\" in text:
        # Something is escaped: the library's parser knows how, at twenty times the cost.
        families = text_string_to_metric_families(text)
        return [(one.name, one.labels, one.value) for family in families for one in family.samples]
    return [(name, _labels(labels), float(value)) for name, labels, value in _SAMPLE.findall(text)]


@lru_cache(maxsize=4_000)
def _labels(text: str) -> Mapping[str, str]:
    """Labels as they stand between the braces; they are the same at every look."""
    return MappingProxyType(dict(_LABEL.findall(text)))


async def alerts(prometheus: str) -> list[dict[str, Any]] | None:
    """Alerts that fire or are about to; None where no Prometheus answers, or one that scrapes no part."""
    return await asyncio.to_thread(_alerts, prometheus) if prometheus else None


def _alerts(prometheus: str) -> list[dict[str, Any]] | None:
    try:
        if not _asked(f"{prometheus}/api/v1/query?{_SCRAPED}")["result"]:
            return None
        return sorted(map(_alert, _asked(f"{prometheus}/api/v1/alerts")["alerts"]), key=_urgency)
    except (urllib.error.URLError, OSError, ValueError, KeyError, TypeError):
        return None


def _asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - ours
        return json.load(answer)["data"]


def _urgency(alert: Mapping[str, Any]) -> tuple[bool, bool, str]:
    """What fires comes before what is about to, and what calls somebody now before what waits until today."""
    return alert["state"] != "firing", alert["severity"] != "page", alert["name"]


def _alert(one: Mapping[str, Any]) -> dict[str, Any]:
    told = one["annotations"]
    return {
        "name": one["labels"]["alertname"],
        "labels": one["labels"],
        "severity": one["labels"].get("severity", ""),
        "state": one["state"],
        "summary": {"en": told.get("summary", ""), "ja": told.get("summary_ja", "")},
        "runbook": told.get("runbook_url", ""),
    }
