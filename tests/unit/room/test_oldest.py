"""The oldest cases of all runs, from one page a status and no channel of their own."""

from collections.abc import Sequence
from dataclasses import replace

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as pb
from shinsei.api.application.v1 import application_pb2 as application_pb
from shinsei.contracts.codec import STATUSES
from shinsei.domain.lifecycle import Status
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.room.oldest import MOST, oldest

NOW = SimTime(100 * HOUR_MS)


class Screen:
    """Has as many cases of each status as a page holds, an hour between two of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Status, int]] = []

    async def first_cases(self, spec: RunSpec, status: Status, *, most: int) -> Sequence[pb.Case]:
        self.asked.append((spec.municipality, status, most))
        late = len(self.asked)
        return [
            pb.Case(
                application=application_pb.Application(
                    receipt_number=f"{late:02d}{n:014d}",
                    procedure=10,
                    submitted_at_ms=(late + 10 * n) * HOUR_MS,
                ),
                status=STATUSES.to_proto(status),  # type: ignore[arg-type]
            )
            for n in range(most)
        ]


async def test_the_oldest_of_all_runs_and_statuses_are_shown_by_their_submission(specs: list[RunSpec]) -> None:
    screen, runs = Screen(), [specs[0], replace(specs[1], municipality="482021")]
    found = await oldest(screen, runs, NOW)  # type: ignore[arg-type]
    assert [one["age_h"] for one in found] == [99, 98, 97, 96, 95, 94]
    assert len({(city, status) for city, status, _ in screen.asked}) == len(screen.asked) == 8
    assert {most for _, _, most in screen.asked} == {MOST}
    assert not any(status is Status.CORRECTION_REQUESTED for _, status, _ in screen.asked), (
        "it is not the office's turn"
    )
