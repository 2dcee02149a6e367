import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { ServiceFixture } from './fixture';

const CONSOLE = path.join(__dirname, '..', '..', '..', 'dist', 'console');

describe('The files of the console', () => {
  const files = readdirSync(CONSOLE).sort();
  const textOf = (name: string): string => readFileSync(path.join(CONSOLE, name), 'utf8');

  test('have at most 150 kB', () => {
    const sizes = files.map((name) => Buffer.byteLength(textOf(name)));
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(150_000);
  });

  test('refer to no other origin, and contain no inline scripts and styles', () => {
    expect(files).toEqual(['console.css', 'console.js', 'index.html']);
    expect(textOf('index.html')).not.toMatch(/https?:|<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=/);
    expect(textOf('console.css')).not.toMatch(/https?:|@import/);
    expect(textOf('console.js')).not.toMatch(/\bfetch\(["'`]http/);
  });
});

describe('The local service', () => {
  const service = ServiceFixture.forEachTest(() => ({ account: '111111111111' }));

  test.each([
    ['', 'text/html; charset=utf-8'],
    ['console.js', 'text/javascript; charset=utf-8'],
    ['console.css', 'text/css; charset=utf-8'],
  ])(
    'serves the file "%s" of the console without a signature, with a policy that allows no other code',
    async (name, type) => {
      const { status, headers } = await fetch(`${service.url}/_console/${name}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
          "form-action 'none'; frame-ancestors 'none'",
      );
    },
  );

  test('writes its account and region into the console', async () => {
    const page = await (await fetch(`${service.url}/_console`)).text();
    expect(page).toContain('data-region="us-east-1" data-account="111111111111"');
  });

  test.each([
    ['of a file that the console does not have', 'GET', '/_console/other.js', 404, {}],
    ['of a file elsewhere', 'GET', '/_console/../../package.json', 404, {}],
    ['of a property that all objects have', 'GET', '/_console/constructor', 404, {}],
    ['that changes something', 'POST', '/_console/', 405, {}],
    ['of a page of another site', 'GET', '/_console/', 403, { 'sec-fetch-site': 'cross-site' }],
    ['for another name of this machine', 'GET', '/_console/', 403, { host: 'evil.example' }],
  ])('rejects a request to the console %s', async (_, method, pathname, status, headers) => {
    expect(await service.send(method, pathname, headers as Record<string, string>)).toBe(status);
  });
});
