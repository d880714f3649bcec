import { describe, expect, test } from 'vitest';
import { clean, session } from './session.ts';

const mixed = clean.replace(
  'www.example.com: web',
  `www.example.com:
    routes:
      - { match: { path: /api/* }, upstream: web }
      - { match: { path: /status }, respond: { body: ok } }
      - files: ./public`,
);

describe('routes that the edge answers itself', () => {
  test('are listed without a wait, and explained', async () => {
    const { look } = session({ 'topology.yaml': mixed, 'public/index.html': 'home' });
    expect(JSON.parse((await look(['report', '--format', 'json'])).stdout)).toMatchObject({
      routes: [
        { id: 'www.example.com/api/', upstream: 'web', targets: [{ target: 'caddy' }, { target: 'nginx' }] },
        { id: 'www.example.com=/status', upstream: null, targets: [] },
        { id: 'www.example.com/', upstream: null, targets: [] },
      ],
    });
    expect(await look(['explain', 'www.example.com=/status'])).toMatchObject({
      code: 0,
      stdout: 'www.example.com=/status is answered by the edge itself: nobody waits for a server\n',
    });
  });

  test('need their folder', async () => {
    const built = session({ 'topology.yaml': mixed, 'public/index.html': 'home' });
    expect(await built.run(['build', '-o', 'out'])).toMatchObject({ code: 0 });
    const missing = await session({ 'topology.yaml': mixed }).look(['build', '-o', 'out']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('there is no folder "./public"');
  });

  test('a file is no folder', async () => {
    const done = await session({ 'topology.yaml': mixed, public: 'a file' }).look(['lint']);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('there is no folder "./public"');
  });
});
