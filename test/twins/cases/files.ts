import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { nginx, page } from '../known.ts';
import { get, http2 } from '../requests.ts';

const host = 'files.example.org';
const secure = 'tls.files.example.org';

/** Of every file that is sent. */
const sent: readonly Difference[] = [
  { known: 'file-etag', what: 'header etag', on: [...nginx, 'caddy old'] },
  { known: 'file-vary', what: 'header vary', on: ['caddy new'] },
];
const file = (target: string, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `GET ${target}`,
  message: get(target, { host }),
  status: 200,
  seen: null,
  differences: sent,
  ...rest,
});
const missing = (target: string): TwinRequest => file(target, { status: 404, differences: page });

const contents: Readonly<Record<string, string>> = {
  'index.html': '<p>start</p>',
  'sub/index.html': '<p>sub</p>',
  'page.htm': 'page',
  'main.js': 'main()',
  'module.mjs': 'export {}',
  'style.css': 'b{}',
  'data.json': '{}',
  'main.js.map': '{}',
  'app.webmanifest': '{}',
  'picture.svg': '<svg/>',
  'picture.PNG': 'png',
  'photo.jpeg': 'jpeg',
  'photo.avif': 'avif',
  'favicon.ico': 'ico',
  'font.woff2': 'font',
  'code.wasm': 'wasm',
  'notes.txt': 'notes',
  'notes.md': 'notes',
  'feed.xml': '<feed/>',
  'paper.pdf': 'pdf',
  'film.mp4': '0123456789',
  'archive.tar.gz': 'gz',
  'strange.abc123': 'strange',
  LICENSE: 'licence',
  'sp ace.txt': 'space',
  '.env': 'SECRET=1',
  '.well-known/security.txt': 'contact',
};

export const files: TwinCase = {
  name: 'files',
  contents,
  sites: `
${host}:
  tls: none
  headers: { response: { set: { X-Frame: DENY } } }
  routes:
    - { match: { path: /app/* }, strip_prefix: /app, files: { root: ./files, fallback: /index.html, cache: 1h } }
    - { match: { path: /asset/* }, strip_prefix: /asset, files: { root: ./files, cache: immutable } }
    - { files: ./files }
${secure}: { tls: internal, files: { root: ./files, cache: none } }
`,
  requests: [
    ...Object.keys(contents)
      .filter((name) => !name.startsWith('.env'))
      .map((name) => file(`/${name.replaceAll(' ', '%20')}`)),
    file('/'),
    file('/sub'),
    file('/sub/'),
    file('/app/main.js'),
    file('/app/none/at/all'),
    file('/app'),
    file('/asset/style.css'),
    file('/asset/main.js?v=1'),
    missing('/asset/none.css'),
    missing('/none'),
    missing('/.env'),
    missing('/sub/.git/config'),
    missing('/a.txt/'),
    file('/x/../main.js'),
    file('//main.js'),
    file('/main%2Ejs'),
    { ...missing('/MAIN.JS'), name: 'names have their case' },
    file('/main.js', { name: 'HEAD', message: get('/main.js', { host, method: 'HEAD' }) }),
    ...['POST', 'PUT', 'DELETE', 'OPTIONS'].map((method) =>
      file('/main.js', {
        name: method,
        message: get('/main.js', { host, method }),
        status: 405,
        differences: page,
      }),
    ),
    file('/film.mp4', {
      name: 'a range',
      message: get('/film.mp4', { host, headers: [['Range', 'bytes=2-5']] }),
      status: 206,
      differences: [...sent, { known: 'part-ranges', what: 'header accept-ranges', on: nginx }],
    }),
    file('/film.mp4', {
      name: 'not modified',
      message: get('/film.mp4', { host, headers: [['If-Modified-Since', 'Fri, 27 Nov 2037 00:00:00 GMT']] }),
      status: 304,
      differences: [...sent, { known: 'unmodified-date', what: 'header last-modified', on: nginx }],
    }),
    file('/main.js', {
      name: 'modified',
      message: get('/main.js', { host, headers: [['If-Modified-Since', 'Fri, 27 Nov 1970 00:00:00 GMT']] }),
    }),
    file('/main.js', { name: 'HTTP/2', message: http2('/main.js', { host: secure }) }),
    file('/', { name: 'HTTP/1.0', message: get('/', { host, version: '1.0' }) }),
  ],
};
