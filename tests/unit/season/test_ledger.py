"""The ledger compares the stages without giving false alarms, and finds what is missing."""

import pytest

from shinsei.domain.errors import NotFoundError
from shinsei.domain.simtime import SimTime
from shinsei.season.ledger import PORTAL, RunKey, StageCount, read_ledger

KEY = RunKey(run_id="run-1", municipality="482013")


class FourStages:
    """Stages in memory: each knows ids with their stamp up to its own watermark."""

    def __init__(self) -> None:
        accepted = {f"case-{stamp}": stamp for stamp in range(10)}
        self.known = {stage: dict(accepted) for stage in ("core_systems", "app_mgmt", "linkage_server", PORTAL)}
        self.watermarks = {"core_systems": 4, "app_mgmt": 6, "linkage_server": 8, PORTAL: 100}
        self.lines: dict[str, dict[tuple[str, str], int]] = {}
        self.listed = 0
        self.dead: set[str] = set()
        self.order: list[str] = []

    async def count(self, stage: str, key: RunKey, *, before: SimTime) -> StageCount:
        assert key == KEY
        self.order.append(stage)
        if stage not in self.known:
            raise NotFoundError("run", key.run_id)
        until = before or self.watermarks[stage]
        known = [one for one, stamp in self.known[stage].items() if stamp < until]
        fingerprint = 0
        for one in known:
            fingerprint ^= hash(one)
        return StageCount(
            stage=stage,
            watermark=SimTime(self.watermarks[stage]),
            known=len(known),
            fingerprint=fingerprint,
            lines=self.lines.get(stage, {}),
        )

    async def ids(self, stage: str, key: RunKey, *, before: SimTime, line: str = "") -> set[str]:
        self.listed += 1
        if line:
            return self.dead
        return {one for one, stamp in self.known[stage].items() if stamp < before}


@pytest.fixture
def stages() -> FourStages:
    return FourStages()


async def test_stages_that_are_behind_are_no_alarm(stages: FourStages) -> None:
    found = await read_ledger(stages, KEY)
    assert found.ledger.unaccounted == 0
    assert found.ledger.accepted == 10
    assert stages.listed == 0


async def test_a_stage_that_the_run_has_not_reached_is_no_alarm(stages: FourStages) -> None:
    stages.watermarks["app_mgmt"] = 0
    stages.known["app_mgmt"] = {}
    del stages.known["core_systems"]
    found = await read_ledger(stages, KEY)
    assert found.ledger.unaccounted == 0
    assert found.ledger.in_flight == 10


async def test_the_stages_are_read_downstream_first(stages: FourStages) -> None:
    await read_ledger(stages, KEY)
    assert [stage for stage in stages.order if stage != PORTAL] == ["core_systems", "app_mgmt", "linkage_server"]
    assert stages.order[-1] == PORTAL


async def test_a_lost_case_is_found_by_name_and_counted_once(stages: FourStages) -> None:
    del stages.known["core_systems"]["case-2"]
    del stages.known["app_mgmt"]["case-2"]
    del stages.known["app_mgmt"]["case-5"]
    found = await read_ledger(stages, KEY)
    assert found.missing == ("case-2", "case-5")
    assert found.ledger.unaccounted == 2


async def test_a_dead_letter_of_app_mgmt_is_accounted_for(stages: FourStages) -> None:
    del stages.known["core_systems"]["case-2"]
    assert (await read_ledger(stages, KEY)).ledger.unaccounted == 1
    stages.dead = {"case-2"}
    assert (await read_ledger(stages, KEY)).ledger.unaccounted == 0


async def test_one_for_another_is_found_though_the_count_is_right(stages: FourStages) -> None:
    del stages.known["app_mgmt"]["case-3"]
    stages.known["app_mgmt"]["case-of-nobody"] = 3
    assert (await read_ledger(stages, KEY)).missing == ("case-3",)


async def test_what_ends_is_not_in_flight(stages: FourStages) -> None:
    stages.lines["app_mgmt"] = {("registered", "RPA"): 3, ("withdrawn", "RPA"): 1, ("in_flight", "RPA"): 2}
    stages.lines["core_systems"] = {("registered", "RPA"): 4}
    found = await read_ledger(stages, KEY)
    assert (found.ledger.registered, found.ledger.withdrawn, found.ledger.in_flight) == (4, 1, 5)
    row = found.by_method["RPA"]
    assert (row["accepted"], row["registered"], row["withdrawn"], row["in_flight"]) == (6, 4, 1, 1)
