import { Document, isMap, type Scalar } from 'yaml';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type LoadOptions, load } from '../cli/load.ts';
import { defaults } from '../model/defaults.ts';
import { modelData, printModel } from '../model/print.ts';
import { pretty } from '../reporters/pretty.ts';
import { catalogue, rules } from '../rules/index.ts';
import { rulesTable } from '../rules/page.ts';
import { schema } from '../schema/schema.ts';
import { capabilityMatrix } from '../targets/matrix.ts';

export const printables = ['model', 'defaults', 'schema', 'rules', 'capabilities'] as const;
export type Printable = (typeof printables)[number];

export interface PrintOptions extends LoadOptions {
  readonly format?: string;
  readonly showSecrets?: boolean;
  readonly color: ColorFlag;
}

/** What the program knows. Each thing has a natural form, and most have JSON. */
export async function print(what: Printable, file: string | undefined, options: PrintOptions, io: Io): Promise<number> {
  const { format } = options;
  const form = (forms: Readonly<Record<string, () => string>>): number => {
    const names = Object.keys(forms);
    const name = format === undefined ? names[0] : names.find((one) => one === format);
    if (name === undefined) {
      const help = names.length > 1 ? `the formats are ${names.join(', ')}` : `the format is ${names[0]}`;
      throw new UsageError(`\`print ${what}\` has no format \`${format}\``, help);
    }
    io.stdout.write(forms[name]?.() ?? '');
    return 0;
  };
  if (what !== 'model' && file !== undefined) {
    throw new UsageError(`\`print ${what}\` reads no file`, 'leave the file away; `print model` takes one');
  }
  switch (what) {
    case 'schema':
      return form({ json: () => json(schema) });
    case 'defaults':
      return form({ yaml: printDefaults, json: () => json(defaults) });
    case 'rules':
      return form({ markdown: () => rulesTable(), json: () => json(rulesData()) });
    case 'capabilities':
      return form({ markdown: capabilityMatrix });
    case 'model': {
      const { topology, source, files } = await load(io, file, options);
      if (!topology) {
        io.stderr.write(pretty(files, chalkFor(io.stderr, io.env, options.color)));
        return 1;
      }
      return form({
        yaml: () => printModel(topology, source, options.showSecrets === true),
        json: () => json(modelData(topology, source, options.showSecrets === true)),
      });
    }
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The table of defaults as a topology would write it, each with its reason. */
function printDefaults(): string {
  const made = new Document({});
  const visit = (table: object, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(table)) {
      if (!('because' in value)) visit(value, [...path, key]);
      else {
        const node = made.createNode(value.value, { flow: true });
        (node as Scalar).comment = ` ${value.because}`;
        made.setIn([...path, key], node);
      }
    }
  };
  visit(defaults, []);
  if (isMap(made.contents)) made.contents.flow = false;
  return made.toString({ lineWidth: 0 });
}

function rulesData() {
  return [...catalogue].map(([id, summary]) => {
    const rule = rules.find((one) => one.id === id);
    return { id, summary, severity: rule?.severity ?? null, why: rule?.why ?? null, help: rule?.help ?? null };
  });
}
