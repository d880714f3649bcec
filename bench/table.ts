/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** With its limit, and whether it is kept. */
export function against(value: number, limit: number, unit: string): string {
  return `${value.toFixed(value < 10 ? 2 : 0)}${unit} ${value <= limit ? '≤' : '**>**'} ${limit}${unit}`;
}
