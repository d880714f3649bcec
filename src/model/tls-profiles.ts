/**
 * What a site offers in its handshakes, as data with a date: Mozilla's guideline "Server Side TLS", version 6.0 of
 * 2026-04-06 (https://ssl-config.mozilla.org/guidelines/6.0.json). That version has no `old` any more: what it offered
 * (TLS 1.0, TLS 1.1, CBC, key exchange by RSA) is broken, and Caddy never had it.
 */
export type TlsProfile = 'modern' | 'intermediate';

export type TlsProtocol = 'TLSv1.2' | 'TLSv1.3';

export const profileProtocols: Readonly<Record<TlsProfile, readonly TlsProtocol[]>> = {
  modern: ['TLSv1.3'],
  intermediate: ['TLSv1.2', 'TLSv1.3'],
};

/**
 * Of TLS 1.2, by the names of OpenSSL. Caddy offers exactly these unless it is told otherwise; what TLS 1.3 has are the
 * three that the guideline names on both.
 */
export const tls12Ciphers: readonly string[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** Key exchange, by the names of the guideline: the first withstands quantum computers. */
export const keyExchanges = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'] as const;
