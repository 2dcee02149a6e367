import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { byoa } from './byoa';

const request = path.join(mkdtempSync(path.join(tmpdir(), 'invoke-')), 'request.csv');
let server: Server;

beforeAll(() => writeFileSync(request, '1,2\n'));
afterEach(() => server.close());

async function urlOf(started: Server): Promise<string> {
  server = started;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('`byoa invoke --url`', () => {
  test('prints the response of a container that is already running', async () => {
    const url = await urlOf(createServer((received, response) => void received.pipe(response)));
    expect(await byoa(['invoke', '--url', url, '--request', request])).toMatchObject({ code: 0, stdout: '1,2\n' });
  });

  test('exits with code 1 and the status when the model responds with an error', async () => {
    const url = await urlOf(createServer((_, response) => response.writeHead(400).end('no such column')));
    expect(await byoa(['invoke', '--url', url, '--request', request])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'Received status 400 from the model with message "no such column".\n',
    });
  });

  test('exits with code 2 and an error when the server closes the connection before it responds', async () => {
    const url = await urlOf(createTcpServer((socket) => socket.destroy()));
    const { code, stdout, stderr } = await byoa(['invoke', '--url', url, '--request', request]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`The model at ${url}/invocations cannot be invoked: the connection failed`);
  });
});
