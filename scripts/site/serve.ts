/** A server of the built site for this machine. */
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import * as path from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * @param port the port on 127.0.0.1; 0 selects a free one
 * @throws an error if another program uses the port
 */
export async function serve(site: string, port: number): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://site');
    const file = path.join(site, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const exists = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    response.writeHead(exists ? 200 : 404, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
    if (exists) createReadStream(file).pipe(response);
    else response.end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
