"""Flame graphs of the four services while as much as possible goes through: ``make flame``.

Each service is looked at in its turn, twice: once for the picture (``results/flame/MODE/SERVICE.svg``), once for the
table of the functions in which its time is spent (``SERVICE.txt``). py-spy looks a hundred times a second, does not
stop what it looks at, and sees who has the interpreter: what waits, and what computes outside of it, is left out. With
``--all`` it sees every thread that runs, so that signature checks and system calls are in it. The top of each table is
kept in ``bench/results/profile.json``, beside the budget of the hops.
"""

import argparse
import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop
from grpc.aio import AioRpcError

from bench.keeping import RESULTS, keep
from bench.load import Load
from bench.modes import MODES
from bench.payloads import Payloads
from bench.product import Product
from bench.registered import Registered
from bench.sides import roots, targets
from bench.standing import standing
from shinsei.domain.errors import ShinseiError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.runtime.clock import sleep
from shinsei.season.environment import manifest
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack, StackError
from shinsei.stack.site import SERVICES

PICTURES = Path("results") / "flame"
PROFILE = RESULTS / "profile.json"
RATE = "100"
MOST_LINES, MOST_KEPT = 40, 8
_WARM_S, _SETTLE_S = 6.0, 60.0
_LINE = re.compile(r":\d+\)$")
_SPY = Path(sys.executable).with_name("py-spy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """Shares of the samples of a service."""

    name: str
    within: float
    """In which it stands."""
    itself: float
    """In which it is what runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Of a service."""

    samples: int
    functions: Sequence[Function]
    """Those in which most samples stand come first."""


async def record(stack: Stack, wanted: argparse.Namespace) -> dict[str, Profile]:
    """Records every service under full load."""
    found, folder = dict[str, Profile](), PICTURES / wanted.mode
    folder.mkdir(parents=True, exist_ok=True)
    mode = MODES[wanted.mode]
    async with Gateway(targets(stack)) as gateway, AsyncExitStack() as opened:
        product = Product(stack, gateway)
        opened.push_async_callback(product.abandon)
        specs = await product.open(mode, LinkageMethod(wanted.method))
        registered = Registered(stack.addresses.kafka_bootstrap, product.changed, specs[0].run_id)
        async with (
            registered,
            Load(product.portal, Payloads(specs, product.cards, is_checked=True), mode, registered) as load,
        ):
            load.saturate()
            await sleep(_WARM_S)
            for service, process in roots(stack, SERVICES).items():
                await _spy(process, folder / f"{service}.svg", "flamegraph", wanted)
                raw = folder / f"{service}.raw"
                await _spy(process, raw, "raw", wanted)
                found[service] = profile(raw.read_text(encoding="utf-8").splitlines())
                text = "\n".join(table(found[service]))
                raw.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
                raw.unlink()
                print(f"{service}: {folder / service}.svg, .txt", flush=True)
            await load.settle(_SETTLE_S)
        await product.close()
    return found


async def _spy(process: int, out: Path, form: str, wanted: argparse.Namespace) -> None:
    command = ["record", "--pid", str(process), "--output", str(out), "--format", form, "--rate", RATE]
    command += ["--duration", str(wanted.seconds), "--nonblocking", *([] if wanted.all else ["--gil"])]
    spy = await asyncio.create_subprocess_exec(
        *(str(_SPY), *command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await spy.communicate()
    if spy.returncode:
        raise StackError(f"py-spy cannot look at process {process}: {told.decode(errors='replace').strip()[-200:]}")


def profile(stacks: Sequence[str]) -> Profile:
    """Of what py-spy writes as ``raw``: a line a stack, with how often it was seen."""
    total, own, inside = 0, Counter[str](), Counter[str]()
    for line in stacks:
        frames, _, count = line.rpartition(" ")
        names = [_LINE.sub(")", frame) for frame in frames.split(";")]
        total += int(count)
        own[names[-1]] += int(count)
        for name in set(names):
            inside[name] += int(count)
    functions = [
        Function(name=name, within=round(within / total, 4), itself=round(own[name] / total, 4))
        for name, within in inside.most_common()
    ]
    return Profile(samples=total, functions=functions)


def table(found: Profile) -> Iterator[str]:
    """Functions by the share of samples in which they stand, and by that in which they are what runs."""
    yield f"{found.samples} samples"
    yield "within   itself  function"
    for one in found.functions[:MOST_LINES]:
        yield f"{one.within:>6.1%}  {one.itself:>6.1%}  {one.name}"


def kept(found: Mapping[str, Profile], wanted: argparse.Namespace) -> dict[str, Any]:
    """What is kept: of each service the functions that ran most themselves."""
    services = {
        service: {
            "samples": one.samples,
            "functions": [
                asdict(each) for each in sorted(one.functions, key=lambda each: -each.itself)[:MOST_KEPT] if each.itself
            ],
        }
        for service, one in found.items()
    }
    return {
        "mode": wanted.mode,
        "method": wanted.method,
        "all": wanted.all,
        "environment": manifest(f"make flame ARGS='{' '.join(sys.argv[1:])}'"),
        "services": services,
    }


def main(arguments: Sequence[str]) -> int:
    """Records, and says where."""
    parser = argparse.ArgumentParser(prog="python -m bench.flame", description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=MODES, default="batch")
    parser.add_argument("--method", choices=COMPARED_METHODS, default=str(LinkageMethod.STANDARD_API))
    parser.add_argument("--seconds", type=int, default=8, help="of each recording; there are two a service")
    parser.add_argument("--all", action="store_true", help="threads that run outside of the interpreter too")
    parser.add_argument("--home", type=Path, help="of a stack that is up; else one is started and stopped")
    wanted = parser.parse_args(arguments)
    if not _SPY.is_file():
        print("bench.flame: py-spy is not there: make setup", file=sys.stderr)
        return 2
    try:
        with standing(wanted.home) as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(record(stack, wanted))
    except (ShinseiError, RuntimeError, AioRpcError) as error:
        print(f"bench.flame: {error}", file=sys.stderr)
        return 1
    print(f"kept in {keep(kept(found, wanted), PROFILE, is_whole=False)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
