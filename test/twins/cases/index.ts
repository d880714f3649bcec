import type { TwinCase } from '../case.ts';
import { access } from './access.ts';
import { auth } from './auth.ts';
import { bodies } from './bodies.ts';
import { files } from './files.ts';
import { forwardAuth } from './forward-auth.ts';
import { headers } from './headers.ts';
import { hosts } from './hosts.ts';
import { maintenance } from './maintenance.ts';
import { marks } from './marks.ts';
import { messages } from './messages.ts';
import { pages } from './pages.ts';
import { paths } from './paths.ts';
import { balance } from './pools.ts';
import { raw } from './raw.ts';
import { routes } from './routes.ts';
import { streams } from './streams.ts';
import { tls } from './tls.ts';
import { trust } from './trust.ts';
import { upgrades } from './upgrades.ts';

export const cases: readonly TwinCase[] = [
  paths,
  routes,
  headers,
  files,
  tls,
  trust,
  hosts,
  messages,
  streams,
  upgrades,
  bodies,
  raw,
  pages,
  balance,
  marks,
  access,
  auth,
  maintenance,
  forwardAuth,
];
