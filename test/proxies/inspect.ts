import type { Binary } from './binaries.ts';
import { prepareNginx } from './nginx-config.ts';
import { finish } from './process.ts';

type Env = Readonly<Record<string, string>>;

export interface Verdict {
  readonly ok: boolean;
  /** What the program said, warnings too. */
  readonly output: string;
}

/**
 * `nginx -t`. It opens the listeners for a moment (a taken port is forgiven, a forbidden one is not) and resolves the
 * names of upstreams. nginx.conf is given by its absolute path; files that it names must exist.
 */
export async function testNginx(binary: Binary, folder: string, config: string): Promise<Verdict> {
  const { args, rename } = prepareNginx(folder, config);
  const { code, stdout, stderr } = await finish(binary.path, [...args, '-t'], { folder });
  return { ok: code === 0, output: rename(stdout + stderr) };
}

/** `caddy validate`: adapts, then sets up every module without starting it. */
export async function validateCaddy(binary: Binary, folder: string, config: string, env: Env = {}): Promise<Verdict> {
  const args = ['validate', '--config', config, '--adapter', 'caddyfile'];
  const { code, stdout, stderr } = await finish(binary.path, args, { folder, env });
  return { ok: code === 0, output: stdout + stderr };
}

/** `caddy adapt`: the JSON that Caddy really runs; `config` is undefined when the Caddyfile is refused. */
export async function adaptCaddy(
  binary: Binary,
  folder: string,
  config: string,
  env: Env = {},
): Promise<Verdict & { readonly config: unknown }> {
  const args = ['adapt', '--config', config, '--adapter', 'caddyfile'];
  const { code, stdout, stderr } = await finish(binary.path, args, { folder, env });
  const ok = code === 0;
  return { ok, output: stderr, config: ok ? (JSON.parse(stdout) as unknown) : undefined };
}

/**
 * `caddy fmt`: the text as this version would write it. Through standard input, because with a file name the new version
 * exits with 1 whenever the text changes, and the old one never.
 */
export async function formatCaddy(binary: Binary, folder: string, text: string): Promise<string> {
  const { code, stdout, stderr } = await finish(binary.path, ['fmt', '-'], { folder, input: text });
  if (code !== 0) throw new Error(`caddy fmt: ${stderr}`);
  return stdout;
}

export interface ComposeOptions {
  /** `json` unless told. */
  readonly format?: 'json' | 'yaml';
  readonly profiles?: readonly string[];
  /** Variables for interpolation; nothing of this process's environment is passed on. */
  readonly env?: Env;
}

/** `docker-compose -f … config`: merges, interpolates and validates the files. It needs no docker engine. */
export async function composeConfig(
  binary: Binary,
  folder: string,
  files: readonly string[],
  { format = 'json', profiles = [], env = {} }: ComposeOptions = {},
): Promise<Verdict & { readonly text: string }> {
  const args = files.flatMap((file) => ['-f', file]);
  for (const profile of profiles) args.push('--profile', profile);
  const { code, stdout, stderr } = await finish(binary.path, [...args, 'config', '--format', format], { folder, env });
  return { ok: code === 0, output: stderr, text: stdout };
}
