import { Argument, Command, type CommanderError, Option } from 'commander';
import type { DiffOptions } from '../commands/diff.ts';
import type { DrillOptions } from '../commands/drill.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import type { ImportOptions } from '../commands/import.ts';
import type { LintOptions } from '../commands/lint.ts';
import { type Shell, shells } from '../completion/words.ts';
import { closest } from '../diagnostics/closest.ts';
import { version } from '../version.ts';
import type { ColorFlag } from './color.ts';
import { examplesText } from './examples.ts';
import { type Io, UsageError } from './io.ts';
import {
  allowEnv,
  caddyVersion,
  collect,
  count,
  envFile,
  environment,
  failOn,
  language,
  nginxVersion,
  port,
  targetList,
} from './options.ts';

type Exit = (code: number) => void;

/** The command tree. Each action loads its command only when it runs: `--help` and `--version` stay quick. */
export function program(io: Io, exit: Exit): Command {
  const root = new Command('proxywright')
    .description('One topology file becomes a Caddyfile, an nginx configuration and compose fragments.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--color', 'colour the output')
    .option('--no-color', 'do not colour the output')
    .addHelpText('after', '\nExit codes: 0 fine; 1 the input is at fault; 2 the call or the machine is.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Told by `main`, in the form of our own errors.
      outputError: () => {},
    });
  const color = (): ColorFlag => colorOf(root);

  root
    .command('init')
    .description('write a commented topology.yaml (never overwrites)')
    .option('--from <compose.yaml>', 'take the services of a compose file')
    .action(async ({ from }: { from?: string }) => {
      const { init } = await import('../commands/init.ts');
      exit(await init(from === undefined ? {} : { from }, io));
    });

  root
    .command('build')
    .description('validate, lint and write the configuration of all targets')
    .argument('[file]', 'the topology; default: the nearest topology.yaml upward; - reads standard input')
    .option('-o, --output <dir>', 'the folder that is written')
    .option('-t, --target <ids>', 'only these targets: caddy,nginx,compose', targetList)
    .option('--shadow <port>', 'plain http for every site on this port, beside the live proxy', port)
    .addOption(new Option('--stage <stage>', 'nginx before there are certificates').choices(['bootstrap']))
    .addOption(
      new Option('--check', 'write nothing; exit 1 with a diff when the output differs').conflicts([
        'dryRun',
        'stdout',
        'watch',
      ]),
    )
    .addOption(new Option('--dry-run', 'write nothing; list what would be written').conflicts(['stdout', 'watch']))
    .addOption(new Option('--stdout', 'print instead of writing').conflicts('watch'))
    .option('--force', 'replace files that were edited by hand (kept as NAME.orig)')
    .option('--watch', 'build again whenever a file of the topology is saved')
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .action(async (file: string | undefined, options) => {
      const { build } = await import('../commands/build.ts');
      exit(await build(file, { ...options, color: color() }, io));
    });

  root
    .command('lint')
    .description('print all findings')
    .argument(
      '[file...]',
      'topologies, or nginx.conf, Caddyfile, conf.d; default: the nearest topology.yaml upward; - reads standard input',
    )
    .option(
      '--format <format>',
      'pretty, json, sarif, github, gitlab, junit or markdown; several at once; sarif=FILE writes a file',
      collect,
      [],
    )
    .addOption(failOn('exit 1 from this severity on'))
    .option('--max-warnings <number>', 'exit 1 when there are more warnings', count)
    .option('--fix', 'mend what can be mended safely, then print what is left')
    .option('--dry-run', 'with --fix: write nothing, print the changes as a diff')
    .option('--baseline <file>', 'hide the findings that this file knows')
    .option('--update-baseline', 'write what is found now to the file of --baseline')
    .option('--set <path=value>', 'what if: lay a value over the topology (repeatable)', collect, [])
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .addOption(language())
    .option(...nginxVersion)
    .option(...caddyVersion)
    .action(async (files: string[], options: Omit<LintOptions, 'color'>) => {
      const { lint } = await import('../commands/lint.ts');
      exit(await lint(files, { ...options, color: color() }, io));
    });

  root
    .command('report')
    .description('print how long each route can wait, and why')
    .argument(
      '[file]',
      'the topology, or an nginx.conf, a Caddyfile, a conf.d; default: the nearest topology.yaml upward; - reads standard input',
    )
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json', 'markdown']).default('text'),
    )
    .addOption(
      new Option('--fit [duration]', 'values that fit into this time, or into the budgets, as a patch').conflicts(
        'set',
      ),
    )
    .option('--set <path=value>', 'what if: lay a value over the topology (repeatable)', collect, [])
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .addOption(language())
    .option(...nginxVersion)
    .option(...caddyVersion)
    .action(async (file: string | undefined, options) => {
      const { report } = await import('../commands/report.ts');
      exit(await report(file, { ...options, color: color() }, io));
    });

  root
    .command('explain')
    .description('explain a rule, or the worst wait of a route step by step')
    .argument('<what>', 'the id of a rule or of a route: over-budget, www.example.com/')
    .argument(
      '[file]',
      'what the route is in: a topology, an nginx.conf, a Caddyfile; default: the nearest topology.yaml upward',
    )
    .option('--set <path=value>', 'what if: lay a value over the topology (repeatable)', collect, [])
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .addOption(language())
    .option(...nginxVersion)
    .option(...caddyVersion)
    .action(async (what: string, file: string | undefined, options: Omit<ExplainOptions, 'color'>) => {
      const { explain } = await import('../commands/explain.ts');
      exit(await explain(what, file, { ...options, color: color() }, io));
    });

  root
    .command('import')
    .description('print a topology that says the same as an nginx.conf or a Caddyfile, and what it cannot say')
    .argument('<path...>', 'an nginx.conf, a Caddyfile, a folder of them; - reads standard input')
    .addOption(language())
    .option(...nginxVersion)
    .option(...caddyVersion)
    .action(async (paths: string[], options: Omit<ImportOptions, 'color'>) => {
      const { importFiles } = await import('../commands/import.ts');
      exit(await importFiles(paths, { ...options, color: color() }, io));
    });

  root
    .command('diff')
    .description('compare two inputs: worst waits, findings and output files before and after')
    .argument(
      '<base>',
      'a topology, an nginx.conf, a Caddyfile, a folder of them, or git:REV:PATH; - reads standard input',
    )
    .argument('<head>', 'the same, after the change')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json', 'markdown']).default('text'),
    )
    .addOption(failOn('exit 1 for a new finding from this severity on; a budget newly exceeded counts as well'))
    .option('--show-secrets', 'show values of `environment` and hashes of passwords in the changed output')
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .addOption(language())
    .option(...nginxVersion)
    .option(...caddyVersion)
    .action(async (base: string, head: string, options: Omit<DiffOptions, 'color'>) => {
      const { diff } = await import('../commands/diff.ts');
      exit(await diff(base, head, { ...options, color: color() }, io));
    });

  root
    .command('verify')
    .description('let the installed nginx, Caddy and docker compose check the output')
    .argument('[file]', 'the topology; default: the nearest topology.yaml upward; - reads standard input')
    .option('--allow-missing', 'exit 0 when nothing is installed')
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .action(async (file: string | undefined, options) => {
      const { verify } = await import('../commands/verify.ts');
      exit(await verify(file, { ...options, color: color() }, io));
    });

  root
    .command('drill')
    .description('run the installed nginx and Caddy against faults on loopback: predicted against measured')
    .argument('[file]', 'the topology; default: the nearest topology.yaml upward; - reads standard input')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .action(async (file: string | undefined, options: Omit<DrillOptions, 'color'>) => {
      const { drill } = await import('../commands/drill.ts');
      exit(await drill(file, { ...options, color: color() }, io));
    });

  root
    .command('print')
    .description('print what the program knows: model, defaults, schema, rules or capabilities')
    .argument('<what>', 'model, defaults, schema, rules or capabilities')
    .argument('[file]', 'the topology of `print model`')
    .option('--format <format>', 'yaml, json or markdown, as far as it makes sense')
    .option('--show-secrets', 'show values of `environment` and hashes of passwords')
    .addOption(environment())
    .addOption(envFile())
    .addOption(allowEnv())
    .action(async (what: string, file: string | undefined, options) => {
      const { print, printables } = await import('../commands/print.ts');
      const known = printables.find((one) => one === what);
      if (!known) {
        const guess = closest(what, printables);
        const help = `the words are ${printables.join(', ')}`;
        throw new UsageError(`\`${what}\` cannot be printed`, guess ? `did you mean \`${guess}\`?` : help);
      }
      exit(await print(known, file, { ...options, color: color() }, io));
    });

  root
    .command('completion')
    .description('print a script that completes the command line')
    .addArgument(new Argument('<shell>', 'whose').choices(shells))
    .action(async (shell: Shell) => {
      const { completion } = await import('../commands/completion.ts');
      exit(completion(shell, root, io));
    });

  for (const command of root.commands) command.addHelpText('after', () => `\n${examplesText(command.name())}`);
  return root;
}

/** What was asked for before the mistake; where parsing stopped before it was seen, the arguments themselves. */
export function colorOf(root: Command, args: readonly string[] = []): ColorFlag {
  if (root.getOptionValueSource('color') === 'cli') return root.opts().color;
  const last = args.findLast((arg) => arg === '--color' || arg === '--no-color');
  return last === undefined ? undefined : last === '--color';
}

/** Commander's complaint in the form of our own: what is wrong, then what to do. */
export function wrongCall({ message }: CommanderError, root: Command, args: readonly string[]): UsageError {
  const word = args.find((arg) => !arg.startsWith('-'));
  const name = root.commands.find((command) => command.name() === word)?.name();
  const [what = '', hint] = message
    .replace(/^error: /, '')
    .split(/\n(?=\(Did you mean )|(?<=is invalid)\. |(?<=for '\w+')\. /);
  const told = hint?.replace(/^\((.*)\)$/, '$1').replace(/\.$/, '');
  const page = name
    ? `\`proxywright ${name} --help\` lists its options`
    : '`proxywright --help` lists commands and options';
  return new UsageError(
    what,
    told ? `${told.charAt(0).toLowerCase()}${told.slice(1)}; ${page}`.replace('?;', '?') : page,
  );
}
