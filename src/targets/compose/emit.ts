import { portOf } from '../../model/references.ts';
import type { Instance, Machine, Service, Site, Topology } from '../../model/topology.ts';
import { lowerCaddy } from '../caddy/lower.ts';
import { madeBy, type OutputFile } from '../files.ts';
import { baseName, type Layout, siteFolder } from '../layout.ts';
import { lowerNginx } from '../nginx/lower.ts';
import { render, type View } from '../render.ts';
import { fixedAddresses, subnet } from './addresses.ts';
import { composeList, composeToken } from './tokens.ts';

/** What the fragments need to know about the machine that builds. */
export interface ComposeContext {
  readonly layout: Layout;
  /** A path of the topology (relative to its file) → the path as the fragments write it (relative to them). */
  hostPath(path: string): string;
  /** Beside a running edge: the proxy alone, in the network of the live project. */
  readonly shadow: boolean;
  /** PEM text of a private CA. */
  readonly caRoot?: string;
}

/** One fragment for each machine, and what the certificate client of nginx needs. */
export function emitCompose(topology: Topology, context: ComposeContext): OutputFile[] {
  const edge = topology.machines.find((machine) => machine.edge);
  const all: readonly (Machine | undefined)[] = topology.machines.length > 0 ? topology.machines : [undefined];
  const machines = context.shadow ? [edge] : all;
  const fragments = machines.map((machine): OutputFile => {
    const isEdge = machine === edge;
    const text = render('compose/machine.yaml', machineView(topology, machine, isEdge, context));
    return { path: `compose/${machine?.name ?? 'edge'}.yaml`, text, target: 'compose' };
  });
  return [...fragments, ...acmeFiles(topology, context)];
}

interface Container {
  readonly comments: readonly string[];
  readonly name: string;
  readonly image: string;
  readonly commandKey?: 'command' | 'entrypoint';
  readonly command?: readonly string[];
  readonly environment?: ReadonlyMap<string, string>;
  readonly ports?: readonly string[];
  readonly expose?: string;
  readonly volumes?: readonly Mount[];
  readonly dependsOn?: string;
  readonly hosts?: ReadonlyMap<string, string>;
  readonly health?: readonly string[];
  readonly address?: string;
}

interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

function machineView(topology: Topology, machine: Machine | undefined, isEdge: boolean, context: ComposeContext): View {
  const fixed = isEdge && !context.shadow ? fixedAddresses(topology) : new Map<string, string>();
  const list = [
    ...(isEdge ? proxyContainers(topology, context, fixed) : []),
    ...(context.shadow ? [] : topology.services).flatMap((service) =>
      service.instances
        .filter((instance) => instance.machine === machine || (isEdge && !instance.machine))
        .map((instance) => appContainer(service, instance, isEdge, fixed)),
    ),
  ];
  const volumes = [
    ...new Set(
      list.flatMap(({ volumes = [] }) => volumes.flatMap(({ type, source }) => (type === 'volume' ? [source] : []))),
    ),
  ];
  const where = machine ? `machine ${machine.name} (${machine.address.value})` : 'the edge machine';
  return {
    madeBy,
    comment: `Run on ${where}: docker compose -f ${machine?.name ?? 'edge'}.yaml up -d`,
    project: context.shadow ? 'edge-shadow' : 'edge',
    // Docker calls the network of a project PROJECT_NAME.
    live: context.shadow && 'edge_edge',
    services: list.map(containerView),
    subnet: fixed.size > 0 && `${subnet}.0/24`,
    hasNamedVolumes: volumes.length > 0,
    namedVolumes: volumes,
  };
}

