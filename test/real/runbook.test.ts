import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { writeCertificates } from '../../src/cli/loopback.ts';
import { freePort } from '../../src/cli/ports.ts';
import { compile } from '../../src/compile.ts';
import { launch, type Running, untilReady } from '../../src/drill/process.ts';
import { acmePrograms } from '../proxies/acme.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { analyseFor, loopbackLayout } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import { finish } from '../proxies/process.ts';

const targets = join(import.meta.dirname, '../targets');
const [compose] = requireBinaries('docker-compose');

/** What a person copies from a runbook. */
const commandsOf = (text: string): string[] => [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);

const text = (proxy: string): string => `
edge: { proxy: ${proxy} }
acme: { ca: "https://127.0.0.1:1/dir" }
machines: { one: { address: 10.0.0.2, edge: true }, two: { address: 10.0.0.3 } }
services:
  web: { image: "x:1", port: 80, instances: [{ machine: one }, { machine: two, publish: 3100 }] }
sites:
  a.internal: { respond: { body: a }, tls: internal }
  b.example.com: { upstream: web }
`;

/** `docker` for the test: compose itself looks at each file, name and flag; what runs in a container runs here. */
const docker = `#!/bin/bash
set -euo pipefail
[ "$1 $2" = 'compose -f' ] || { echo "what is $*?" >&2; exit 1; }
file=$3 word=$4
shift 4
known() {
    [ -e "$FOLDER/known/$1" ] || { mkdir -p "$FOLDER/known/$1"; "$COMPOSE" "\${@:2}" >"$FOLDER/known/$1/said"; }
    tr '\\n' ' ' <"$FOLDER/known/$1/said"
}
services=" $(known "\${file##*/}" -f "$file" config --services) "
help=" $(known "$word" "$word" --help) "
while [ $# -gt 0 ]; do
    case $1 in
        --tail) shift ;;
        -*) [[ $help == *" $1"[\\ ,]* ]] || { echo "$word has no $1" >&2; exit 1; } ;;
        *)
            [[ $services == *" $1 "* ]] || { echo "$file has no $1" >&2; exit 1; }
            if [ "$word" = exec ]; then
                shift
                mapped=()
                for one in "$@"; do
                    one=\${one//\\/etc\\/edge/$FOLDER}
                    one=\${one//\\/etc\\/caddy/$FOLDER/caddy}
                    mapped+=("\${one//\\/data\\/caddy/$FOLDER/data/caddy}")
                done
                exec "\${mapped[@]}"
            fi
            ;;
    esac
    shift
done
`;

