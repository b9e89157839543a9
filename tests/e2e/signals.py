"""The signals that each part of the stack gives of a season, held against what other parts say of the same cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client.samples import Sample

WAYS: Final = {
    "application.fetched": ("linkage_server", "app_mgmt"),
    "application.status-changed": ("app_mgmt", "linkage_server"),
    "work.requested": ("app_mgmt", "core_systems"),
    "work.completed": ("core_systems", "app_mgmt"),
}
"""Who writes a topic, and who handles it."""
VIEWED: Final = ("work.requested", "work.completed")
"""What the derived views read."""
NOT_FETCHED: Final = (
    "shinsei_linkage_server_run_failures_total",
    "shinsei_linkage_server_struck_total",
    "shinsei_linkage_server_ignored_records_total",
)
NOT_DECIDED: Final = (
    "shinsei_app_mgmt_dead_letters_total",
    "shinsei_app_mgmt_duplicates_total",
    "shinsei_app_mgmt_ignored_total",
)
NOT_WORKED: Final = (
    "shinsei_core_systems_dead_letters_total",
    "shinsei_core_systems_ignored_total",
    "shinsei_core_systems_offices_rebuilt_total",
)
"""What happens at these stages to none of the cases of a season in which nothing goes wrong."""


def total(samples: list[Sample], name: str, **labels: str) -> float:
    """The sum of a family's samples that have these labels."""
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


@dataclass(frozen=True, kw_only=True)
class Season:
    """What the services told before and after one, at rest."""

    before: Mapping[str, list[Sample]]
    after: Mapping[str, list[Sample]]

    def counted(self, service: str, name: str, **labels: str) -> float:
        return total(self.after[service], name, **labels) - total(self.before[service], name, **labels)

    def now(self, service: str, name: str, **labels: str) -> float:
        return total(self.after[service], name, **labels)

    @property
    def accepted(self) -> float:
        """Submissions that the portal has stored."""
        return self.counted("portal_sim", "shinsei_portal_sim_submissions_total", outcome="accepted")

    @property
    def open_runs(self) -> float:
        """Runs that are open still, of whomever."""
        return self.now("portal_sim", "shinsei_portal_sim_open_runs")


def calls(season: Season, service: str) -> bool:
    """Each call ends with one status and one duration."""
    handled = season.counted(service, "shinsei_grpc_server_handled_total")
    return handled == season.counted(service, "shinsei_grpc_server_handling_seconds_count") > 0


def loop(season: Season, service: str) -> bool:
    return season.counted(service, "shinsei_event_loop_lag_seconds_count") > 0


def pool(season: Season, service: str) -> bool:
    """A wait for each connection that was had, and no more open than are in use or rest."""
    waits = season.counted(service, "shinsei_db_pool_wait_seconds_count")
    in_use, size = (season.now(service, name) for name in ("shinsei_db_pool_in_use", "shinsei_db_pool_size"))
    return waits > 0 and 0 <= in_use <= size >= 1


def memory(season: Season, service: str) -> bool:
    """What a process holds lies between a few megabytes and a gigabyte."""
    return 1e7 < season.now(service, "process_resident_memory_bytes") < 1e9


def sighted(season: Season, service: str) -> bool:
    """What waits here could be measured all the time, and no fault was at work."""
    blind = season.now(service, "shinsei_levels_blind") + season.counted(service, "shinsei_levels_failures_total")
    faults = season.now(service, "shinsei_fault_set") + season.counted(service, "shinsei_fault_struck_total")
    return blind + faults == 0


def outbox(season: Season, service: str) -> bool:
    """What was committed was sent, topic by topic, by the process that holds the lock, and nothing is left."""
    left = season.now(service, "shinsei_outbox_waiting") + season.now(service, "shinsei_outbox_oldest_age_seconds")
    under_way = season.now(service, "shinsei_kafka_inflight_sends")
    failed = season.counted(service, "shinsei_outbox_failures_total")
    written = [topic for topic, (writer, _) in WAYS.items() if writer == service]
    is_quiet = left + under_way + failed == 0 and season.now(service, "shinsei_outbox_relay_active") == 1
    return is_quiet and all(
        season.counted(service, "shinsei_outbox_relayed_total", topic=topic)
        == season.counted(service, "shinsei_kafka_messages_total", topic=topic, outcome="sent")
        == season.counted(service, "shinsei_kafka_batch_size_sum", topic=topic)
        > 0
        for topic in written
    )


