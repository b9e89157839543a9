"""What applicants of the real generator send beside their form, and that they withdraw, by what the portal gets."""

from collections import Counter
from pathlib import Path

import pytest
from tests.contract.loadtest.portal import Portal, a_plan
from tests.contract.loadtest.test_generating import books_of, counts

from shinsei.runtime.rpc import GrpcServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
A_CHUNK = 1 << 20


async def test_an_attachment_comes_whole_before_the_application_that_declares_it(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    books = await books_of(a_plan(server.own_target, 4, 2, p_attachment=1.0, attachment_kb=1_500.0), tmp_path)
    assert counts(books) == [8, 8, 0, 0, 0]
    declared = {one.submission_id: list(one.attachments) for one in portal.filed}
    assert declared == {submission: [attachment] for submission, attachment in portal.uploaded.items()}
    sizes = [attachment.size for attachment in portal.uploaded.values()]
    assert (len(sizes), min(sizes) < A_CHUNK < max(sizes)) == (8, True), "in one part, and in several"


async def test_whoever_withdraws_does_and_one_who_comes_too_late_has_not_failed(
    portal: Portal, server: GrpcServer, tmp_path: Path
) -> None:
    portal.registered = {"r-1"}
    books = await books_of(a_plan(server.own_target, 3, 1, p_withdraw=1.0), tmp_path)
    assert counts(books) == [3, 3, 0, 0, 0]
    assert portal.withdrawn == {"r-2", "r-3"}
    told = {name: request.codes for name, request in books.requests.items() if name.startswith("Withdraw")}
    assert told == {"Withdraw": Counter(OK=2), "Withdraw (too late)": Counter(FAILED_PRECONDITION=1)}
    assert books.calls_failed == 0
