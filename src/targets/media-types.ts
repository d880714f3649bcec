/**
 * The type of a file by the end of its name: the same on all targets and on all machines. nginx knows the types of a file
 * of its own only where it is included, and Caddy asks the system's.
 */
export const mediaTypes: Readonly<Record<string, readonly string[]>> = {
  'text/html': ['html', 'htm'],
  'text/css': ['css'],
  'text/csv': ['csv'],
  'text/calendar': ['ics'],
  'text/javascript': ['js', 'mjs'],
  'text/markdown': ['md'],
  'text/plain': ['txt', 'log'],
  'text/vtt': ['vtt'],
  'text/xml': ['xml', 'xsl'],
  'application/atom+xml': ['atom'],
  'application/gzip': ['gz', 'tgz'],
  'application/json': ['json', 'map'],
  'application/ld+json': ['jsonld'],
  'application/manifest+json': ['webmanifest'],
  'application/pdf': ['pdf'],
  'application/rss+xml': ['rss'],
  'application/wasm': ['wasm'],
  'application/xhtml+xml': ['xhtml'],
  'application/zip': ['zip'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/wav': ['wav'],
  'font/otf': ['otf'],
  'font/ttf': ['ttf'],
  'font/woff': ['woff'],
  'font/woff2': ['woff2'],
  'image/avif': ['avif'],
  'image/gif': ['gif'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/svg+xml': ['svg'],
  'image/vnd.microsoft.icon': ['ico'],
  'image/webp': ['webp'],
  'video/mp4': ['mp4', 'm4v'],
  'video/ogg': ['ogv'],
  'video/webm': ['webm'],
};

/** Those that are told with `charset=utf-8`. */
export const textTypes = Object.keys(mediaTypes).filter((type) => type.startsWith('text/'));
