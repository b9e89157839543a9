"""Every registered linkage method, and one that fails on purpose, keeps the same contract."""

from collections import Counter
from collections.abc import Callable
from typing import ClassVar

import pytest

from shinsei.domain.errors import ShinseiError
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing.linkage import (
    LINKAGE_CONTRACT,
    FailingLinkage,
    LinkageSubject,
    a_withdrawal_counts_until_registration,
    every_case_ends_exactly_once,
    every_step_is_legal,
    same_run_same_events,
)

Check = Callable[[LinkageSubject], None]
FAILING = LinkageSubject(
    method=LinkageMethod.STANDARD_API, linkages={**LINKAGES, LinkageMethod.STANDARD_API: FailingLinkage}
)


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
@pytest.mark.parametrize("method", LINKAGES)
def test_every_registered_method_keeps_the_contract(method: LinkageMethod, check: Check) -> None:
    check(LinkageSubject(method=method))


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
def test_a_method_that_always_fails_keeps_the_contract(check: Check) -> None:
    check(FAILING)


def test_every_method_of_the_enumeration_is_registered() -> None:
    assert set(LINKAGES) == set(LinkageMethod)


class ForgetfulLinkage(FailingLinkage):
    """It loses what fails."""

    def _fail(self, case: Case) -> None:
        pass


class DoublingLinkage(FailingLinkage):
    """It registers what a clerk registers too."""

    def _fail(self, case: Case) -> None:
        self.floor.key(case)
        if case.is_open:
            self.floor.register(case, is_wrong=False)


class DeafLinkage(FailingLinkage):
    """It registers what has been withdrawn meanwhile."""

    attempt_ms = 12 * HOUR_MS

    def _fail(self, case: Case) -> None:
        self.floor.register(case, is_wrong=False)


class ImpatientLinkage(FailingLinkage):
    """It starts again at the moment of the failure, before the return."""

    def _fail(self, case: Case) -> None:
        if case.is_open:
            self.floor.return_to_queue(case, self.floor.key)
            self.floor.start_linkage(case)
            self.floor.return_to_queue(case, self.floor.key)


class CountingLinkage(FailingLinkage):
    """It decides by what another office of the process has done before."""

    seen: ClassVar[Counter[str]] = Counter()

    def _fail(self, case: Case) -> None:
        self.seen["cases"] += 1
        if case.is_open:
            if self.seen["cases"] % 3:
                self.floor.register(case, is_wrong=False)
            else:
                self.floor.return_to_queue(case, self.floor.key)


@pytest.mark.parametrize(
    ("spoilt", "check"),
    [
        (ForgetfulLinkage, every_case_ends_exactly_once),
        (DoublingLinkage, every_case_ends_exactly_once),
        (DeafLinkage, a_withdrawal_counts_until_registration),
        (ImpatientLinkage, every_step_is_legal),
        (CountingLinkage, same_run_same_events),
    ],
)
def test_the_contract_finds_a_spoilt_method(spoilt: type[Linkage], check: Check) -> None:
    subject = LinkageSubject(
        method=LinkageMethod.STANDARD_API, linkages={**LINKAGES, LinkageMethod.STANDARD_API: spoilt}
    )
    with pytest.raises((AssertionError, ShinseiError)):
        check(subject)