function containerView(one: Container): View {
  const pairs = (map: ReadonlyMap<string, string> | undefined) =>
    [...(map ?? [])].map(([key, value]) => ({ key: composeToken(key), value: composeToken(value) }));
  const environment = pairs(one.environment);
  const hosts = pairs(one.hosts);
  return {
    comments: one.comments,
    name: composeToken(one.name),
    image: composeToken(one.image),
    commandKey: one.commandKey ?? false,
    command: one.command ? composeList(one.command) : false,
    hasEnvironment: environment.length > 0,
    environment,
    hasPorts: (one.ports ?? []).length > 0,
    ports: (one.ports ?? []).map((port) => `"${port}"`),
    expose: one.expose ? `"${one.expose}"` : false,
    hasVolumes: (one.volumes ?? []).length > 0,
    volumes: (one.volumes ?? []).map(({ type, source, target, readOnly }) => ({
      type,
      source: composeToken(source),
      target: composeToken(target),
      readOnly,
    })),
    dependsOn: one.dependsOn ?? false,
    hasHosts: hosts.length > 0,
    hosts,
    health: one.health ? composeList(one.health) : false,
    address: one.address ?? false,
  };
}

function proxyContainers(topology: Topology, context: ComposeContext, hosts: ReadonlyMap<string, string>): Container[] {
  const ports = publishedPorts(topology);
  // The edge's own port, not a page of a server behind it: a sick application must not take the edge down.
  const health = ['CMD', 'nc', '-z', '127.0.0.1', String(ports[0])];
  const published = ports.map((port) => `${port}:${port}`);
  const files = certificateMounts(topology, context);
  const bind = (source: string, target: string): Mount => ({ type: 'bind', source, target, readOnly: true });
  const volume = (source: string, target: string, readOnly: boolean): Mount => ({
    type: 'volume',
    source,
    target,
    readOnly,
  });
  if (topology.edge.proxy.value === 'caddy') {
    const { version } = lowerCaddy(topology);
    return [
      {
        comments: [
          'The edge. Configuration is mounted as a folder: a file of its own would keep its old content',
          'when a build replaces it.',
        ],
        name: 'caddy',
        image: `caddy:${version.text}`,
        ports: published,
        volumes: [
          bind('../caddy', '/etc/caddy'),
          volume('caddy-data', '/data', false),
          volume('caddy-config', '/config', false),
          ...files,
        ],
        health,
      },
    ];
  }
  const { version } = lowerNginx(topology);
  const made = certificates(topology).length > 0;
  const nginx: Container = {
    comments: [
      'The edge. Configuration is mounted as a folder: a file of its own would keep its old content',
      'when a build replaces it.',
    ],
    name: 'nginx',
    image: `nginx:${version.text}-alpine`,
    commandKey: 'command',
    command: made
      ? ['/bin/sh', '/etc/edge/acme/nginx.sh']
      : ['nginx', '-c', '/etc/edge/nginx/nginx.conf', '-g', 'daemon off;'],
    ports: published,
    volumes: [
      bind('../nginx', '/etc/edge/nginx'),
      ...(made
        ? [
            bind('./acme', '/etc/edge/acme'),
            volume('edge-tls', '/etc/edge/tls', true),
            volume('acme-webroot', '/var/www/acme', true),
          ]
        : []),
      ...files,
    ],
    ...(made ? { dependsOn: 'certbot' } : {}),
    hosts,
    health,
  };
  return made ? [nginx, certbot(topology, context, volume, bind)] : [nginx];
}

function certbot(
  { acme, edge }: Topology,
  { caRoot }: ComposeContext,
  volume: (source: string, target: string, readOnly: boolean) => Mount,
  bind: (source: string, target: string) => Mount,
): Container {
  const staging = 'https://acme-staging-v02.api.letsencrypt.org/directory';
  const server = acme.ca.value === 'production' ? '' : acme.ca.value === 'staging' ? staging : acme.ca.value;
  return {
    comments: ['Certificates: a placeholder at once, so that nginx starts; then real ones, and renewals.'],
    name: 'certbot',
    image: 'certbot/certbot:v4.0.0',
    commandKey: 'entrypoint',
    command: ['/bin/sh', '/etc/edge/acme/certbot.sh'],
    environment: new Map([
      ['ACME_EMAIL', acme.email?.value ?? ''],
      ['ACME_SERVER', server],
      ['EDGE_PROBE', `http://nginx:${edge.http_port.value}`],
      ...(caRoot === undefined ? [] : [['REQUESTS_CA_BUNDLE', '/etc/edge/acme/ca-root.pem'] as const]),
    ]),
    volumes: [
      bind('./acme', '/etc/edge/acme'),
      volume('letsencrypt', '/etc/letsencrypt', false),
      volume('edge-tls', '/etc/edge/tls', false),
      volume('acme-webroot', '/var/www/acme', false),
    ],
    health: ['CMD', 'test', '-e', '/etc/edge/tls/.ready'],
  };
}

