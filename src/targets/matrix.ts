import { type Capability, capabilities, type Support } from './capability.ts';
import { differences } from './differences.ts';
import { targets } from './index.ts';

/** The table of capabilities in Markdown: what each target does exactly, approximately (how) or not (why); and what always differs. */
export function capabilityMatrix(): string {
  const columns = (['nginx', 'caddy'] as const).map((id) => targets[id]);
  const rows = (Object.keys(capabilities) as Capability[]).map((capability) => {
    const cells = columns.map(({ capabilities: table }) => {
      const [first, ...later] = table[capability];
      // The severity of a finding may change with a release while the reason stays.
      const changes = later.filter(({ support }, index) => cell(support) !== cell(later[index - 1]?.support ?? first));
      return [cell(first), ...changes.map(({ since, support }) => `from ${since}: ${cell(support)}`)].join('; ');
    });
    return `| ${capabilities[capability]} | ${cells.join(' | ')} |`;
  });
  const always = Object.values(differences).map((one) => `- ${one}`);
  const table = [`| | ${columns.map(({ title }) => title).join(' | ')} |`, '|---|---|---|', ...rows];
  return [...table, '', 'Whatever a topology says, the two differ in this:', '', ...always, ''].join('\n');
}

function cell(support: Support): string {
  return support.can === 'yes' ? 'yes' : `${support.can}: ${support.note}`;
}
