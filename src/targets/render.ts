import runtime from 'handlebars/runtime.js';
import { templates } from './templates.generated.ts';

/** What a template may hold: tokens that are already quoted for the target, switches, and lists of the same. */
export type View = {
  readonly [key: string]:
    | string
    | boolean
    | View
    | readonly View[]
    | readonly string[]
    | readonly (readonly string[])[];
};

// The types of the runtime module are those of an empty namespace.
const Handlebars = runtime as unknown as Pick<typeof import('handlebars'), 'template'>;

export type TemplateName = keyof typeof templates;

const ready = new Map<TemplateName, ReturnType<typeof Handlebars.template>>();

/** Fills in a template that was compiled ahead of time. Throws when the view lacks a value that the template prints. */
export function render(name: TemplateName, view: View): string {
  const template = ready.get(name) ?? Handlebars.template(templates[name]);
  ready.set(name, template);
  return template(view, { allowProtoPropertiesByDefault: false });
}
