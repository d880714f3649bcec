import type { TwinCase } from '../case.ts';
import { access } from './access.ts';
import { auth } from './auth.ts';
import { bodies } from './bodies.ts';
import { forwardAuth } from './forward-auth.ts';
import { hosts } from './hosts.ts';
import { maintenance } from './maintenance.ts';
import { marks } from './marks.ts';
import { messages } from './messages.ts';
import { pages } from './pages.ts';
import { paths } from './paths.ts';
import { raw } from './raw.ts';
import { streams } from './streams.ts';
import { upgrades } from './upgrades.ts';

export const cases: readonly TwinCase[] = [
  paths,
  hosts,
  messages,
  streams,
  upgrades,
  bodies,
  raw,
  pages,
  marks,
  access,
  auth,
  maintenance,
  forwardAuth,
];
