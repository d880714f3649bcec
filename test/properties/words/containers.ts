import fc from 'fast-check';
import { at, pick, some, type Words, withoutNothing } from './draw.ts';

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '').replace(/\$\{+/g, '$')),
  fc.integer(),
  fc.boolean(),
  pick('yes', 'null', '~', '1.10', '$HOME', '$$', '  x ', 'a\nb\n', '*x', '# no comment', '{a: b}', '*/'),
  pick('${TAG:-1}', '${NO:-a b}/$x', '$${literal}'),
);
const environment = fc.dictionary(pick('A', 'SERVER_ID', '_x', 'null', 'y', 'a.b-c', 'PATH'), value, { maxKeys: 4 });

export const machineNames = ['server-1', 'a', '0'];
const machineAddresses = ['10.0.0.2', 'fd00::2', '192.168.2.254'];
const containerWords = fc
  .record({
    user: some(pick('1000:1000', 'root')),
    read_only: some(fc.boolean()),
    restart: some(pick('no', 'always', 'unless-stopped')),
    command: some(fc.array(value.map(String), { minLength: 1, maxLength: 3 })),
    'x-note': some(value),
    labels: some(environment),
    volumes: some(
      fc.uniqueArray(
        pick<unknown>(
          'data:/srv/data',
          './themes:/srv/themes:ro',
          { type: 'volume', source: 'cache', target: '/srv/cache' },
          { type: 'bind', source: '../a b', target: '/srv/b' },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    logging: some(fc.constant({ driver: 'journald' })),
  })
  .map((words) => withoutNothing(words));
export const service = fc.record({
  image: pick(
    'nginx',
    'ghcr.io/example/web:1.4.2',
    'ghcr.io/example/web:${TAG:-1.4.2}',
    `localhost:5000/a/b@sha256:${'a'.repeat(64)}`,
  ),
  port: pick(1, 80, 3000, 65535),
  environment: some(environment),
  compose: some(containerWords),
  instances: fc.array(fc.record({ machine: fc.nat(2), publish: fc.boolean(), environment: some(environment) }), {
    maxLength: 4,
  }),
});
type Service = typeof service extends fc.Arbitrary<infer T> ? T : never;
export const serviceNames = fc.uniqueArray(pick('web', 'api', 'job_1', 'x.y', '123', 'null', 'on', '1e3', 'a-b'), {
  maxLength: 4,
});

export function servicesOf(
  choices: { services: readonly Service[]; serviceNames: readonly string[] },
  machines: readonly string[],
  edge: number,
) {
  let published = 4000;
  return choices.serviceNames.flatMap((name, index) => {
    const one = choices.services[index];
    if (!one) return [];
    const instances = one.instances.flatMap(({ machine, publish, environment: own }) => {
      const where = at(machines, machine);
      if (where === undefined) return [];
      const needed = publish || where !== machines[edge];
      return [withoutNothing({ machine: where, publish: needed ? published++ : undefined, environment: own })];
    });
    const words = { image: one.image, port: one.port, environment: one.environment, compose: one.compose };
    return [{ name, words: withoutNothing({ ...words, instances: instances.length > 0 ? instances : undefined }) }];
  });
}

export function machinesOf(names: readonly string[], edge: number): Words {
  return Object.fromEntries(
    names.map((name, index) => [name, { address: machineAddresses[index], ...(index === edge ? { edge: true } : {}) }]),
  );
}
