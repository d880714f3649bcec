import { pageFiles } from '../../model/error-pages.ts';
import { flagFolder } from '../../model/maintenance.ts';
import { portOf } from '../../model/references.ts';
import type { Instance, Machine, Service, Site, Topology } from '../../model/topology.ts';
import { caDirectory } from '../acme.ts';
import { folderOf } from '../files.ts';
import { targets } from '../index.ts';
import { baseName, siteFolder } from '../layout.ts';
import { offersHttp3 } from '../tls.ts';
import type { ComposeContext, Container, Mount } from './directives.ts';
import { furtherWords, namedVolumes } from './further.ts';

/** The containers of one machine: the live proxy and its certificate client on the edge, then the services. */
export function containersOf(
  topology: Topology,
  machine: Machine | undefined,
  isEdge: boolean,
  fixed: ReadonlyMap<string, string>,
  context: ComposeContext,
): Container[] {
  return [
    ...(isEdge ? proxyContainers(topology, context, fixed) : []),
    ...(context.shadow ? [] : topology.services).flatMap((service) =>
      service.instances
        .filter((instance) => instance.machine === machine || (isEdge && !instance.machine))
        .map((instance) => appContainer(service, instance, isEdge, fixed, context)),
    ),
  ];
}

const edgeComments = [
  'The edge. Configuration is mounted as a folder: a file of its own would keep its old content',
  'when a build replaces it.',
];

function bind(source: string, target: string): Mount {
  return { type: 'bind', source, target, readOnly: true };
}

function volume(source: string, target: string, readOnly: boolean): Mount {
  return { type: 'volume', source, target, readOnly };
}

