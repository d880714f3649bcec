/** What people type most, and what it does. */
export const examples: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  init: [
    ['proxywright init', 'a topology to start from'],
    ['proxywright init --from compose.yaml', 'with the services of a compose file'],
  ],
  build: [
    ['proxywright build -o deploy', 'write what all targets need into deploy/'],
    ['proxywright build -o deploy --check', 'in CI: is what is committed what a build would write?'],
    ['proxywright build -t nginx --stdout', 'only look'],
    ['proxywright build -o shadow --shadow 8080', 'the same sites on one port, beside the live proxy'],
    ['proxywright build -o staging --env staging --env-file staging.env', 'with topology.staging.yaml laid over it'],
    ['proxywright build -o deploy --watch', 'again whenever the topology is saved'],
  ],
  lint: [
    ['proxywright lint', 'all findings, with the lines'],
    ['proxywright lint --fix --dry-run', 'what could be mended, as a diff'],
    ['proxywright lint nginx.conf conf.d', 'what was written by hand'],
    ['proxywright lint --format sarif=findings.sarif --format github', 'for code scanning and the pull request'],
    ['proxywright lint --baseline known.json --fail-on warning', 'only what is new'],
  ],
  report: [
    ['proxywright report', 'each route on each target, against its budget'],
    ['proxywright report --fit 5s', 'values that fit into five seconds, as a patch'],
    ['proxywright report --set sites.www.example.com.timeouts.connect=500ms', 'what if?'],
    ['proxywright report nginx.conf', 'what was written by hand'],
  ],
  explain: [
    ['proxywright explain over-budget', 'the page of a rule'],
    ['proxywright explain www.example.com/', 'the worst wait of a route, step by step'],
  ],
  import: [
    ['proxywright import nginx.conf > imported.yaml', 'a topology that says the same'],
    ['proxywright import Caddyfile', 'and above it what it cannot say'],
  ],
  diff: [
    ['proxywright diff git:main:topology.yaml topology.yaml', 'what this branch changes'],
    ['proxywright diff git:HEAD~1:conf.d conf.d --nginx-version 1.26', 'hand-written files'],
    ['proxywright diff git:main:topology.yaml topology.yaml --format markdown', 'as a comment'],
  ],
  verify: [
    ['proxywright verify', 'do the installed programs accept the output?'],
    ['proxywright verify --allow-missing', 'as far as they are installed'],
  ],
  drill: [['proxywright drill', 'let every fault happen, and compare with the report']],
  print: [
    ['proxywright print model', 'every value that applies, and where it was written'],
    ['proxywright print defaults', 'what applies where nothing is written, and why'],
    ['proxywright print capabilities', 'what each target can do'],
  ],
  completion: [
    ['eval "$(proxywright completion bash)"', 'in ~/.bashrc'],
    ['source <(proxywright completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['proxywright completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
};

/** For the end of a command's help. */
export function examplesText(command: string): string {
  const lines = examples[command] ?? [];
  const width = Math.max(...lines.map(([typed]) => typed.length));
  return `Examples:\n${lines.map(([typed, what]) => `  ${typed.padEnd(width)}  ${what}`).join('\n')}\n`;
}
