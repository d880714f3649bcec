import type { Machine, Topology } from '../../model/topology.ts';
import { madeBy, type OutputFile } from '../files.ts';
import { render, type View } from '../render.ts';
import { fixedAddresses, subnet } from './addresses.ts';
import type { ComposeContext, Container } from './directives.ts';
import { certificates, containersOf } from './lower.ts';
import { composeList, composeTemplate, composeToken } from './tokens.ts';

/** One fragment for each machine, and what the certificate client of nginx needs. `seen`: as each edge sees it. */
export function emitCompose(seen: readonly Topology[], context: ComposeContext): OutputFile[] {
  const [topology] = seen;
  if (!topology) return [];
  const fragment = (own: Topology, machine: Machine | undefined, isEdge: boolean): OutputFile => {
    const text = render('compose/machine.yaml', machineView(own, machine, isEdge, context));
    return { path: `compose/${machine?.name ?? 'edge'}.yaml`, text, target: 'compose' };
  };
  const others = context.shadow ? [] : topology.machines.filter(({ edge }) => !edge);
  return [
    ...seen.map((own) => fragment(own, own.here, true)),
    ...others.map((machine) => fragment(topology, machine, false)),
    ...acmeFiles(topology, context),
  ];
}

function machineView(topology: Topology, machine: Machine | undefined, isEdge: boolean, context: ComposeContext): View {
  const fixed = isEdge && !context.shadow ? fixedAddresses(topology) : new Map<string, string>();
  const list = containersOf(topology, machine, isEdge, fixed, context);
  const volumes = [
    ...new Set(
      list.flatMap(({ volumes = [], named = [] }) => [
        ...volumes.flatMap(({ type, source }) => (type === 'volume' ? [source] : [])),
        ...named,
      ]),
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
    namedVolumes: volumes.map(composeToken),
  };
}

function containerView(one: Container): View {
  const own = one.isTemplate ? composeTemplate : composeToken;
  const pairs = (map: ReadonlyMap<string, string> | undefined, token: (value: string) => string) =>
    [...(map ?? [])].map(([key, value]) => ({ key: composeToken(key), value: token(value) }));
  const environment = pairs(one.environment, own);
  const hosts = pairs(one.hosts, composeToken);
  return {
    comments: one.comments,
    name: composeToken(one.name),
    image: own(one.image),
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
    restarts: !one.further?.has('restart'),
    logs: !one.further?.has('logging'),
    further: [...(one.further ?? [])].map(([key, value]) => ({ key: composeToken(key), value })),
  };
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