describeEachProxy('the runbook for $program $version', (binary: Binary) => {
  const isNginx = binary.program === 'nginx';
  it.skipIf(!compose)('has commands that work', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxywright-runbook-'));
    let running: Running | undefined;
    try {
      const ports = new Map<number, number>();
      for (const port of [80, 443, 2019]) ports.set(port, await freePort());
      const { topology: alone } = analyseFor(binary, text(binary.program));
      const topology = {
        ...alone,
        targetIds: [...alone.targetIds, 'compose' as const],
        targets: { ...alone.targets, compose: {} },
      };
      const places = loopbackLayout({
        folder,
        ports,
        servers: new Map([
          ['web:80', '127.0.0.1:1'],
          ['10.0.0.3:3100', '127.0.0.1:1'],
        ]),
      });
      const { admin: _off, ...caddy } = places.caddy;
      const layout = { ...places, caddy };
      const write = (path: string, content: string, mode = 0o644): void => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content, { mode });
      };
      for (const file of compile(topology, { layout })) {
        // The port of Caddy's own interface is fixed where nothing says another one.
        write(file.path, file.text.replace(/^\{$/m, `{\n\tadmin 127.0.0.1:${ports.get(2019)}`));
      }
      if (isNginx) writeCertificates(topology, layout);
      else write('data/caddy/certificates/of-a-ca/b.example.com/b.example.com.crt', '');
      write('bin/docker', docker, 0o755);
      const real = isNginx ? `'${binary.path}' -e stderr -p '${folder}/'` : `'${binary.path}'`;
      write(`bin/${binary.program}`, `#!/bin/sh\nexec ${real} "$@"\n`, 0o755);
      const renewal = 'renew --force-renewal --no-random-sleep-on-renew --cert-name b.example.com';
      write('bin/certbot', `#!/bin/sh\n[ "$*" = '${renewal}' ]\n`, 0o755);
      write(
        'bin/curl',
        `#!/bin/sh\nexec '${requireBinaries('curl')[0]?.path ?? '/usr/bin/curl'}' --connect-to '::127.0.0.1:${ports.get(443)}' "$@"\n`,
        0o755,
      );
      const env = {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        FOLDER: folder,
        COMPOSE: compose?.path ?? '',
        HOME: folder,
        XDG_DATA_HOME: join(folder, 'data'),
        XDG_CONFIG_HOME: folder,
      };
      const git = (...args: string[]) =>
        execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
      git('init', '-q');
      for (const message of ['before', 'after']) {
        git('add', 'RUNBOOK.md', 'compose', isNginx ? 'nginx' : 'caddy');
        git('commit', '-q', '--allow-empty', '-m', message);
      }
      chmodSync(folder, 0o755);
      const start = isNginx
        ? ['nginx', '-c', join(folder, 'nginx/nginx.conf'), '-g', 'daemon off;']
        : ['caddy', 'run', '--config', join(folder, 'caddy/Caddyfile')];
      const started = async (): Promise<Running> => {
        const process = launch(join(folder, 'bin', start[0] ?? ''), start.slice(1), folder, env);
        await untilReady(process, [ports.get(80) ?? 0, ports.get(443) ?? 0]);
        return process;
      };
      running = await started();

      const blocks = commandsOf(readFileSync(join(folder, 'RUNBOOK.md'), 'utf8'));
      expect(blocks.length).toBeGreaterThan(7);
      for (const code of blocks) {
        const done = await finish('/bin/bash', ['-euo', 'pipefail', '-c', code], { folder, env, timeoutMs: 60_000 });
        expect({ ...done, typed: code }, running.log()).toMatchObject({ code: 0 });
        if (code.includes('curl')) expect(done.stdout).toContain('200');
      }
      if (isNginx) return;
      await renews(folder, ports.get(443) ?? 0, env, async () => {
        await running?.stop();
        running = await started();
      });
    } finally {
      await running?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Caddy finds no certificate after a restart, and gets another one. */
async function renews(
  folder: string,
  port: number,
  env: Record<string, string>,
  restart: () => Promise<void>,
): Promise<void> {
  const first = await serial(port);
  const remove = commandsOf(readFileSync(join(folder, 'RUNBOOK.md'), 'utf8'))
    .join('')
    .match(/^.*certificates.*$/m)?.[0];
  const code = (remove ?? 'false').replaceAll('b.example.com', 'a.internal');
  const { status, stderr } = spawnSync('/bin/bash', ['-euo', 'pipefail', '-c', code], { cwd: folder, env });
  expect(status, String(stderr)).toBe(0);
  await restart();
  expect(await serial(port)).not.toBe(first);
}

/** The number of the certificate, as soon as there is one. */
async function serial(port: number): Promise<string> {
  const once = (): Promise<string | undefined> =>
    new Promise((done) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'a.internal', rejectUnauthorized: false }, () => {
        done(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      }).once('error', () => done(undefined));
    });
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(50)) {
    const seen = await once();
    if (seen !== undefined) return seen;
  }
  throw new Error('no handshake');
}

it('shellcheck has nothing to say about the commands of any runbook', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxywright-shellcheck-'));
  const scripts = readdirSync(targets).flatMap((name, number) => {
    const file = join(targets, name, 'expected/RUNBOOK.md');
    const blocks = spawnSync('cat', [file]).stdout.toString();
    return commandsOf(blocks).map((code, at) => {
      const script = join(folder, `${number}-${at}.sh`);
      writeFileSync(script, code);
      return script;
    });
  });
  expect(scripts.length).toBeGreaterThan(100);
  const result = await finish(join(acmePrograms(), 'bin/shellcheck'), ['-s', 'sh', ...scripts], { folder });
  rmSync(folder, { recursive: true, force: true });
  expect(result).toMatchObject({ code: 0, stdout: '' });
});
