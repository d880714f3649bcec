import { ownServices } from '../model/machines.ts';
import { below, type Schema, schema } from '../schema/schema.ts';
import { type Node, toData } from '../source/node.ts';

export interface ComposeService {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly environment: readonly { readonly key: string; readonly value: string }[];
}

/** What a topology cannot say, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Imported {
  readonly services: readonly ComposeService[];
  readonly leftOut: readonly LeftOut[];
}

const services = below(schema, 'services') ?? {};
const service = below(services, 'any') ?? {};
const environment = below(service, 'environment') ?? {};
/** Every key that is read; what else a service has is left out and told. */
const readKeys = ['image', 'ports', 'expose', 'environment'];

/** The services of a compose file that a topology can say: those with an image and a port. */
export function servicesOfCompose(root: Node): Imported {
  const found: ComposeService[] = [];
  const leftOut: LeftOut[] = [];
  for (const [name, value] of Object.entries(record(record(toData(root)).services))) {
    const given = record(value);
    const { image } = given;
    const [port, ...further] = portsOf(given);
    const why = imageProblem(image) ?? nameProblem(name);
    if (why !== undefined || typeof image !== 'string' || port === undefined) {
      leftOut.push({ what: `\`${name}\``, why: why ?? 'it says no TCP port (`ports` or `expose`)' });
      continue;
    }
    const variables = environmentOf(given.environment);
    found.push({ name, image, port, environment: variables.kept });
    const others = Object.keys(given).filter((key) => !readKeys.includes(key));
    if (further.length > 0)
      leftOut.push(of(name, further.map(String), 'a service has one port, and the first is taken'));
    leftOut.push(...variables.leftOut.map(({ what, why }) => of(name, [what], why)));
    if (others.length > 0) leftOut.push(of(name, others, 'a topology has no such key'));
  }
  return { services: found, leftOut };
}

function of(name: string, parts: readonly string[], why: string): LeftOut {
  return { what: `${parts.map((part) => `\`${part}\``).join(', ')} of \`${name}\``, why };
}

function nameProblem(name: string): string | undefined {
  if ((ownServices as readonly string[]).includes(name)) return 'the compiler writes a service of that name';
  return matches(services.propertyNames as Schema, name)
    ? undefined
    : 'its name has other characters than lower-case letters, digits, - _ and .';
}

function imageProblem(image: unknown): string | undefined {
  if (typeof image !== 'string') return 'it has no image';
  if (image.includes('$')) return 'its image holds a variable';
  return matches(below(service, 'image'), image) ? undefined : 'its image cannot be read';
}

/** The container's TCP ports, those of `ports` first. Of a range the first. */
function portsOf({ ports, expose }: Record<string, unknown>): number[] {
  const found = [...list(ports), ...list(expose)].flatMap((entry) => {
    const { target, protocol = 'tcp' } = typeof entry === 'object' ? record(entry) : { target: entry };
    const [, digits, udp] = /^(?:.*:)?(\d+)(?:-\d+)?(?:\/(?:tcp|(.+)))?$/.exec(String(target)) ?? [];
    const number = Number(digits);
    return protocol === 'tcp' && udp === undefined && number > 0 && number < 65536 ? [number] : [];
  });
  return [...new Set(found)];
}

/** Values with variables are left to the reader: what they become is known to compose only. */
function environmentOf(value: unknown): { kept: { key: string; value: string }[]; leftOut: LeftOut[] } {
  const pairs = Array.isArray(value)
    ? value.map((line) => String(line).split(/=(.*)/s).slice(0, 2) as [string, string?])
    : Object.entries(record(value));
  const kept: { key: string; value: string }[] = [];
  const leftOut: LeftOut[] = [];
  for (const [key, one] of pairs) {
    const why = !matches(environment.propertyNames as Schema, key)
      ? 'it is no name of a variable'
      : one === undefined || one === null
        ? 'its value comes from the shell'
        : String(one).includes('$')
          ? 'its value holds a variable'
          : undefined;
    if (why === undefined) kept.push({ key, value: String(one) });
    else leftOut.push({ what: key, why });
  }
  return { kept, leftOut };
}

function matches({ pattern }: Schema = {}, text: string): boolean {
  return pattern === undefined || new RegExp(pattern, 'u').test(text);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