function appContainer(
  service: Service,
  instance: Instance,
  isEdge: boolean,
  fixed: ReadonlyMap<string, string>,
): Container {
  const port = service.port.value;
  const address = instance.machine?.address.value;
  const published =
    instance.publish && address
      ? [`${address.includes(':') ? `[${address}]` : address}:${instance.publish.value}:${port}`]
      : [];
  const own = fixed.get(instance.name);
  return {
    comments:
      published.length > 0 ? ['Published on the private address only: docker’s rules come before the firewall’s.'] : [],
    name: instance.name,
    image: service.image.value,
    environment: new Map([...instance.environment].map(([key, { value }]) => [key, value])),
    ports: published,
    ...(isEdge ? { expose: String(port) } : {}),
    ...(own === undefined ? {} : { address: own }),
  };
}

/** The ports that clients reach, plain http first. */
function publishedPorts({ sites, edge }: Topology): number[] {
  return [...new Set([edge.http_port.value, ...sites.map((site) => portOf(site, edge))])];
}

function certificateMounts({ sites }: Topology, { layout, hostPath }: ComposeContext): Mount[] {
  return sites.flatMap(({ id, tls: { value } }): Mount[] => {
    if (value.mode !== 'files') return [];
    const there = layout.certificate(id, { certificate: value.certificate.value, key: value.key.value });
    // The folder, not the file: a renewed certificate is often a new file under the old name.
    return [
      {
        type: 'bind',
        source: folderOf(hostPath(value.certificate.value)),
        target: folderOf(there.certificate),
        readOnly: true,
      },
      { type: 'bind', source: folderOf(hostPath(value.key.value)), target: folderOf(there.key), readOnly: true },
    ];
  });
}

function folderOf(path: string): string {
  if (!path.includes('/')) return '.';
  return path.slice(0, -baseName(path).length - 1) || '/';
}

interface Certificate {
  readonly mode: 'acme' | 'internal';
  readonly folder: string;
  readonly names: readonly string[];
}

/** The certificates that nginx cannot get itself. */
function certificates({ sites, edge }: Topology): Certificate[] {
  if (edge.proxy.value !== 'nginx') return [];
  return sites.flatMap((site: Site) => {
    const { mode } = site.tls.value;
    if (mode === 'none' || mode === 'files') return [];
    const others = [...site.aliases, ...site.redirectFrom].map(({ value }) => value);
    const names = [site.name ?? 'default.invalid', ...others].map((name) => name.replace(/^\[(.*)\]$/, '$1'));
    return [{ mode, folder: siteFolder(site.id), names }];
  });
}

function acmeFiles(topology: Topology, { caRoot }: ComposeContext): OutputFile[] {
  const list = certificates(topology);
  if (list.length === 0) return [];
  const view: View = {
    madeBy,
    certificates: list.map(({ mode, folder, names }) => ({ mode, folder, names: names.join(' ') })),
  };
  return [
    { path: 'compose/acme/certificates.txt', text: render('compose/certificates.txt', view), target: 'compose' },
    {
      path: 'compose/acme/certbot.sh',
      text: render('compose/certbot.sh', { madeBy }),
      executable: true,
      target: 'compose',
    },
    {
      path: 'compose/acme/nginx.sh',
      text: render('compose/nginx.sh', { madeBy }),
      executable: true,
      target: 'compose',
    },
    ...(caRoot === undefined ? [] : [{ path: 'compose/acme/ca-root.pem', text: caRoot, target: 'compose' } as const]),
  ];
}
