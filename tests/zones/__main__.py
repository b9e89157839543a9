"""``python -m tests.zones HOME``, in namespaces of its own (``network.APART``): prints as JSON what was found there."""

import json
import resource
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from tests.zones.network import Network
from tests.zones.plan import PORTS, ZONES, Way, lines_between, lines_between_all, thinkable
from tests.zones.world import World

from shinsei.contracts.zones import GRPC, KAFKA, METRICS, POSTGRES, Zone
from shinsei.runtime.observability import configure_logging
from shinsei.stack.home import Home


class Cut(NamedTuple):
    """What is done to the lines between zones in the middle of a season."""

    between: str
    lines: set[tuple[str, str]]
    for_s: float
    """Real seconds: to Kafka for longer than the ten after which a group gives a member up."""
    forgets: bool = False
    """Whether the firewall has forgotten by the end what was open."""


CUTS = (
    Cut("internet and lgwan", lines_between(Zone.INTERNET, Zone.LGWAN), 6.0),
    Cut("lgwan and boundary", lines_between(Zone.LGWAN, Zone.BOUNDARY), 12.0),
    Cut("boundary and business", lines_between(Zone.BOUNDARY, Zone.BUSINESS), 12.0),
    Cut("all zones", lines_between_all(), 12.0, forgets=True),
)
WHOLE_S = 5.0
"""Between two cuts."""
FIRST = Way("portal_sim", "core_systems", GRPC["core_systems"]), Way("app_mgmt", "core_systems", GRPC["core_systems"])
"""From outside, and from beside: a firewall without rules would let both pass."""


def main(home: Home) -> dict[str, Any]:
    """Lays the network, tries it, lets applications go through it, and tries it again in every way."""
    found: dict[str, Any] = {}
    with Network.laid() as network:
        (heard,) = network.stations["core_systems"].listen([GRPC["core_systems"]])
        found["first"] = network.try_all(FIRST)
        heard.close()
        network.forget()
        with World.running(network, home) as world:
            filed = world.person("applicant", "applicant", str(world.site.certificates)).result()
            found["filed"] = filed
            season = world.person("season", "driver", filed[0]["run_id"], str(home.path / "results"))
            found["cuts"] = _cut_one_after_the_other(network, season)
            found |= season.result()
            found["of_the_forgotten"] = network.dead()
            found["used"], found["refused_meanwhile"] = network.opened(), network.refused()
            _listen_everywhere(network)
            found["passed"] = network.try_all(thinkable())
            found["let_pass"], found["refused"] = network.opened(), network.refused()
            found["strange"] = network.strange()
    return found


def _cut_one_after_the_other(network: Network, season: Future[Any]) -> list[dict[str, Any]]:
    """Cuts the lines between zones while a season goes on."""
    cuts: list[dict[str, Any]] = []
    for cut in CUTS:
        time.sleep(WHOLE_S)
        before = network.lost()
        with network.cut(cut.lines):
            time.sleep(cut.for_s)
            still_on = not season.done()
            if cut.forgets:
                network.forget_connections(cut.lines)
        cuts.append({"between": cut.between, "packets": network.lost() - before, "season_under_way": still_on})
    return cuts


def _listen_everywhere(network: Network) -> None:
    """On every port that no part has taken: whatever fails then, fails on the way."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    for part in ZONES:
        taken = {GRPC.get(part), METRICS.get(part) if part in GRPC else None}
        taken |= {KAFKA} if part == "kafka" else {POSTGRES} if part.endswith("_postgres") else set()
        network.listen(part, [port for port in PORTS if port not in taken])


if __name__ == "__main__":
    configure_logging("zones", "console", "error")
    print(json.dumps(main(Home(path=Path(sys.argv[1]))), default=sorted))
