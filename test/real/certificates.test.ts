import { X509Certificate } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/cli/certificate.ts';
import { finish } from '../proxies/process.ts';

const emitted = join(dirname(fileURLToPath(import.meta.url)), '../targets/nginx runs live/expected/compose/acme');
const folder = mkdtempSync(join(tmpdir(), 'proxywright-certificates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The script as it is emitted, as a process: the paths of its container are mapped by its environment. */
async function certbotScript(argument: string, env: Record<string, string> = {}) {
  const acme = join(folder, 'acme');
  cpSync(emitted, acme, { recursive: true });
  mkdirSync(join(folder, 'tls'), { recursive: true });
  return finish('/bin/sh', [join(acme, 'certbot.sh'), argument], {
    folder,
    env: { PATH: process.env.PATH ?? '', EDGE_ACME: acme, EDGE_TLS: join(folder, 'tls'), ...env },
  });
}

function namesOf(site: string): string | undefined {
  return new X509Certificate(readFileSync(join(folder, 'tls', site, 'fullchain.pem'))).subjectAltName;
}

describe('the certificate client of nginx', () => {
  it('makes a placeholder for each site, so that nginx starts before there is a certificate', async () => {
    await certbotScript('placeholders');
    expect(namesOf('a.example.com')).toBe('DNS:a.example.com, DNS:www.a.example.com');
    expect(namesOf('b.internal')).toBe('DNS:b.internal');
    expect(existsSync(join(folder, 'tls/.ready'))).toBe(true);
    expect(lstatSync(join(folder, 'tls/a.example.com/privkey.pem')).mode & 0o077).toBe(0);
  });

  it('leaves what is there alone', async () => {
    const before = readFileSync(join(folder, 'tls/a.example.com/fullchain.pem'), 'utf8');
    await certbotScript('placeholders');
    expect(readFileSync(join(folder, 'tls/a.example.com/fullchain.pem'), 'utf8')).toBe(before);
  });

  it('replaces a pair by one renamed link, and leaves nothing behind', async () => {
    const lineage = join(folder, 'live/a.example.com');
    mkdirSync(lineage, { recursive: true });
    const pair = selfSigned(['new.example.com']);
    writeFileSync(join(lineage, 'fullchain.pem'), pair.certificate);
    writeFileSync(join(lineage, 'privkey.pem'), pair.key);
    await certbotScript('deployed', { RENEWED_LINEAGE: lineage });
    expect(namesOf('a.example.com')).toBe('DNS:new.example.com');
    expect(lstatSync(join(folder, 'tls/a.example.com')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'tls')).filter((name) => name.startsWith('.a.example.com'))).toHaveLength(1);
  });

  it('keeps the old pair when the new one cannot be read', async () => {
    const result = await certbotScript('deployed', { RENEWED_LINEAGE: join(folder, 'nowhere/a.example.com') });
    expect(result.code).not.toBe(0);
    expect(readdirSync(join(folder, 'tls')).filter((name) => name.startsWith('.a.example.com'))).toHaveLength(1);
    expect(namesOf('a.example.com')).toBe('DNS:new.example.com');
  });
});
