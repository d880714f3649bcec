import { isIpv4 } from './address.ts';

const reserved = ['localhost', 'internal', 'local', 'lan', 'home', 'corp', 'test', 'invalid', 'example', 'onion'];

/** Names that no public CA issues certificates for, and that nobody outside can ask for. */
export function isPrivateName(name: string): boolean {
  const label = name.slice(name.lastIndexOf('.') + 1);
  return (
    !name.includes('.') ||
    reserved.includes(label) ||
    isIpv4(name) ||
    name.startsWith('[') ||
    name.endsWith('home.arpa')
  );
}
