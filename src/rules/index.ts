import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts';
import { poolUses } from '../report/report.ts';
import type { Mender } from '../source/mend.ts';
import { type Capability, capabilities, portabilityRule } from '../targets/capability.ts';
import { acmeEmail } from './acme-email.ts';
import { amplification } from './amplification.ts';
import { authBypass } from './auth-bypass.ts';
import { authCost } from './auth-cost.ts';
import { authSameServers } from './auth-same-servers.ts';
import { authWithoutTimeouts } from './auth-without-timeouts.ts';
import { backupOneTry } from './backup-one-try.ts';
import { balanceOfOne } from './balance-of-one.ts';
import { callersGiveUp } from './callers-give-up.ts';
import { connectJitter } from './connect-jitter.ts';
import { connectLostSyn } from './connect-lost-syn.ts';
import { connectTooLong } from './connect-too-long.ts';
import { debugHeader } from './debug-header.ts';
import { drainUnbound } from './drain-unbound.ts';
import { failWindowLong } from './fail-window-long.ts';
import { failWindowShort } from './fail-window-short.ts';
import { foreignHost } from './foreign-host.ts';
import { foreignVariable } from './foreign-variable.ts';
import { grpcCheck } from './grpc-check.ts';
import { grpcPlainHttp } from './grpc-plain-http.ts';
import { healthInterval } from './health-interval.ts';
import { healthPathRoot } from './health-path-root.ts';
import { healthSlowerThanRequests } from './health-slower-than-requests.ts';
import { healthTimeout } from './health-timeout.ts';
import { hstsOverHttp } from './hsts-over-http.ts';
import { hstsPlainHttp } from './hsts-plain-http.ts';
import { hstsPreload } from './hsts-preload.ts';
import { imageTag } from './image-tag.ts';
import { keepaliveRace } from './keepalive-race.ts';
import { localhostTwice } from './localhost-twice.ts';
import { loopbackServer } from './loopback-server.ts';
import { marksNever } from './marks-never.ts';
import { noActiveCheck } from './no-active-check.ts';
import { noMarking } from './no-marking.ts';
import { oneMachine } from './one-machine.ts';
import { overBudget } from './over-budget.ts';
import { plainHttp } from './plain-http.ts';
import { plainHttpToHttps } from './plain-http-to-https.ts';
import { publishedPublicly } from './published-publicly.ts';
import { retryNonIdempotent } from './retry-non-idempotent.ts';
import type { Rule, RuleContext } from './rule.ts';
import { slowUrlMarksPool } from './slow-url-marks-pool.ts';
import { spof } from './spof.ts';
import { stagingCa } from './staging-ca.ts';
import { staleDns } from './stale-dns.ts';
import { staleReuse } from './stale-reuse.ts';
import { streamPath } from './stream-path.ts';
import { streamRetry } from './stream-retry.ts';
import { targetsDiffer } from './targets-differ.ts';
import { triesBeyondPool } from './tries-beyond-pool.ts';
import { trustEveryone } from './trust-everyone.ts';
import { trustPrivate } from './trust-private.ts';
import { unbounded } from './unbounded.ts';
import { unknownAddresses } from './unknown-addresses.ts';
import { unverifiedServer } from './unverified-server.ts';
import { weightIgnored } from './weight-ignored.ts';
import { windowNoRetry } from './window-no-retry.ts';
import { windowOvershoot } from './window-overshoot.ts';

/** The rules of the linter, in the order of their pages. */
export const rules: readonly Rule[] = [
  overBudget,
  unbounded,
  targetsDiffer,
  windowNoRetry,
  windowOvershoot,
  connectJitter,
  connectLostSyn,
  connectTooLong,
  callersGiveUp,
  staleReuse,
  triesBeyondPool,
  retryNonIdempotent,
  streamPath,
  streamRetry,
  amplification,
  slowUrlMarksPool,
  marksNever,
  noMarking,
  failWindowLong,
  failWindowShort,
  noActiveCheck,
  healthPathRoot,
  healthTimeout,
  healthInterval,
  healthSlowerThanRequests,
  grpcCheck,
  grpcPlainHttp,
  backupOneTry,
  weightIgnored,
  balanceOfOne,
  drainUnbound,
  spof,
  oneMachine,
  loopbackServer,
  localhostTwice,
  unknownAddresses,
  staleDns,
  unverifiedServer,
  plainHttpToHttps,
  foreignHost,
  keepaliveRace,
  imageTag,
  publishedPublicly,
  authBypass,
  authWithoutTimeouts,
  authSameServers,
  plainHttp,
  authCost,
  hstsOverHttp,
  hstsPlainHttp,
  hstsPreload,
  stagingCa,
  acmeEmail,
  debugHeader,
  foreignVariable,
  trustEveryone,
  trustPrivate,
];

