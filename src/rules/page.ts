import { catalogue, rules } from './index.ts';
import type { Rule } from './rule.ts';

/** Every id with its severity and its sentence, as a table in Markdown. */
export function rulesTable(name = (id: string): string => `\`${id}\``): string {
  const rows = [...catalogue].map(
    ([id, summary]) => `| ${name(id)} | ${find(id)?.severity ?? 'by case'} | ${summary} |`,
  );
  return ['| rule | severity | what it finds |', '|---|---|---|', ...rows, ''].join('\n');
}

function find(id: string): Rule | undefined {
  return rules.find((one) => one.id === id);
}

function linked(id: string): string {
  return find(id) ? `[\`${id}\`](#${id})` : `\`${id}\``;
}

const introduction = `# Rules

What \`proxywright lint\` can find, and \`build\` before it writes anything: an error stops it. \`proxywright explain RULE\` prints
the page of one rule. This file is made from the rules themselves (\`npm run generate\`), and a test runs every example.

## How much a finding matters here

Severities are changed for a whole file:

\`\`\`yaml
lint:
  rules:
    spof: "off"                  # one server is what we have
    stale-dns: error             # stops \`build\`
    image-tag: info
\`\`\`

One finding that you have thought about is ignored with its reason, on its line or above it. Without a reason, or where nothing
is found any more, the comment is a finding itself:

\`\`\`yaml
upstreams:
  # proxywright-ignore spof -- the second machine comes in March
  web:
    servers: [10.0.0.2:3000]
\`\`\`

What leaves nothing to build (\`yaml-…\`, \`schema-…\`, errors of \`reference-…\`) can be neither ignored nor changed. The severity
of what is \`by case\` in the table below depends on what is found.

What nobody would have to think about says **Fix** below: \`lint --fix\` writes it, \`lint --fix --dry-run\` shows it as a diff, and
the rest of the file stays as it is. There is no fix where several places share a value through an alias or a merge key, and
where a value is right for some of those that inherit it only. A key with one wrong letter is mended as well.

A finding points to the value that makes it: to the line in \`defaults\` or in a pool, once, when many routes inherit it; to the
pool or the site where nothing is written.

`;

/** `docs/rules.md`: what everything that can be found means, and how to live with it. */
export function rulesPage(): string {
  return `${introduction}## All of them\n\n${rulesTable(linked)}\n${rules.map(section).join('\n')}`;
}

function section({ id, severity, summary, why, help, fix, examples }: Rule): string {
  return `## ${id}

${summary}.

- **Severity:** ${severity}
- **Why:** ${why}.
- **Help:** ${help}.${fix === undefined ? '' : `\n- **Fix:** \`lint --fix\` ${fix}.`}

It fires for

\`\`\`yaml
${examples.fires}\`\`\`

and not for

\`\`\`yaml
${examples.silent}\`\`\`
`;
}

/** The same for one id, for a terminal. What an earlier stage finds is one sentence. */
export function ruleText(id: string): string {
  const rule = find(id);
  const title = `${id}: ${catalogue.get(id)}\n`;
  if (!rule) return title;
  return `${title}
severity: ${rule.severity} (change it with \`lint: { rules: { ${id}: "off" } }\`)
why:      ${rule.why}
help:     ${rule.help}${rule.fix === undefined ? '' : `\nfix:      \`lint --fix\` ${rule.fix}`}

It fires for
${indented(rule.examples.fires)}

and not for
${indented(rule.examples.silent)}

A finding is ignored with its reason on its line, or above it:
    # proxywright-ignore ${id} -- the reason
`;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}
