import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Context } from './context';
import type { Service } from './service';
import type { Response } from './wire/request';

/** The path of the console. The name of a bucket cannot contain an underscore, so that no path of Amazon S3 is hidden. */
export const CONSOLE_PATH = '/_console/';

const PATH = /^\/_console(?:\/(?<file>.*))?$/;
const FILES = path.join(__dirname, '..', '..', 'dist', 'console');
const TYPES: Record<string, string> = {
  'index.html': 'text/html; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
};

/** The page runs only its own code, sends requests only to this service, and cannot be part of another page. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** The console: a page that calls the operations of the other services from the browser, as any client does. */
export function consolePage({ region, account }: Pick<Context, 'region' | 'account'>): Service {
  const respond = ({ method, path: requested }: { method: string; path: string }): Response => {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
    const file = PATH.exec(requested)?.groups?.file ?? '';
    const name = file === '' ? 'index.html' : file;
    if (!Object.hasOwn(TYPES, name))
      return { status: 404, headers: HEADERS, body: `The console has no file "${name}".` };
    const content = readFileSync(path.join(FILES, name), 'utf8');
    const body = content.replace('{{region}}', region).replace('{{account}}', account);
    return { headers: { ...HEADERS, 'content-type': TYPES[name] }, body };
  };
  return {
    signingName: 'console',
    routes: [{ path: PATH, respond: (request) => Promise.resolve(respond(request)) }],
  };
}
