"""Flame graphs of the four services while as much as possible goes through: ``make flame``.

Each service is looked at in its turn, twice: once for the picture (``results/flame/MODE/SERVICE.svg``), once for the
table of the functions in which its time is spent (``SERVICE.txt``). py-spy looks a hundred times a second, does not
stop what it looks at, and sees who has the interpreter: what waits, and what computes outside of it, is left out.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop
from grpc.aio import AioRpcError

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
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack, StackError
from shinsei.stack.site import SERVICES

PICTURES = Path("results") / "flame"
RATE = "100"
MOST_LINES = 40
_WARM_S, _SETTLE_S = 6.0, 60.0
_SPY = Path(sys.executable).with_name("py-spy")


async def record(stack: Stack, wanted: argparse.Namespace) -> None:
    """Records every service under full load."""
    folder = PICTURES / wanted.mode
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
                await _spy(process, folder / f"{service}.svg", "flamegraph", wanted.seconds)
                raw = folder / f"{service}.raw"
                await _spy(process, raw, "raw", wanted.seconds)
                text = "\n".join(table(raw.read_text(encoding="utf-8").splitlines()))
                raw.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
                raw.unlink()
                print(f"{service}: {folder / service}.svg, .txt", flush=True)
            await load.settle(_SETTLE_S)
        await product.close()


async def _spy(process: int, out: Path, form: str, seconds: int) -> None:
    command = ("record", "--pid", str(process), "--output", str(out), "--format", form, "--duration", str(seconds))
    spy = await asyncio.create_subprocess_exec(
        *(str(_SPY), *command, "--rate", RATE, "--nonblocking", "--gil"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await spy.communicate()
    if spy.returncode:
        raise StackError(f"py-spy cannot look at process {process}: {told.decode(errors='replace').strip()[-200:]}")


def table(stacks: Sequence[str]) -> Iterator[str]:
    """Functions by the share of samples in which they stand, and by that in which they are what runs."""
    total, own, inside = 0, Counter[str](), Counter[str]()
    for line in stacks:
        frames, _, count = line.rpartition(" ")
        names = [frame.rpartition(":")[0] for frame in frames.split(";")]
        total += int(count)
        own[names[-1]] += int(count)
        for name in set(names):
            inside[name] += int(count)
    yield f"{total} samples"
    yield "within   itself  function"
    for name, within in inside.most_common(MOST_LINES):
        yield f"{within / total:>6.1%}  {own[name] / total:>6.1%}  {name}"


def main(arguments: Sequence[str]) -> int:
    """Records, and says where."""
    parser = argparse.ArgumentParser(prog="python -m bench.flame", description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=MODES, default="batch")
    parser.add_argument("--method", choices=COMPARED_METHODS, default=str(LinkageMethod.STANDARD_API))
    parser.add_argument("--seconds", type=int, default=8, help="of each recording; there are two a service")
    parser.add_argument("--home", type=Path, help="of a stack that is up; else one is started and stopped")
    wanted = parser.parse_args(arguments)
    if not _SPY.is_file():
        print("bench.flame: py-spy is not there: make setup", file=sys.stderr)
        return 2
    try:
        with standing(wanted.home) as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(record(stack, wanted))
    except (ShinseiError, RuntimeError, AioRpcError) as error:
        print(f"bench.flame: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