/** What the earlier stages find. These are not opinions: where the severity is error, nothing can be built. */
const stageRules: Readonly<Record<string, string>> = {
  'yaml-alias': 'An alias that names nothing, or an unquoted `*.x`',
  'yaml-cycle': 'An alias inside the value that it names',
  'yaml-documents': 'More than one document in a file',
  'yaml-duplicate-key': 'A key that is written twice',
  'yaml-empty': 'A file that says nothing',
  'yaml-key': 'A key that is not a plain word',
  'yaml-merge': 'A merge key that names no map',
  'yaml-not-text': 'Not UTF-8 text',
  'yaml-syntax': 'Not YAML',
  'yaml-tab': 'A tab used to indent',
  'yaml-tag': 'A tag, which the language does not have',
  'yaml-too-large': 'Aliases that expand to a huge file',
  'yaml-version': 'Another version of YAML than 1.2',
  'schema-address': 'Not an address',
  'schema-duplicate': 'An entry that is listed twice',
  'schema-duration': 'A time without a unit, or of no use',
  'schema-empty': 'A key without a value',
  'schema-missing-key': 'A key that must be there',
  'schema-name': 'A name that cannot be used',
  'schema-placeholder': 'A `{word}` in a value that names nothing there',
  'schema-type': 'A map, list or scalar in the wrong place',
  'schema-unknown-key': 'A key that the language does not have here',
  'schema-value': 'A value that cannot stand here',
  'schema-variable': 'A variable that is not set, or not written as one',
  'reference-action': 'A route without one action, or with words that do not go with it',
  'reference-ambiguous': 'A name of two things',
  'reference-compose': 'A key of a container that is not yours to write, or gives the machine away',
  'reference-duplicate': 'A name, address or port that is used twice',
  'reference-edge': 'No machine runs the edge',
  'reference-file': 'A file that is not there, or does not hold what it should',
  'reference-include': 'An include of no file, or of the topology itself',
  'reference-header': 'A header that is not the edge’s to change, or that another word says',
  'reference-http': '`http` at a site without TLS',
  'reference-machine': 'A container’s name used from another machine',
  'reference-overlay': 'An overlay that removes nothing, or routes that cannot be told apart',
  'reference-pool': 'A pool without servers, or with two kinds of them',
  'reference-port': 'A port that is used for two things',
  'reference-proxy': 'A live proxy that is not among the targets',
  'reference-publish': 'An instance that the edge cannot reach',
  'reference-raw': 'Lines of a target that it cannot read, or that leave their place',
  'reference-redirect': 'A redirect to a site without a name',
  'reference-reserved': 'A service with the name of one of ours',
  'reference-retry': 'Attempts without an end, or that never start',
  'reference-targets': 'Fragments without a proxy',
  'reference-tls': 'A certificate that cannot be had',
  'reference-unknown': 'A name that nothing has',
  'reference-unreachable': 'A route that no request reaches',
  'reference-unused': 'Something that nothing uses',
  'reference-version': 'A version that is too old',
  'nginx-syntax': 'What nginx cannot read',
  'nginx-arguments': 'Too many words behind a directive, or too few',
  'nginx-value': 'A value that a directive of nginx does not have',
  'nginx-context': 'A directive of nginx where it cannot stand',
  'nginx-duplicate': 'Something that nginx takes once, and that is there twice',
  'nginx-version': 'A directive that this version of nginx does not have',
  'nginx-include': 'An included file that is not there, or includes itself',
  'nginx-not-understood': 'A directive of nginx that may do anything: what it touches has no bound',
  'nginx-not-measured': 'A way of asking servers whose waits have not been measured',
  'nginx-not-judged': 'A part of nginx that is not http',
  'nginx-unresolved': 'A file, variable or zone that is not at hand: what rests on it has no bound',
  'caddy-syntax': 'Not a Caddyfile, or not as it is meant',
  'caddy-import': 'An import of nothing, or of itself',
  'caddy-value': 'A value that Caddy refuses',
  'caddy-always-fails': 'A setting with which every request fails',
  'caddy-no-effect': 'A setting that does nothing by itself',
  'caddy-unreachable': 'A proxy behind something that answers all its requests',
  'caddy-not-understood': 'Something that may wait, and is not known here',
  'caddy-unresolved': 'An environment variable or an import that is not there',
  'tls-internal': 'A name for which no public CA issues certificates',
  'ignore-reason': 'A suppressed finding without a reason',
  'ignore-unused': 'A suppression that matches nothing',
};

/** Every id that a finding may carry, with a sentence. */
export const catalogue: ReadonlyMap<string, string> = new Map([
  ...rules.map(({ id, summary }) => [id, summary] as const),
  ...Object.entries(stageRules),
  ...(Object.keys(capabilities) as Capability[]).map(
    (capability) => [portabilityRule(capability), `Not the same on every target: ${capabilities[capability]}`] as const,
  ),
]);

export function check(
  found: Omit<RuleContext, 'pools'>,
  severities: ReadonlyMap<string, { severity: Severity | 'off' }>,
  mend: Mender,
): Diagnostic[] {
  const context: RuleContext = { ...found, pools: poolUses([...found.reports, ...found.auths]) };
  return rules.flatMap((rule) => {
    if (severities.get(rule.id)?.severity === 'off') return [];
    return [...rule.check(context)].map((finding): Diagnostic => {
      const { at, message, help = rule.help, targets, related } = finding;
      const fix = finding.fix && mend(finding.fix);
      return {
        rule: rule.id,
        severity: rule.severity,
        message,
        why: rule.why,
        help,
        place: at,
        ...(targets ? { targets } : {}),
        ...(related ? { related } : {}),
        ...(fix ? { fix } : {}),
      };
    });
  });
}
