import { get, type Mapping, type Node } from '../source/node.ts';
import type { Findings } from './reader.ts';
import type { Given } from './topology.ts';

/** What the compiler writes itself, and the word of the language that says it. */
const ours: ReadonlyMap<string, string> = new Map([
  ['image', 'write `image` at the service'],
  ['environment', 'write `environment` at the service or an instance'],
  ['ports', 'write `publish` at an instance: it is published on the private address only'],
  ['expose', 'write `port` at the service'],
  ['networks', 'leave it out: the containers share the network of the edge'],
  ['network_mode', 'leave it out: the edge reaches containers by their names in its own network'],
  ['scale', 'write an instance for each container'],
  ['container_name', 'leave it out: containers are called like their service, and docker knows a name once a machine'],
  ['build', 'push an image that every machine can pull, and name it in `image`'],
  ['extends', 'write its words here: the other file could publish ports'],
  ['volumes_from', 'name what it needs under `volumes`: the proxy’s volumes hold keys'],
  ['profiles', 'leave it out: `docker compose up -d` would not start what has a profile'],
  ['secrets', 'mount a file with `volumes`: a secret is declared beside the services'],
  ['configs', 'mount a file with `volumes`: a config is declared beside the services'],
]);

/** Names of the volumes that the compiler gives to the proxies. */
export const ownVolumes = ['caddy-data', 'caddy-config', 'letsencrypt', 'edge-tls', 'acme-webroot'] as const;

const namespaces = ['pid', 'ipc', 'userns_mode', 'uts', 'cgroup'];
const capabilities = /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN|DAC_READ_SEARCH)$/i;

/** The further words of a compose service, unless they clash with ours or give the machine away. */
export function containerWords(service: Node, found: Findings): Map<string, Given<Node>> {
  const written = get(service, 'compose');
  if (written?.kind !== 'mapping') return new Map();
  for (const [key, { keyAt, value }] of written.entries) {
    const instead = ours.get(key);
    if (instead !== undefined) {
      found.add('error', 'reference-compose', keyAt, `\`${key}\` of a container is the compiler’s to write`, {
        help: instead,
      });
    }
    privileges(key, value, found);
  }
  waiting(written, found);
  return new Map([...written.entries].map(([key, { keyAt, value }]) => [key, { value, at: keyAt, origin: 'written' }]));
}

function privileges(key: string, value: Node, found: Findings): void {
  const refuse = (node: Node, what: string): void => {
    found.add('error', 'reference-compose', node.at, what, {
      why: 'whoever breaks into the application owns the machine, and with it the edge or its neighbours',
      help: 'leave it out; if the container must have it, start it from a compose file of your own',
    });
  };
  const on = value.kind === 'scalar' && (value.value === true || /^(?:true|\$\{.*)$/i.test(String(value.value)));
  if ((key === 'privileged' || key === 'use_api_socket') && on)
    refuse(value, `\`${key}\` gives the container the machine`);
  const shared = value.kind === 'scalar' ? String(value.value) : '';
  if (namespaces.includes(key) && shared === 'host') {
    refuse(value, `\`${key}: host\` lets the container see the whole machine`);
  }
  if (namespaces.includes(key) && /^(?:service|container):/.test(shared)) {
    refuse(value, `\`${key}: ${shared}\` lets the container into another one`);
  }
  for (const item of value.kind === 'sequence' ? value.items : []) {
    const word = item.kind === 'scalar' ? String(item.value) : '';
    if (key === 'security_opt' && /unconfined$|^label[:=]disable$/.test(word)) {
      refuse(item, `\`${word}\` takes away what keeps the container from the machine`);
    }
    if (key === 'devices' && /^\/dev\/(?:k?mem|port|sd|nvme|[xh]?vd|dm-|mapper|loop)/.test(word)) {
      refuse(item, `\`${word}\` is the memory or a disk of the machine`);
    }
  }
  if (key === 'cap_add' && value.kind === 'sequence') {
    for (const item of value.items) {
      if (item.kind !== 'scalar' || !capabilities.test(String(item.value))) continue;
      refuse(item, `the capability ${item.value} is as good as the whole machine`);
    }
  }
  if (key === 'volumes' && value.kind === 'sequence') {
    for (const item of value.items) {
      const source = mountSource(item);
      if (source === undefined) continue;
      if ((ownVolumes as readonly string[]).includes(source)) {
        found.add('error', 'reference-compose', item.at, `\`${source}\` is a volume of the proxy`, {
          why: 'it holds certificates and their keys',
          help: 'give the volume another name',
        });
      }
      if (!givesAway(source)) continue;
      refuse(item, `\`${source}\` is the machine itself, or the socket that commands it`);
    }
  }
}

/** The host's side of a mount, in either form; nothing where docker makes an unnamed volume. */
export function mountSource(item: Node): string | undefined {
  if (item.kind === 'scalar') {
    const [source, target] = String(item.value).split(/:(?!-|\?|\+)/);
    return target === undefined ? undefined : source;
  }
  const source = get(item, 'source') ?? get(item, 'src');
  return source?.kind === 'scalar' ? String(source.value) : undefined;
}

function givesAway(source: string): boolean {
  // What a variable stands for where nobody sets it.
  const path = source
    .replace(/\$\{\w+:?[-+]([^{}]*)\}/g, '$1')
    .replace(/\/+(?:\.?\/+)*/g, '/')
    .replace(/(.)\/\.?$/, '$1');
  if (/\.sock$/.test(path) && /(?:docker|containerd|podman|crio)/.test(path)) return true;
  return /^\/(?:\.{1,2}\/?)*$|^(?:\/var)?\/run$|^\/(?:etc|proc|sys|dev|boot|root|var)$|^\/(?:proc|var\/lib\/(?:docker|containerd))(?:\/|$)/.test(
    path,
  );
}

/** One sick container must not keep another from its start. */
function waiting(words: Mapping, found: Findings): void {
  const depends = get(words, 'depends_on');
  if (!depends) return;
  found.add('error', 'reference-compose', depends.at, 'a container of the edge waits for no other', {
    why: 'with one that is sick nothing behind it would start, and names end at the machine',
    help: 'leave it out: proxies and applications find each other by name as soon as they run',
  });
}