def consumed(season: Season, service: str) -> bool:
    """What its writer sent was handled, topic by topic, and nothing lags."""
    lag = season.now(service, "shinsei_kafka_lag_records") + season.now(service, "shinsei_kafka_lag_seconds")
    return lag == 0 and all(
        season.counted(writer, "shinsei_kafka_messages_total", topic=topic, outcome="sent")
        == season.counted(service, "shinsei_kafka_messages_total", topic=topic, outcome="handled")
        for topic, (writer, reader) in WAYS.items()
        if reader == service
    )


def in_one_go(season: Season, service: str) -> bool:
    """Batches took a while, and no partition has changed hands or stopped."""
    trouble = ("shinsei_kafka_rebalances_total", "shinsei_kafka_dead_letters_total")
    happened = sum(season.counted(service, name) for name in trouble)
    stopped = season.now(service, "shinsei_kafka_partition_stopped")
    batches = season.counted(service, "shinsei_kafka_handling_seconds_count")
    return happened + stopped == 0 < batches <= season.counted(service, "shinsei_kafka_transit_seconds_count")


def dealt_out(season: Season, service: str) -> bool:
    """Whenever partitions were dealt out since its start, it took a while."""
    dealt = season.now(service, "shinsei_kafka_rebalances_total")
    return dealt == season.now(service, "shinsei_kafka_rebalance_seconds_count") > 0


def stored(season: Season, portal: str) -> bool:
    """Each transaction has one duration, and nothing waits for one; calls have stood in the portal's queues."""
    commits = season.counted(portal, "shinsei_portal_sim_commits_total")
    waiting = season.now(portal, "shinsei_portal_sim_pending_submissions")
    turns = season.counted(portal, "shinsei_grpc_server_turn_seconds_count")
    return (
        commits == season.counted(portal, "shinsei_portal_sim_commit_seconds_count") > 0 == waiting
        and season.accepted >= commits
        and turns > 0
    )


def checked(season: Season, portal: str) -> bool:
    """Signatures were checked in calls that took a while, and none was found to be wrong."""
    found = season.counted(portal, "shinsei_portal_sim_signatures_total")
    valid = season.counted(portal, "shinsei_portal_sim_signatures_total", outcome="valid")
    took = season.counted(portal, "shinsei_portal_sim_signature_seconds_count")
    return season.accepted >= found == valid >= took > 0


def handed_out(season: Season, portal: str) -> bool:
    """Whatever has been handed on was listed before, and what municipalities pushed is here."""
    listed = season.counted(portal, "shinsei_portal_sim_entries_listed_total")
    returned = season.counted(portal, "shinsei_portal_sim_transitions_returned_total")
    updates = season.counted("linkage_server", "shinsei_linkage_server_updates_total")
    return listed >= season.counted("linkage_server", "shinsei_linkage_server_entries_total") > 0 < updates <= returned


def fetched(season: Season, linkage: str) -> bool:
    """Every case has come in one state, by polls of a line that was up; no work on a run has failed."""
    taken = season.counted(linkage, "shinsei_linkage_server_cases_taken_total")
    polls, down = (
        season.counted(linkage, "shinsei_linkage_server_polls_total", outcome=outcome) for outcome in ("up", "down")
    )
    listings = season.counted(linkage, "shinsei_linkage_server_listings_total")
    gets = season.counted(linkage, "shinsei_linkage_server_get_seconds_count")
    failed = sum(season.counted(linkage, name) for name in NOT_FETCHED)
    return taken == season.accepted and polls >= listings > 0 < gets and down + failed == 0


