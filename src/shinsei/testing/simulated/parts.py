"""The parts outside of one world, and the makers by which a process gets its connections to them."""

from shinsei.runtime.makers import Makers
from shinsei.testing.simulated.broker import Broker
from shinsei.testing.simulated.consumer import Consumer
from shinsei.testing.simulated.loop import Process
from shinsei.testing.simulated.network import Network
from shinsei.testing.simulated.postgres import Databases
from shinsei.testing.simulated.producer import Admin, Producer
from shinsei.testing.simulated.world import World
from shinsei.testing.sql.sessions import Witness


class Parts:
    """PostgreSQL, Kafka and the network.

    Args:
        world: in which they stand.
        backwards: databases give rows without a promised order in the other one.
        witness: is told of every SQL statement.
    """

    def __init__(self, world: World, *, backwards: bool = False, witness: Witness | None = None) -> None:
        self.databases = Databases(world, backwards=backwards, witness=witness)
        self.broker = Broker()
        self.network = Network(world)
        self._world = world
        world.parts += [self.databases, self.broker, self.network]
        world.open(self.makers(world.process))

    def makers(self, process: Process) -> Makers:
        """What opens the connections of a process."""
        world, databases, broker, network = self._world, self.databases, self.broker, self.network
        return Makers(
            pool=lambda dsn, *, max_size=10, **_: databases.pool(process, dsn, max_size),
            connection=lambda dsn, **_: databases.connect(process, dsn),
            producer=lambda **options: Producer(world, process, broker, **options),
            consumer=lambda **options: Consumer(world, process, broker, **options),
            admin=lambda **_: Admin(world, process, broker),
            server=lambda *, interceptors=(), **_: network.server(process, interceptors),
            channel=lambda target, **_: network.channel(process, target),
            port=network.port,
        )
