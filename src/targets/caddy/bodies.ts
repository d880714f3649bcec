import { compressedFrom, compressedStatuses, compressedTypes } from '../compression.ts';
import type { CaddyRoute } from './directives.ts';

/** The lines of a route that limit the bodies of requests, and that compress those of answers. */
export function bodyLines({ maxBody, encode = [] }: CaddyRoute, number: number): string[] {
  const encodings = encode.filter((one) => one !== 'br');
  return [
    ...(encodings.length > 0
      ? [
          '# To HEAD it would tell the length of nothing, compressed.',
          `@body${number} not method HEAD`,
          `encode @body${number} ${encodings.join(' ')} {`,
          `\tminimum_length ${compressedFrom}`,
          '\tmatch {',
          `\t\tstatus ${compressedStatuses.join(' ')}`,
          // Before 2.7 one line takes one value.
          ...compressedTypes.map((type) => `\t\theader Content-Type ${type}*`),
          '\t}',
          '}',
        ]
      : []),
    ...(maxBody === undefined
      ? []
      : [
          '# Whose length is told is refused before a server is asked.',
          `@large${number} expression ${longer(maxBody)}`,
          `error @large${number} 413`,
          'request_body {',
          `\tmax_size ${maxBody}`,
          '}',
        ]),
  ];
}

/** A request without a length would make the comparison alone an error. */
function longer(size: number): string {
  const length = '{http.request.header.Content-Length}';
  return `\`${length}.matches("^[0-9]+$") && int(${length}) > ${size}\``;
}
