"""The registry's stream and the registrations of the core systems."""

from shinsei.api.core_systems.v1 import core_systems_pb2 as core
from shinsei.api.core_systems.v1.core_systems_pb2_grpc import RegistrationServiceStub, RegistryServiceStub
from shinsei.domain.demand import filings
from shinsei.domain.identification import mappings
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import PolicySpec, case_id
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.season.filing import application as filed
from shinsei.testing.builders import a_run_spec
from shinsei.testing.municipality import Town


async def test_the_mapping_is_streamed_by_the_time_from_which_it_is_valid(town: Town, run_id: str) -> None:
    spec = a_run_spec(run_id=run_id)
    feed, statuses = town.feed(spec), await town.statuses(spec)
    await feed.begin()
    await statuses.reached(feed.watermark)
    stub = RegistryServiceStub(town.core)

    async def stream(after: int, until: int) -> list[tuple[str, str, int]]:
        request = core.StreamMappingsRequest(
            run_id=spec.run_id, municipality=spec.municipality, after_ms=after, until_ms=until
        )
        return [
            (line.serial_number, line.resident_number, line.valid_from_ms)
            async for part in stub.StreamMappings(request)
            for line in part.mappings
        ]

    everything = sorted((line.serial, line.resident, line.valid_from) for line in mappings(spec))
    times = sorted({line[2] for line in everything})
    middle = times[len(times) // 2]
    first, second = await stream(0, middle), await stream(middle, times[-1])
    assert sorted(first + second) == everything
    assert max(line[2] for line in first) == middle


async def test_a_registration_has_the_form_whichever_way_it_came(town: Town, run_id: str) -> None:
    stub = RegistrationServiceStub(town.core)
    for partition, method in enumerate((LinkageMethod.TRANSCRIPTION, LinkageMethod.STANDARD_API)):
        spec = a_run_spec(
            run_id=f"{run_id}-{partition}",
            partition=partition,
            policy=PolicySpec(default=method, by_procedure=()),
        )
        feed, statuses = town.feed(spec), await town.statuses(spec)
        await feed.begin()
        await feed.poll_until(SimTime(spec.start + 3 * DAY_MS))
        await statuses.reached(feed.watermark)
        registered = [line for line in statuses.lines if line.action is Action.REGISTER]
        assert registered
        for line in registered[:5]:
            change = statuses.by_case[line.submission_id]
            found = await stub.GetRegistration(core.GetRegistrationRequest(receipt_number=change.receipt_number))
            case = next(item for item in filings(spec) if item.case_id == case_id(line.submission_id))
            assert found.fields == filed(spec, case).fields
            assert found.registered_at_ms == line.at
            assert found.core_system == "child_allowance"
            assert found.resident_number
