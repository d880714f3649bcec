/** `1 route`, `2 routes`: a number with its word, which has an s where there is not one. */
export function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}
