"""Every registered linkage method, and one that fails on purpose, keeps the same contract."""

from collections.abc import Callable

import pytest

from shinsei.domain.linkage import LINKAGES
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.testing.linkage import LINKAGE_CONTRACT, FailingLinkage, LinkageSubject

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
