"""``shinsei submit`` and ``shinsei track`` as callers of a real portal."""

from pathlib import Path
from typing import Any

import pytest

from shinsei.cli.applicant import Applicant, Wish, application, new_submission_id
from shinsei.domain.applicants import Check, found_by
from shinsei.domain.catalogue import PROCEDURES, Level, procedure
from shinsei.domain.errors import ConflictError, InvalidInputError
from shinsei.domain.run import Pacing, case_id
from shinsei.scenario import load
from shinsei.testing import a_run_spec, eventually

CITY, PREFECTURE = "482013", "480002"


def a_wish(number: int = 10, *, files: tuple[Path, ...] = (), signed: bool = True) -> Wish:
    return Wish(procedure=procedure(number), name="", signed=signed, files=files)


async def filed(applicant: Applicant, municipality: str, wish: Wish) -> Any:
    run = await applicant.run_of(municipality)
    submission = new_submission_id(run.spec, wish.procedure, 0)
    made = application(run, wish, submission, case_id(submission))
    await applicant.upload(made, wish.files)
    return (await applicant.submit(run, [made]))[0]


async def test_a_standing_run_is_opened_once_and_then_found(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        first = await applicant.run_of("")
        again = await applicant.run_of(first.spec.municipality)
        assert first.spec.pacing is Pacing.CLOCK
        assert again.spec == first.spec
        await eventually_later(applicant, first.now)


async def eventually_later(applicant: Applicant, now: int) -> None:
    async def is_later() -> bool:
        return (await applicant.run_of("")).now > now

    await eventually(is_later)


async def test_every_procedure_can_be_filed_with_the_form_that_is_made_for_it(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        for item in PROCEDURES:
            municipality = CITY if item.level is Level.MUNICIPAL else PREFECTURE
            assert (await filed(applicant, municipality, a_wish(item.number))).receipt_number


async def test_many_are_submitted_in_batches(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        run = await applicant.run_of("")
        ids = [new_submission_id(run.spec, procedure(10), n) for n in range(1200)]
        outcomes = await applicant.submit(run, [application(run, a_wish(), one, case_id(one)) for one in ids])
        assert len({outcome.receipt_number for outcome in outcomes}) == 1200


async def test_a_file_is_attached_with_its_bytes_and_a_wrong_one_refused(portal: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "form.pdf", tmp_path / "photo.heic"
    good.write_bytes(b"%PDF-1.7 " + bytes(2_000_000))
    bad.write_bytes(b"x")
    async with Applicant(portal.target) as applicant:
        assert (await filed(applicant, CITY, a_wish(files=(good,)))).receipt_number
        with pytest.raises(InvalidInputError, match="HEIC"):
            await filed(applicant, CITY, a_wish(files=(bad,)))
        with pytest.raises(InvalidInputError, match="cannot be read"):
            await filed(applicant, CITY, a_wish(files=(tmp_path / "none.pdf",)))


async def test_an_unsigned_application_has_no_serial_number(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        run = await applicant.run_of("")
        assert application(run, a_wish(), f"{CITY}-10-1", "10-1").serial_number
        assert not application(run, a_wish(signed=False), f"{CITY}-10-1", "10-1").serial_number


async def test_a_municipality_with_a_season_takes_no_submission_by_hand(portal: Any) -> None:
    await portal.start(a_run_spec())
    async with Applicant(portal.target) as applicant:
        with pytest.raises(ConflictError, match="season"):
            await applicant.run_of(CITY)


async def test_nobody_files_into_a_load_test_unasked(portal: Any) -> None:
    """What the portal holds beyond what the generator knows of would make it miss its gates."""
    home = load("standing").run_spec("r").municipality
    for municipality in (CITY, home):
        await portal.start(
            a_run_spec(run_id="load-1", municipality=municipality, pacing=Pacing.CLOCK, scenario="unlimited"), speed=1.0
        )
    async with Applicant(portal.target) as applicant:
        with pytest.raises(ConflictError, match=f"load test is running in {home}"):
            await applicant.run_of("")
        assert (await applicant.run_of(CITY)).spec.run_id == "load-1"


async def test_what_was_submitted_can_be_tracked(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        outcome = await filed(applicant, CITY, a_wish())
        status = await applicant.status(outcome.receipt_number)
        assert (status.municipality, status.procedure, len(status.history)) == (CITY, 10, 1)
        async for visible in applicant.watch(outcome.receipt_number):
            assert visible.transition.at_ms == outcome.submitted_at_ms
            break


async def test_a_filing_has_the_defect_that_is_wished_for_and_no_other(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        run = await applicant.run_of("")
        for defective, check in ((True, Check.CONTENT), (False, None)):
            name = case_id(new_submission_id(run.spec, procedure(10), 0, defective=defective))
            assert found_by(run.spec, 10, name, 0) is check
        with pytest.raises(ConflictError, match="has a defect"):
            new_submission_id(a_run_spec(), procedure(10), 0, defective=True)


async def test_an_application_by_hand_is_withdrawn_once_and_asks_for_no_reply(portal: Any) -> None:
    async with Applicant(portal.target) as applicant:
        receipt = (await filed(applicant, "", a_wish())).receipt_number
        with pytest.raises(ConflictError, match="no reply is open"):
            await applicant.correct(receipt, None)
        first = await applicant.withdraw(receipt)
        assert (await applicant.withdraw(receipt)).filed_at_ms == first.filed_at_ms
