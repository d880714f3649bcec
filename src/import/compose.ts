import { parseDocument } from 'yaml';

export interface ComposeService {
  readonly [key: string]: string | boolean | readonly { key: string; value: string }[];
  readonly name: string;
  readonly image: string;
  readonly port: string;
  readonly hasEnvironment: boolean;
  readonly environment: readonly { key: string; value: string }[];
}

/** The services of a compose file that a topology can say: those with an image and a port. */
export function servicesOfCompose(text: string): {
  services: ComposeService[];
  skipped: { name: string; why: string }[];
} {
  const services: ComposeService[] = [];
  const skipped: { name: string; why: string }[] = [];
  const document = parseDocument(text, { logLevel: 'silent' });
  const found: unknown = document.errors.length > 0 ? undefined : document.toJS();
  for (const [name, value] of entries(record(found).services)) {
    const service = record(value);
    const port = portOf(service);
    const why = !/^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/.test(name)
      ? 'its name has other characters than lower-case letters, digits, - _ and .'
      : ['caddy', 'nginx', 'certbot'].includes(name)
        ? 'the compiler writes a service of that name'
        : typeof service.image !== 'string'
          ? 'it has no image'
          : service.image.includes('$')
            ? 'its image holds a variable'
            : port === undefined
              ? 'it says no port (`ports` or `expose`)'
              : undefined;
    if (why !== undefined || typeof service.image !== 'string') {
      skipped.push({ name, why: why ?? 'it has no image' });
      continue;
    }
    const environment = environmentOf(service.environment);
    services.push({
      name,
      image: service.image,
      port: String(port),
      hasEnvironment: environment.length > 0,
      environment,
    });
  }
  return { services, skipped };
}

/** The container's port: of the first `ports` entry, or of `expose`. */
function portOf(service: Record<string, unknown>): number | undefined {
  for (const entry of [...list(service.ports), ...list(service.expose)]) {
    const text = typeof entry === 'object' ? record(entry).target : entry;
    const digits = /(\d+)(?:\/tcp)?$/.exec(String(text))?.[1];
    if (digits !== undefined && Number(digits) > 0 && Number(digits) < 65536) return Number(digits);
  }
  return undefined;
}

/** Values with variables are left to the reader: what they become is known to compose only. */
function environmentOf(value: unknown): { key: string; value: string }[] {
  const pairs = Array.isArray(value)
    ? value.map((line) => String(line).split(/=(.*)/s).slice(0, 2) as [string, string?])
    : entries(value);
  return pairs.flatMap(([key, one]) =>
    one === undefined || one === null || String(one).includes('$') || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)
      ? []
      : [{ key, value: JSON.stringify(String(one)) }],
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(record(value));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
