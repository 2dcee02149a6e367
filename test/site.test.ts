import { isClassType, loadAssemblyFromPath } from '@jsii/spec';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { sections } from '../docs/.vitepress/pages';
import { serve } from '../scripts/site/serve';

const ROOT = path.join(__dirname, '..');
const DOCS = path.join(ROOT, 'docs');

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'docs'], { cwd: ROOT });
const pages = tracked
  .toString()
  .split('\n')
  .filter((file) => file.endsWith('.md') && existsSync(path.join(ROOT, file)));

test('Every page of the documentation is in one section of the sidebar', () => {
  const listed = sections(DOCS).flatMap((section) => section.pages.map(({ file }) => `docs/${file}`));
  expect(listed.sort()).toEqual([...pages].sort());
});

test('Every relative link of the documentation leads to a file of the repository, as GitHub resolves it', () => {
  const missing = pages.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map(([, target]) => target);
    return targets
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(path.join(ROOT, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  expect(missing).toEqual([]);
});

test('Every class of the public API has an example in its docstring, which the API reference shows', () => {
  const classes = Object.values(loadAssemblyFromPath(ROOT).types ?? {}).filter(isClassType);
  expect(classes.length).toBeGreaterThan(60);
  expect(classes.filter(({ docs }) => docs?.example === undefined).map(({ name }) => name)).toEqual([]);
});

test('The site is not built if its port is used by another program, and the error names the option for another port', async () => {
  const server = await serve(DOCS, 0);
  const { address, port } = server.address() as AddressInfo;
  expect(address).toBe('127.0.0.1');
  const args = ['--import', 'tsx', 'scripts/site/index.ts', '--serve', '--port', String(port)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  server.close();
  expect(stderr).toContain(`Port ${port} is not available`);
  expect(stderr).toContain('--serve --port 4174');
  expect([status, stdout]).toEqual([1, '']);
});
