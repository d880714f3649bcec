import type { Acme } from '../model/topology.ts';

const letsEncryptStaging = 'https://acme-staging-v02.api.letsencrypt.org/directory';

/** The directory URL of the CA; absent: the client's own default, which is production. */
export function caDirectory({ ca }: Acme): string | undefined {
  if (ca.value === 'production') return undefined;
  return ca.value === 'staging' ? letsEncryptStaging : ca.value;
}
