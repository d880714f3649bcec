// Puts the summary into one comment of the pull request, which is found again by its first line and updated. Where the
// token may not comment (pull requests of forks), that is said and nothing fails: the step summary has the same.
import { readFileSync } from 'node:fs';

const { GITHUB_API_URL, GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_TOKEN = '', ...env } = process.env;
const { number } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')).pull_request;
const marker = `<!-- proxywright ${(env.PROXYWRIGHT_COMMENT || 'default').replace(/[^A-Za-z0-9._-]/g, '-')} -->`;
/** GitHub takes 65 536 characters. */
const most = 60_000;

class Refused extends Error {}

async function api(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GITHUB_TOKEN}`,
      'x-github-api-version': '2022-11-28',
    },
    signal: AbortSignal.timeout(30_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if ([401, 403, 404].includes(response.status)) throw new Refused(`${method}: ${response.status}`);
  if (!response.ok) throw new Error(`GitHub answers ${response.status}`);
  return response.json();
}

/** Ours alone: others may begin a comment with the same line, and the token may edit what they wrote. */
async function mine() {
  for (let page = 1; page <= 50; page++) {
    const path = `/repos/${GITHUB_REPOSITORY}/issues/${number}/comments?per_page=100&page=${page}`;
    const comments = await api('GET', path);
    const found = comments.find(({ body, user }) => body?.startsWith(marker) && user?.type === 'Bot');
    if (found || comments.length < 100) return found;
  }
  return undefined;
}

function text() {
  const summary = readFileSync(env.PROXYWRIGHT_SUMMARY, 'utf8');
  if (summary.length <= most) return `${marker}\n${summary}`;
  const cut = summary.lastIndexOf('\n', most);
  return `${marker}\n${summary.slice(0, cut)}\n\n… the rest is in the summary of the run.\n`;
}

try {
  if (GITHUB_TOKEN === '') throw new Refused('there is no token');
  const before = await mine();
  const body = text();
  if (before?.body === body) console.log('the comment is up to date');
  else if (before) await api('PATCH', `/repos/${GITHUB_REPOSITORY}/issues/comments/${before.id}`, { body });
  // Nothing new is no reason to write to everybody.
  else if (env.PROXYWRIGHT_CHANGED === 'true') {
    await api('POST', `/repos/${GITHUB_REPOSITORY}/issues/${number}/comments`, { body });
  }
} catch (problem) {
  const why = problem instanceof Refused ? 'the token may not comment' : `no comment: ${problem.message}`;
  const level = problem instanceof Refused ? 'notice' : 'warning';
  console.log(`::${level} title=proxywright::${why.replace(/[\r\n]/g, ' ')}; the summary of the run says the same`);
}