def kept_in_touch(season: Season, linkage: str) -> bool:
    """It has logged in, serves what is open, and has pushed all that was to be pushed."""
    pushes = season.counted(linkage, "shinsei_linkage_server_pushes_total", outcome="cases")
    updates = season.counted(linkage, "shinsei_linkage_server_updates_total")
    logins = season.now(linkage, "shinsei_linkage_server_logins_total")
    runs = season.now(linkage, "shinsei_linkage_server_runs")
    waiting = season.now(linkage, "shinsei_linkage_server_updates_waiting")
    return updates >= pushes > 0 < logins and (runs, waiting) == (season.open_runs, 0)


def decided(season: Season, management: str) -> bool:
    """Every case was stored once and decided about, by a mapping that was refreshed; nothing is held or was dropped."""
    decisions = season.counted(management, "shinsei_app_mgmt_decisions_total")
    wrong = sum(season.counted(management, name) for name in NOT_DECIDED)
    refreshes = season.counted(management, "shinsei_app_mgmt_registry_refreshes_total")
    held = season.now(management, "shinsei_app_mgmt_held_statuses")
    return decisions == season.accepted and wrong + held == 0 < refreshes


def worked(season: Season, core: str) -> bool:
    """Every case was opened, and what the offices did is what application management was told, action by action."""
    actions = {one.labels["action"] for one in season.after[core] if "transitions" in one.name}
    done = [
        (
            season.counted(core, "shinsei_core_systems_transitions_total", action=action),
            season.counted("app_mgmt", "shinsei_app_mgmt_transitions_total", action=action),
        )
        for action in actions
    ]
    steps = season.counted(core, "shinsei_core_systems_steps_total")
    happened = sum(season.counted(core, name) for name in NOT_WORKED)
    return (
        season.counted(core, "shinsei_core_systems_cases_total") == season.accepted
        and all(here == there for here, there in done)
        and sum(here for here, _ in done) > steps > 0 == happened
        and season.now(core, "shinsei_core_systems_open_offices") == season.open_runs
    )


def viewed(season: Season, part: str) -> bool:
    """The derived views have read all that was sent, could use it, and are not behind."""
    sent = [
        season.counted(WAYS[topic][0], "shinsei_kafka_messages_total", topic=topic, outcome="sent") for topic in VIEWED
    ]
    read = season.counted(part, "shinsei_app_mgmt_streams_records_total")
    wrong = season.counted(part, "shinsei_app_mgmt_streams_failed_total")
    return read == sum(sent) > 0 == wrong + season.now(part, "shinsei_app_mgmt_streams_rebuilding")


def looked(season: Season, part: str) -> bool:
    """The room has looked at the stack, no look or replay has failed, and nothing is missing in what it saw."""
    done, failed = (season.counted(part, "shinsei_room_looks_total", outcome=outcome) for outcome in ("done", "failed"))
    for outcome in ("failed", "gone", "overdue"):
        failed += season.counted(part, "shinsei_room_forecast_work_total", outcome=outcome)
    unread = season.now(part, "shinsei_ledger_unread_runs")
    return done > 0 == failed + unread + season.now(part, "shinsei_ledger_unaccounted")


Signal = Callable[[Season, str], bool]
OF_ALL: Final[tuple[Signal, ...]] = (calls, loop, memory, pool, sighted)
ON_KAFKA: Final[tuple[Signal, ...]] = (outbox, consumed, in_one_go, dealt_out)
MATRIX: Final[Mapping[str, tuple[Signal, ...]]] = {
    "portal_sim": (*OF_ALL, stored, checked, handed_out),
    "linkage_server": (*OF_ALL, *ON_KAFKA, fetched, kept_in_touch),
    "app_mgmt": (*OF_ALL, *ON_KAFKA, decided),
    "core_systems": (*OF_ALL, *ON_KAFKA, worked),
    "app_mgmt_streams": (loop, memory, viewed),
    "room": (loop, memory, looked),
}
"""What is to be true of each part; more of what each has of its own is held against ledger and databases."""
