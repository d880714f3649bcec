import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Binary } from './binaries.ts';

/**
 * The same program on a machine whose only DNS server is the one at this address (port 53): it sees another
 * /etc/resolv.conf than everybody else, in a mount namespace of its own. `folder` takes its launcher.
 */
export function withResolver(binary: Binary, folder: string, address: string): Binary {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${address}\noptions ndots:0\n`);
  const inside = `mount --bind '${file}' /etc/resolv.conf && exec "$@"`;
  const alone = ['-m', '/bin/sh', '-c', inside, 'sh'];
  const { status, stderr } = spawnSync('unshare', [...alone, 'true'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `names are tested as root on Linux, with a mount namespace for /etc/resolv.conf: unshare -m says ${stderr || 'nothing'}`,
    );
  }
  const path = join(folder, `${binary.program}-${binary.age}`);
  const words = alone.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\nexec unshare ${words} '${binary.path}' "$@"\n`, { mode: 0o755 });
  return { ...binary, path };
}
