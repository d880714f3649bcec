import type { Place } from '../diagnostics/diagnostic.ts';
import { type Address, formatAddress } from './address.ts';
import { addressFrom } from './edges.ts';
import type { PoolContext } from './pools.ts';
import type { Given, Instance, Machine, Server, Service } from './topology.ts';

/** What an address that a person wrote says of a container of the topology, and cannot be. */
export function handWritten(given: Given<Address>, context: PoolContext): void {
  const { value, at } = given;
  if (value.kind === 'unix') return;
  if (value.kind === 'name') byName(value, at, context);
  else byAddress(value, at, context);
}

type HostAndPort = Exclude<Address, { readonly kind: 'unix' }>;

function byName(value: HostAndPort, at: Place, { services, edges, found }: PoolContext): void {
  const [first, second] = edges;
  const known = instancesOf(services).find(({ instance }) => instance.name === value.host);
  const service = services.find(({ name }) => name === value.host) ?? known?.service;
  if (!service) return;
  const isThere = (edge: Machine | undefined): boolean =>
    service.instances.some(({ name, machine }) => name === value.host && (!machine || machine === edge));
  const missing = [first, ...edges.slice(1)].find((edge) => !isThere(edge));
  if (missing || !isThere(first)) {
    const where = second ? `the edge machine \`${missing?.name}\`` : 'the edge’s machine';
    found.add('error', 'reference-machine', at, `\`${value.host}\` does not run on ${where}`, {
      why: 'a container’s name is known on its own machine only',
      help: second
        ? 'write `service:`: each edge then has the names of its own machine and the addresses of the others'
        : 'write the address of its machine and the published port, or `service:`',
      related: [{ place: service.at, message: 'the service' }],
    });
  }
  if (service.port.value !== value.port) {
    found.add(
      'warning',
      'reference-port',
      at,
      `\`${value.host}\` listens on ${service.port.value}, not ${value.port}`,
      {
        why: 'every request to it would be refused',
        help: `write ${value.host}:${service.port.value}`,
        related: [{ place: service.port.at, message: 'the port of the service' }],
      },
    );
  }
}

/** An address of a machine, with a port that a container has elsewhere: on another machine, or inside itself. */
function byAddress(value: HostAndPort, at: Place, { services, machines, found }: PoolContext): void {
  const machine = machines.find(({ address }) => address.value === value.host);
  const all = instancesOf(services);
  const here = all.filter(({ instance }) => instance.machine === machine);
  if (!machine || here.some(({ instance }) => instance.publish?.value === value.port)) return;
  const inside = here.find(({ service }) => service.port.value === value.port);
  const elsewhere = all.find(({ instance }) => instance.machine && instance.publish?.value === value.port);
  const { instance, service } = inside ?? elsewhere ?? {};
  // Something that is not in the topology may have the port.
  if (!instance?.machine || !service) return;
  const right = addressFrom(undefined, { instance, port: service.port.value });
  found.add('warning', 'reference-port', at, `nothing is published on port ${value.port} of \`${machine.name}\``, {
    why: inside
      ? `it is the port of \`${service.name}\` inside its container: from outside every request would be refused`
      : `\`${service.name}\` is published there on \`${instance.machine.name}\`: every request would be refused`,
    help: right
      ? `write ${formatAddress(right)}, or \`service: ${service.name}\``
      : 'write `publish: PORT` at the instance',
    related: [{ place: instance.at, message: 'the instance' }],
  });
}

function instancesOf(services: readonly Service[]): { readonly instance: Instance; readonly service: Service }[] {
  return services.flatMap((service) => service.instances.map((instance) => ({ instance, service })));
}

/** One server twice in a pool, in the same words or by name and by address. */
export function duplicates(servers: readonly Server[], { services, edges, found }: PoolContext): void {
  const told = new Set<Given<Address>>();
  for (const here of edges.length > 0 ? edges : [undefined]) {
    const seen = new Map<string, Given<Address>>();
    for (const { address } of servers) {
      const key = identity(address.value, here, services);
      const earlier = seen.get(key);
      seen.set(key, address);
      if (!earlier || told.has(address)) continue;
      told.add(address);
      const [one, other] = [formatAddress(earlier.value), formatAddress(address.value)];
      const same = one === other;
      const message = same ? `"${other}" is in the pool twice` : `"${one}" and "${other}" are the same server`;
      found.add('error', 'reference-duplicate', address.at, message, {
        why: 'a retry would ask the same dead server again',
        help: same ? 'list each server once' : 'keep one of the two, or write `service:`',
        related: [{ place: earlier.at, message: 'first listed here' }],
      });
    }
  }
}

/** What an address is, as a machine sees it: the container behind it where the topology has one. */
function identity(address: Address, here: Machine | undefined, services: readonly Service[]): string {
  const text = formatAddress(address);
  const found = instancesOf(services).find(({ instance, service }) => {
    const container = { instance, port: service.port.value };
    const ways = [addressFrom(here, container), addressFrom(undefined, container)];
    return ways.some((way) => way && formatAddress(way) === text);
  });
  return found ? `${found.instance.machine?.name ?? ''} ${found.instance.name}` : text;
}
