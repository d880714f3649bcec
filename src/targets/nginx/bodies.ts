import { formatSize } from '../../model/size.ts';
import type { Route } from '../../model/topology.ts';
import { compressedFrom, compressedTypes } from '../compression.ts';
import type { NginxRoute } from './directives.ts';
import { nginxToken } from './tokens.ts';

/** What a location is told of bodies. */
export function bodiesOf({ maxBody, compress }: Route): Pick<NginxRoute, 'maxBody' | 'gzip'> {
  return {
    ...(maxBody ? { maxBody: maxBody.value } : {}),
    // It has no other encoding.
    ...(compress?.value.includes('gzip') ? { gzip: true as const } : {}),
  };
}

export function bodyLines(route: NginxRoute): string[] {
  const { maxBody, gzip } = route;
  return [
    ...(maxBody === undefined ? [] : [`client_max_body_size ${formatSize(maxBody)};`]),
    ...(gzip
      ? [
          'gzip on;',
          `gzip_types ${typesOf(route).join(' ')};`,
          `gzip_min_length ${compressedFrom};`,
          'gzip_http_version 1.0;',
          'gzip_proxied any;',
          'gzip_vary on;',
        ]
      : []),
  ];
}

/** Without text/html, which is always among them. What `default_type` says with a charset is a type of its own. */
function typesOf(route: NginxRoute): string[] {
  const own = route.action === 'answer' ? route.type : undefined;
  const [plain = ''] = own?.split(';') ?? [];
  const listed = compressedTypes.filter((type) => type !== 'text/html');
  const isMore = own !== undefined && own !== plain && compressedTypes.includes(plain.trim().toLowerCase());
  return isMore ? [...listed, nginxToken(own)] : listed;
}
