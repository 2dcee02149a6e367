import { type RequestListener, createServer } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net';
import { NoResponse, isSuccess, openRequest, sendRequest } from '../../local/http';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  servers.splice(0).forEach((server) => server.close());
});

async function urlOf(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (listener: RequestListener): Promise<string> => urlOf(createServer(listener));
const tcp = (onConnection: (socket: Socket) => void): Promise<string> => urlOf(createTcpServer(onConnection));

describe('The HTTP client', () => {
  test('sends method, headers and body, and returns status, headers and body', async () => {
    const url = await http((request, response) => {
      response.writeHead(201, { 'X-Length': request.headers['content-length'] });
      response.write(`${request.method} ${request.url} ${String(request.headers['x-mine'])} `);
      request.pipe(response);
    });
    const body = Buffer.from('1,2');
    const response = await sendRequest(`${url}/a`, {
      method: 'POST',
      headers: { 'X-Mine': 'yes' },
      body,
      timeoutSeconds: 60,
    });
    if (response instanceof NoResponse) throw response;
    expect([response.status, isSuccess(response), response.headers['x-length']]).toEqual([201, true, '3']);
    expect(response.body.toString()).toBe('POST /a yes 1,2');
  });

  test('sends a chunked body without its length', async () => {
    const url = await http(({ headers }, response) =>
      response.end(`${headers['content-length']} ${headers['transfer-encoding']}`),
    );
    const body = Buffer.from('1,2');
    const response = await sendRequest(url, { method: 'POST', body, isChunked: true, timeoutSeconds: 60 });
    if (response instanceof NoResponse) throw response;
    expect(response.body.toString()).toBe('undefined chunked');
  });

  test('returns NoResponse when the server closes the connection before the first byte', async () => {
    const url = await tcp((socket) => socket.destroy());
    const response = await sendRequest(url, { timeoutSeconds: 60 });
    expect(response).toBeInstanceOf(NoResponse);
    expect(response).toMatchObject({
      isLate: false,
      message: expect.stringContaining('the connection failed') as string,
    });
  });

  test('returns NoResponse when the server closes the connection in the middle of the body', async () => {
    const url = await tcp((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    });
    expect(await sendRequest(url, { timeoutSeconds: 60 })).toMatchObject({ name: 'NoResponse', isLate: false });
  });

  test('returns NoResponse with the system error when nothing listens', async () => {
    const response = await sendRequest('http://127.0.0.1:1', { timeoutSeconds: 60 });
    expect(response).toMatchObject({ isLate: false, message: expect.stringContaining('ECONNREFUSED') as string });
  });

  test('returns a late NoResponse when the server is silent for the time limit', async () => {
    const url = await http(() => undefined);
    const response = await sendRequest(url, { timeoutSeconds: 0.05 });
    expect(response).toMatchObject({ isLate: true, message: 'no response within 0.05 s' });
  });

  test('lets the caller send the body of an open request in parts', async () => {
    const url = await http((request, response) => void request.pipe(response));
    const { client, response } = openRequest(url, { method: 'POST', timeoutSeconds: 60 });
    await new Promise<void>((resolve) => client.write('a', () => resolve()));
    client.end('b');
    expect((await response).body.toString()).toBe('ab');
  });
});