function proxyContainers(topology: Topology, context: ComposeContext, hosts: ReadonlyMap<string, string>): Container[] {
  const ports = publishedPorts(topology);
  // The edge's own port, not a page of a server behind it: a sick application must not take the edge down.
  const health = ['CMD', 'nc', '-z', '127.0.0.1', String(ports[0])];
  const published = [
    ...ports.map((port) => `${port}:${port}`),
    ...udpPorts(topology).map((port) => `${port}:${port}/udp`),
  ];
  const files = [...certificateMounts(topology, context), ...folderMounts(topology, context)];
  if (topology.edge.proxy.value === 'caddy') {
    return [
      {
        comments: edgeComments,
        name: 'caddy',
        image: `caddy:${targets.caddy.version(topology).text}`,
        ports: published,
        volumes: [
          bind(`../${folderOf('caddy', topology)}`, '/etc/caddy'),
          volume('caddy-data', '/data', false),
          volume('caddy-config', '/config', false),
          ...files,
        ],
        health,
      },
    ];
  }
  const made = certificates(topology).length > 0;
  const nginx: Container = {
    comments: edgeComments,
    name: 'nginx',
    image: `nginx:${targets.nginx.version(topology).text}-alpine`,
    commandKey: 'command',
    command: made
      ? ['/bin/sh', '/etc/edge/acme/nginx.sh']
      : ['nginx', '-c', '/etc/edge/nginx/nginx.conf', '-g', 'daemon off;'],
    ports: published,
    volumes: [
      bind(`../${folderOf('nginx', topology)}`, '/etc/edge/nginx'),
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
  return made ? [nginx, certbot(topology, context)] : [nginx];
}

function certbot({ acme, edge }: Topology, { caRoot }: ComposeContext): Container {
  return {
    comments: ['Certificates: a placeholder at once, so that nginx starts; then real ones, and renewals.'],
    name: 'certbot',
    image: 'certbot/certbot:v4.0.0',
    commandKey: 'entrypoint',
    command: ['/bin/sh', '/etc/edge/acme/certbot.sh'],
    environment: new Map([
      ['ACME_EMAIL', acme.email?.value ?? ''],
      ['ACME_SERVER', caDirectory(acme) ?? ''],
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
  context: ComposeContext,
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
    isTemplate: true,
    environment: new Map([...instance.environment].map(([key, { value }]) => [key, value])),
    ports: published,
    ...(isEdge ? { expose: String(port) } : {}),
    ...(own === undefined ? {} : { address: own }),
    further: furtherWords(service, context),
    named: namedVolumes(service),
  };
}

/** HTTP/3 comes to the UDP ports of the same numbers, where the live proxy has it. */
function udpPorts(topology: Topology): number[] {
  const { edge, sites } = topology;
  const { capabilities, version } = targets[edge.proxy.value];
  if (!offersHttp3(topology, capabilities, version(topology))) return [];
  const secure = sites.filter(({ tls }) => tls.value.mode !== 'none');
  return [...new Set(secure.map((site) => portOf(site, edge)))];
}

/** The ports that clients reach, plain http first. */
function publishedPorts({ sites, edge }: Topology): number[] {
  return [...new Set([edge.http_port.value, ...sites.map((site) => portOf(site, edge))])];
}

function certificateMounts({ sites, pools }: Topology, { layout, hostPath }: ComposeContext): Mount[] {
  // The folder, not the file: a renewed certificate is often a new file under the old name.
  const mount = (here: string, there: string): Mount => bind(parentOf(hostPath(here)), parentOf(there));
  const trusted = new Set(pools.flatMap(({ tls }) => tls?.ca?.value ?? []));
  const cas = [...trusted].map((ca) => mount(ca, layout.poolCa(ca)));
  const own = sites.flatMap(({ id, tls: { value } }): Mount[] => {
    if (value.mode === 'none') return [];
    const ca = value.client?.ca.value;
    const client = ca === undefined ? [] : [mount(ca, layout.clientCa(id, ca))];
    if (value.mode !== 'files') return client;
    const { certificate, key } = value;
    const there = layout.certificate(id, { certificate: certificate.value, key: key.value });
    return [mount(certificate.value, there.certificate), mount(key.value, there.key), ...client];
  });
  const targets = new Map([...own, ...cas].map((one) => [one.target, one]));
  return [...targets.values()];
}

/** The folders of the routes that serve files, and the pages of errors. */
function folderMounts({ sites }: Topology, { layout, hostPath }: ComposeContext): Mount[] {
  const mounts = sites.flatMap(({ id, routes, errorPages = [] }) => {
    const pages = [errorPages, ...routes.map((route) => route.errorPages ?? [])].flat();
    const folders = routes.flatMap((route) => (route.action === 'files' ? [route.root.value] : []));
    const closed = routes.flatMap(({ maintenance }) => [
      ...(maintenance?.page ? [maintenance.page.value] : []),
      ...(maintenance?.flag ? [flagFolder(maintenance.flag.value)] : []),
    ]);
    return [...folders, ...pageFiles(pages).map(({ value }) => value), ...closed].map((path) =>
      bind(hostPath(path), layout.files(id, path)),
    );
  });
  return [...new Map(mounts.map((mount) => [mount.target, mount])).values()];
}

function parentOf(path: string): string {
  if (!path.includes('/')) return '.';
  return path.slice(0, -baseName(path).length - 1) || '/';
}

export interface Certificate {
  readonly mode: 'acme' | 'internal';
  readonly folder: string;
  readonly names: readonly string[];
}

/** The certificates that nginx cannot get itself. */
export function certificates({ sites, edge }: Topology): Certificate[] {
  if (edge.proxy.value !== 'nginx') return [];
  return sites.flatMap((site: Site) => {
    const { mode } = site.tls.value;
    if (mode === 'none' || mode === 'files') return [];
    const others = [...site.aliases, ...site.redirectFrom].map(({ value }) => value);
    const names = [site.name ?? 'default.invalid', ...others].map((name) => name.replace(/^\[(.*)\]$/, '$1'));
    return [{ mode, folder: siteFolder(site.id), names }];
  });
}
