import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { quoted } from '../diagnostics/visible.ts';
import { type Raw, type RawTarget, rawTargets } from '../model/raw.ts';
import type { Given, Route, Topology } from '../model/topology.ts';
import type { Version } from '../model/version.ts';
import { targets } from '../targets/index.ts';
import { readCaddy } from './caddy/index.ts';
import { isHarmless } from './nginx/harmless.ts';
import { readNginx } from './nginx/index.ts';

interface Understood {
  readonly mistakes: readonly Mistake[];
  /** The directives that may wait, retry or answer. */
  readonly doubtful: readonly string[];
}

interface Mistake {
  readonly message: string;
  readonly help?: string | undefined;
}

/** Reads what is written in the languages of the targets: it must stay in its place, and what it may do is known or not. */
export function readRaw(topology: Topology): { readonly topology: Topology; readonly diagnostics: Diagnostic[] } {
  // What a site says is read for each of its routes.
  const found = new Map<string, Diagnostic>();
  const add = (diagnostic: Diagnostic): void => {
    found.set(`${diagnostic.place.source} ${diagnostic.place.path} ${diagnostic.message}`, diagnostic);
  };
  const read = (raw: Raw, route: Route): Raw => {
    const doubts: { [Target in RawTarget]?: string } = {};
    for (const target of rawTargets.filter((one) => topology.targetIds.includes(one))) {
      const given = raw[target];
      if (!given) add(missing(raw, target));
      else if (given.value !== 'none') {
        const { mistakes, doubtful } = understood(target, given.value, targets[target].version(topology), route);
        for (const mistake of mistakes) add(wrong(given, target, mistake));
        if (doubtful.length > 0) {
          const names = doubtful.map((name) => `\`${name}\``).join(', ');
          doubts[target] = `\`raw\` says ${names}, which may wait, try again or answer: nobody has measured it`;
        }
      }
    }
    return Object.keys(doubts).length > 0 ? { ...raw, doubts } : raw;
  };
  if (!topology.sites.some(({ routes }) => routes.some(({ raw }) => raw))) return { topology, diagnostics: [] };
  const sites = topology.sites.map((site) => ({
    ...site,
    routes: site.routes.map((route) => (route.raw ? { ...route, raw: read(route.raw, route) } : route)),
  }));
  return { topology: { ...topology, sites }, diagnostics: [...found.values()] };
}

function missing({ at }: Raw, target: RawTarget): Diagnostic {
  const { title } = targets[target];
  return {
    rule: 'reference-raw',
    severity: 'error',
    message: `\`raw\` says nothing for ${title}`,
    why: 'the two would do different things',
    help: `write \`${target}: …\` as well, or \`${target}: none\` if nothing is needed there`,
    place: at,
  };
}

function wrong({ at }: Given<string>, target: RawTarget, { message, help }: Mistake): Diagnostic {
  const said = `in ${targets[target].title}’s language: ${message}`;
  return { rule: 'reference-raw', severity: 'error', message: said, ...(help ? { help } : {}), place: at };
}

function understood(target: RawTarget, text: string, version: Version, route: Route): Understood {
  return target === 'nginx' ? nginxText(text, version, route) : caddyText(text, version);
}

const leaves: Mistake = {
  message: 'the text does not stay in its place',
  help: 'each `{` needs its `}` behind it, each quote its end',
};

/** What is printed already, and which word says it: nginx takes each once. */
function printed(route: Route): ReadonlyMap<string, string> {
  const { maxBody, compress } = route;
  const own: (readonly [string, string])[] = [
    ...(maxBody ? [['client_max_body_size', 'max_body_size'] as const] : []),
    ...(compress ? [['gzip', 'compress'] as const] : []),
  ];
  if (route.action === 'files') own.push(['root', 'files.root'], ['try_files', 'files.fallback']);
  if (route.action === 'proxy') {
    const words = {
      pass: 'upstream',
      connect_timeout: 'timeouts.connect',
      send_timeout: 'timeouts.send',
      read_timeout: 'timeouts.response_header',
      next_upstream: 'retry.on',
      next_upstream_tries: 'retry.tries',
      next_upstream_timeout: 'retry.window',
      buffering: 'flush',
      request_buffering: 'stream',
    };
    for (const module of ['proxy', 'grpc']) {
      own.push(...Object.entries(words).map(([name, word]) => [`${module}_${name}`, word] as const));
    }
  }
  return new Map(own);
}

/** Those of nginx itself that neither wait nor answer. */
const settings =
  /^(?:add_header|add_trailer|expires|etag|gzip_\w+|access_log|error_log|log_\w+|sub_filter\w*|types|default_type|allow|deny|satisfy|auth_basic\w*|set|proxy_(?:hide_header|pass_header|set_header|cookie_\w+|buffers|buffer_size|busy_buffers_size|max_temp_file_size|headers_hash_\w+)|client_body_buffer_size|client_body_in_\w+|server_tokens|chunked_transfer_encoding)$/;

function nginxText(text: string, version: Version, route: Route): Understood {
  const around = `location / {\n${text}\n}\n`;
  const { main, diagnostics } = readNginx(new Map([['raw', around]]), 'raw', version);
  const [location, other] = main.directives;
  if (main.fault || other || location?.span.end !== around.length - 1) {
    return { mistakes: [main.fault ? { ...leaves, message: main.fault.message } : leaves], doubtful: [] };
  }
  const own = location.block ?? [];
  const words = printed(route);
  return {
    mistakes: [
      ...diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ message, help }) => ({ message, ...(help ? { help } : {}) })),
      ...own.flatMap(({ name }) => {
        const word = words.get(name);
        return word === undefined ? [] : [{ message: `${quoted(name)} is said already`, help: `write \`${word}\`` }];
      }),
    ],
    doubtful: [...new Set(own.map(({ name }) => name))].filter((name) => !settings.test(name) && !isHarmless(name)),
  };
}

/** Those of Caddy that neither wait nor answer. */
const handlers =
  /^(?:@.*|header|request_header|log_append|log_skip|skip_log|log_name|vars|map|encode|basic_auth|basicauth|tracing|push|fs)$/;

function caddyText(text: string, version: Version): Understood {
  if (text.includes('{$')) {
    return {
      mistakes: [
        {
          message: '`{$…}` is replaced before anything is read',
          help: 'its value could change what stands around it: write the value itself',
        },
      ],
      doubtful: [],
    };
  }
  const around = `:80 {\nhandle {\n${text}\n}\n}\n`;
  const { blocks, diagnostics } = readCaddy(new Map([['raw', around]]), 'raw', version);
  const [site, second] = blocks;
  const [handle, other] = site?.directives ?? [];
  const first = diagnostics.find(({ severity }) => severity === 'error');
  if (first) return { mistakes: [{ message: first.message, help: first.help }], doubtful: [] };
  if (second || other || !handle?.block || handle.span.end !== around.length - 3) {
    return { mistakes: [leaves], doubtful: [] };
  }
  return {
    mistakes: [],
    doubtful: [...new Set(handle.block.map(({ name }) => name))].filter((name) => !handlers.test(name)),
  };
}
