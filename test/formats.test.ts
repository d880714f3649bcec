import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import { analyse } from '../src/pipeline.ts';
import { reporters } from '../src/reporters/index.ts';
import type { Report } from '../src/reporters/reporter.ts';
import { createSource } from '../src/source/source.ts';
import { cases, expectFile, judgeCase } from './golden.ts';

const plain = new Chalk({ level: 0 });
const format = (name: string, reports: readonly Report[]): string => reporters[name]?.(reports, plain) ?? '';

/** The official schema (OASIS, 2.1.0-rtm.5 is the final one), which is of draft 4: its `id` has another name by now. */
const { $schema: _, id: __, ...schema } = sarifSchema;
const isSarif = new Ajv({
  strict: false,
  unicodeRegExp: false,
  formats: {
    uri: /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i,
    'uri-reference': /^(?:[\w.~!$&'()*+,;=:@/?#-]|%[0-9A-F]{2})*$/i,
    'date-time': true,
  },
}).compile(schema);

function expectSarif(text: string): void {
  isSarif(JSON.parse(text));
  expect(isSarif.errors ?? []).toEqual([]);
}

const files = {
  pretty: 'txt',
  json: 'json',
  sarif: 'sarif',
  github: 'log',
  gitlab: 'gitlab.json',
  junit: 'xml',
  markdown: 'md',
};

describe('formats', () => {
  it.each(cases('formats'))('$name', ({ folder }) => {
    const names = ['topology.yaml', 'sites/twice.yaml', 'clean.yaml'].filter((name) => existsSync(join(folder, name)));
    const reports = names.map((name): Report => analyse(name, readFileSync(join(folder, name))));
    for (const [name, ending] of Object.entries(files)) {
      const text = format(name, reports);
      expectFile(join(folder, `expected.${ending}`), text);
      if (name === 'sarif') expectSarif(text);
    }
    expect(Object.keys(files)).toEqual(Object.keys(reporters));
  });

  it.each(cases('findings'))('sarif of "$name" is valid', ({ folder }) => {
    expectSarif(format('sarif', judgeCase(folder).files));
  });

  it('sarif keeps what the schema asks for: a wrong one is told apart', () => {
    const text = format('sarif', [found('stale-dns', 'x')]);
    expect(isSarif(JSON.parse(text.replace('"startLine": 1', '"startLine": 0')))).toBe(false);
    expect(isSarif(JSON.parse(text.replace('"text"', '"txt"')))).toBe(false);
  });

  it('without findings', () => {
    const clean = { source: createSource('a.yaml', 'version: 1\n'), diagnostics: [] };
    expect(format('github', [clean])).toBe('');
    expect(format('gitlab', [clean])).toBe('[]\n');
    expect(format('markdown', [clean])).toBe('**✅ no findings**\n');
    expectSarif(format('sarif', [clean]));
    expect(format('junit', [clean])).toContain('<testcase classname="a.yaml" name="no findings"/>');
  });
});

describe('fingerprints', () => {
  const prints = (text: string) => {
    const reports = [analyse('topology.yaml', text)];
    const results: { ruleId: string; partialFingerprints: Record<string, string> }[] = JSON.parse(
      format('sarif', reports),
    ).runs[0].results;
    const sarif = results.map(({ ruleId, partialFingerprints }) => [ruleId, partialFingerprints['proxywright/v1']]);
    const issues: { check_name: string; fingerprint: string }[] = JSON.parse(format('gitlab', reports));
    expect(issues.map(({ check_name, fingerprint }) => [check_name, fingerprint])).toEqual(sarif);
    return sarif.map(([rule, print]) => `${rule} ${print}`).sort();
  };
  const written =
    'version: 1\ntargets: { nginx: { version: "1.26" } }\nsites:\n  a.example.com: [web:80, api:80]\n  b.example.com: [web:80, api:80]\n';

  it('differ inside a file, and stay when lines move or a server comes before', () => {
    const before = prints(written);
    expect(before.length).toBeGreaterThan(4);
    expect(new Set(before).size).toBe(before.length);
    expect(prints(written.replace('sites:', '# more\n\nsites:\n'))).toEqual(before);
    expect(prints(written.replace('[web:80', '[10.0.0.2:80, web:80'))).toEqual(before);
    expect(prints(written.replace('b.example', 'c.example'))).not.toEqual(before);
  });
});

const nasty = `50%0A% "of" 'it',\r\nline: 2 <b onclick=x>&amp; | @someone #12 [a](https://b.example) *x* \`y\` \x1b[31m\u202e\ud800\uffff\x00`;

function found(rule: string, message: string, name = 'topology.yaml'): Report {
  const source = createSource(name, 'version: 1\nsites: {}\n');
  const place = { source: name, path: '#0-7', part: 'value' } as const;
  source.place(0, 7);
  const diagnostic: Diagnostic = { rule, severity: 'warning', message, why: message, help: message, place };
  return { source, diagnostics: [{ ...diagnostic, related: [{ place, message }] }] };
}

describe('text of users', () => {
  const reports = [found('stale-dns', nasty, `dir %2C%,:<"'&>/\x1b\u202e é.yaml`)];
  const unseen = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/u;

  it.each(['pretty', 'github', 'junit', 'markdown'])('%s: no control characters and half characters', (name) => {
    const text = format(name, reports);
    expect(text).not.toMatch(unseen);
    const shown = '\\x1b[31m\\u202e\\ud800\\uffff\\x00';
    expect(text).toContain(name === 'markdown' ? shown.replaceAll(/[\\[]/g, '\\$&') : shown);
  });

  it('github: one command, whose properties and message come back as they were', () => {
    const line = format('github', reports);
    expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    const [, properties = '', message = ''] = /^::warning ([^:]*)::(.*)\n$/.exec(line) ?? [];
    const decoded = (text: string) =>
      text.replace(/%([0-9A-F]{2})/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 16)));
    const pairs = Object.fromEntries(properties.split(',').map((pair) => pair.split('=').map(decoded)));
    expect(pairs).toEqual({
      file: `dir %2C%,:<"'&>/\\x1b\\u202e é.yaml`,
      line: '1',
      endLine: '1',
      col: '1',
      endColumn: '8',
      title: 'stale-dns',
    });
    const told = nasty.replace('\r\n', '\\r\n').replace(/\x1b.*/s, '\\x1b[31m\\u202e\\ud800\\uffff\\x00');
    expect(decoded(message)).toBe(`${told}\nwhy: ${told}\nhelp: ${told}`);
  });

  it('junit: well-formed XML', () => {
    const text = format('junit', reports);
    const tag = /<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g;
    const rest = text.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>/, '').replace(tag, '');
    expect(rest).not.toMatch(/[<>]/);
    expect(text).not.toMatch(/&(?!(?:amp|lt|gt|quot|apos|#10|#9);)/);
    const open: string[] = [];
    for (const [whole, close, name = '', end] of text.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop(), whole).toBe(name);
      else if (!end) open.push(name);
    }
    expect(open).toEqual([]);
    expect(text).toContain(
      'name="stale-dns: 50%0A% &quot;of&quot; &apos;it&apos;,\\r&#10;line: 2 &lt;b onclick=x&gt;&amp;amp; | @someone',
    );
  });

  it('gitlab: the path as the file is called, the rest without control characters', () => {
    const [issue] = JSON.parse(format('gitlab', reports));
    expect(issue.location.path).toBe(reports[0]?.source.name);
    expect(issue.description).not.toMatch(unseen);
  });

  it('sarif: valid, the URI encoded, no link in a message', () => {
    const text = format('sarif', reports);
    expectSarif(text);
    const [result] = JSON.parse(text).runs[0].results;
    const { uri } = result.locations[0].physicalLocation.artifactLocation;
    expect(uri).toBe("dir%20%252C%25%2C%3A%3C%22'%26%3E/%1B%E2%80%AE%20%C3%A9.yaml");
    for (const message of [result.message.text, result.relatedLocations[0].message.text]) {
      expect(message).toContain('[a] (https://b.example)');
      expect(message).not.toMatch(unseen);
    }
  });

  it('sarif: absolute paths are URIs of files, `./` is nothing', () => {
    const uri = (name: string) =>
      JSON.parse(format('sarif', [found('stale-dns', 'x', name)])).runs[0].results[0].locations[0].physicalLocation
        .artifactLocation.uri;
    expect(uri('/srv/a b/topology.yaml')).toBe('file:///srv/a%20b/topology.yaml');
    expect(uri('C:/edge/topology.yaml')).toBe('file:///C:/edge/topology.yaml');
    expect(uri('./edge/topology.yaml')).toBe('edge/topology.yaml');
    expect(uri('<stdin>')).toBe('%3Cstdin%3E');
  });

  it('markdown: no tag, no cell, no emphasis and no mention begins in it', () => {
    const text = format('markdown', reports);
    expect(text.replaceAll(/<\/?(?:details|summary|code)>/g, '')).not.toMatch(/(?<!\\)[<>]/);
    const row = text.split('\n').find((line) => line.includes('someone')) ?? '';
    expect(row.split(/(?<!\\)\|/)).toHaveLength(6);
    expect(text).not.toMatch(/@someone|#12/);
    expect(row).not.toMatch(/(?<!\\)[[\]*`]/);
    expect(text).toContain('@&#8203;someone #&#8203;12');
  });
});
