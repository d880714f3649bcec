import { get, type Mapping, type Node } from '../source/node.ts';
import { isIpv4, isIpv6 } from './address.ts';
import { containerWords } from './container-words.ts';
import { boolean, type Findings, find, number, text, written } from './reader.ts';
import { isLoopback } from './relations.ts';
import type { Given, Instance, Machine, Service } from './topology.ts';

/** Names that the compiler gives to its own compose services. */
export const ownServices = ['caddy', 'nginx', 'certbot'] as const;

export function machines(root: Node, found: Findings): Machine[] {
  const list: Machine[] = [];
  for (const [name, { keyAt, value }] of entriesOf(root, 'machines')) {
    const address = find([written(value)], 'address', text);
    if (!address) continue;
    if (!isIpv4(address.value) && !isIpv6(address.value)) {
      found.add('error', 'schema-value', address.at, `"${address.value}" is not an IP address`, {
        help: 'write the address of the machine in the private network, such as 10.0.0.3',
      });
    }
    const twin = list.find((other) => other.address.value === address.value);
    if (twin) {
      found.add('error', 'reference-duplicate', address.at, `"${address.value}" is the address of two machines`, {
        help: 'each machine has an address of its own',
        related: [{ place: twin.address.at, message: `also the address of \`${twin.name}\`` }],
      });
    }
    const edge = find([written(value)], 'edge', boolean);
    list.push({ name, at: keyAt, address, edge: edge?.value ?? false });
  }
  for (const { address, name } of list.length > 1 ? list : []) {
    if (!isLoopback({ kind: isIpv4(address.value) ? 'v4' : 'v6', host: address.value, port: 1 })) continue;
    found.add('error', 'schema-value', address.at, `no other machine reaches \`${name}\` at ${address.value}`, {
      why: 'there each machine finds itself',
      help: 'write the address of the machine in the private network, such as 10.0.0.3',
    });
  }
  if (list.length > 0 && !list.some(({ edge }) => edge)) {
    found.add('error', 'reference-edge', list[0]?.at ?? root.at, 'no machine runs the edge', {
      why: 'the compose fragments would start no proxy',
      help: 'write `edge: true` at the machine that the clients reach',
    });
  }
  return list;
}

export function services(root: Node, list: readonly Machine[], found: Findings): Service[] {
  const published = new Map<string, Given<number>>();
  const named = new Map<string, Instance>();
  return [...entriesOf(root, 'services')].flatMap(([name, { keyAt, value }]) => {
    const image = find([written(value)], 'image', text);
    const port = find([written(value)], 'port', number);
    if (!image || !port) return [];
    if ((ownServices as readonly string[]).includes(name)) {
      found.add('error', 'reference-reserved', keyAt, `\`${name}\` is the name of a service that the compiler writes`, {
        help: 'give this service another name',
      });
    }
    const instances = instancesOf(name, value, list, found);
    for (const instance of instances) {
      const { machine, publish } = instance;
      const place = `${machine?.name ?? ''} ${instance.name}`;
      const twin = named.get(place);
      if (twin) {
        found.add('error', 'reference-duplicate', keyAt, `two containers would be called \`${instance.name}\``, {
          why: 'the second instance of a service on a machine is called like it with -2 behind',
          help: 'give this service another name',
          related: [{ place: twin.at, message: 'the other one' }],
        });
      }
      named.set(place, instance);
      if (!machine || !publish) continue;
      const key = `${machine.name} ${publish.value}`;
      const earlier = published.get(key);
      if (earlier) {
        found.add(
          'error',
          'reference-duplicate',
          publish.at,
          `port ${publish.value} of \`${machine.name}\` is published twice`,
          {
            help: 'publish one of the two on another port',
            related: [{ place: earlier.at, message: 'first published here' }],
          },
        );
      }
      published.set(key, publish);
    }
    return [{ name, at: keyAt, image, port, instances, container: containerWords(value, found) }];
  });
}

function instancesOf(service: string, node: Node, list: readonly Machine[], found: Findings): Instance[] {
  const shared = environment(get(node, 'environment'), 'inherited');
  const [edge, other] = list.filter((machine) => machine.edge);
  const instances = get(node, 'instances');
  if (instances?.kind !== 'sequence') {
    if (edge && other) {
      found.add('error', 'reference-machine', node.at, `nothing says on which machine \`${service}\` runs`, {
        why: `\`${edge.name}\` and \`${other.name}\` are both edge machines`,
        help: `write \`instances: [{ machine: ${edge.name}, publish: PORT }, …]\``,
        related: [{ place: other.at, message: 'the second edge machine' }],
      });
      return [];
    }
    return [{ name: service, at: node.at, environment: shared, ...(edge ? { machine: edge } : {}) }];
  }
  const counts = new Map<string, number>();
  return instances.items.flatMap((item) => {
    const where = find([written(item)], 'machine', text);
    if (!where) return [];
    const machine = list.find(({ name }) => name === where.value);
    if (!machine) {
      const known = list.map(({ name }) => name);
      found.add('error', 'reference-unknown', where.at, `there is no machine \`${where.value}\``, {
        help: known.length > 0 ? `the machines are ${known.join(', ')}` : 'list it under `machines`',
      });
      return [];
    }
    const count = (counts.get(machine.name) ?? 0) + 1;
    counts.set(machine.name, count);
    const publish = find([written(item)], 'publish', number);
    return [
      {
        name: count === 1 ? service : `${service}-${count}`,
        at: item.at,
        machine,
        environment: new Map([...shared, ...environment(get(item, 'environment'), 'written')]),
        ...(publish ? { publish } : {}),
      },
    ];
  });
}

function environment(node: Node | undefined, origin: 'written' | 'inherited'): Map<string, Given<string>> {
  const values = new Map<string, Given<string>>();
  if (node?.kind !== 'mapping') return values;
  for (const [key, { value }] of node.entries) {
    if (value.kind === 'scalar' && value.value !== null)
      values.set(key, { value: String(value.value), at: value.at, origin });
  }
  return values;
}

export function entriesOf(root: Node, key: string): Mapping['entries'] {
  const node = get(root, key);
  return node?.kind === 'mapping' ? node.entries : new Map();
}
