"""What applicants of a load test attach follows the catalogue's profile of their procedure."""

from statistics import fmean

import pytest

from shinsei.domain.catalogue import procedure
from shinsei.domain.run import DeclaredAttachment
from shinsei.loadtest.attachments import Attachments
from shinsei.testing.builders import a_run_spec

CLAIM, NURSERY, PREGNANCY, DISASTER = 1, 12, 15, 27


def those_of(
    number: int, *, p_any: float = 0.2, mean_kb: float = 300.0, count: int = 2_000
) -> list[DeclaredAttachment]:
    attachments, spec = Attachments(1, p_any, mean_kb), a_run_spec()
    found = (attachments.of(spec, number, f"0.1.{n:x}") for n in range(count))
    return [one for one in found if one is not None]


@pytest.mark.parametrize("number", [CLAIM, NURSERY, DISASTER])
def test_how_many_attach_something_and_how_large_it_is_is_the_procedures_own(number: int) -> None:
    profile, found = procedure(number).attachments, those_of(number)
    assert len(found) / 2_000 == pytest.approx(0.2 * profile.p_factor, rel=0.15)
    assert fmean(one.size for one in found) == pytest.approx(300_000 * profile.mb_factor, rel=0.15)
    assert len({one.size for one in found}) > len(found) / 2


def test_a_procedure_without_documents_has_none() -> None:
    assert those_of(PREGNANCY, p_any=1.0) == []


def test_the_bytes_are_as_many_as_declared_and_of_the_kind_that_the_name_says() -> None:
    attachments = Attachments(1, 1.0, 1_500.0)
    for one in those_of(CLAIM, p_any=1.0, mean_kb=1_500.0, count=20):
        content = attachments.content(one)
        assert len(content) == one.size
        assert content.startswith(b"%PDF" if one.name.endswith(".pdf") else b"\xff\xd8")
        assert content.count(0) < one.size / 100
