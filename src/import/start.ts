import { stringify } from 'yaml';
import { render } from '../targets/render.ts';
import type { ComposeService } from './compose.ts';

/** What a new topology says, as far as somebody has said it. */
export interface Beginning {
  readonly services: readonly ComposeService[];
  /** Absent: two that show how they are written. */
  readonly servers?: readonly string[];
  readonly site?: string;
  /** For the CA. */
  readonly email?: string;
}

/** A commented topology to start from. */
export function beginningText({ services, servers, site = 'www.example.com', email }: Beginning): string {
  const [first] = services;
  // A pool and a service of one name would be ambiguous.
  const pool = ['web', 'app', 'site'].find((name) => services.every((service) => service.name !== name)) ?? 'pool';
  return render('init/topology.yaml', {
    email: email === undefined ? false : scalar(email),
    services: services.length > 0 && services.map(serviceView),
    pool,
    service: first ? scalar(first.name) : false,
    alone: first !== undefined || servers?.length === 1,
    servers: servers ? servers.map(scalar) : false,
    site: scalar(site),
  });
}

/** Only the first service gets a pool; that nothing asks the others is no news for who reads the new file. */
function serviceView({ name, image, port, environment }: ComposeService, index: number) {
  return {
    name: scalar(name),
    image: scalar(image),
    port: String(port),
    unused: index > 0,
    hasEnvironment: environment.length > 0,
    environment: environment.map(({ key, value }) => ({ key: scalar(key), value: JSON.stringify(value) })),
  };
}

/** Text as a YAML scalar: in quotes where it would be a number, `true` or `null`. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}
