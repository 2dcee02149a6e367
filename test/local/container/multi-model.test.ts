import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { MultiModel, pack } from '../../../local/container';

const directory = mkdtempSync(path.join(tmpdir(), 'multi-model-'));
const archive = path.join(directory, 'model.tar.gz');
let server: Server;

beforeAll(async () => {
  const model = path.join(directory, 'content');
  mkdirSync(model);
  writeFileSync(path.join(model, 'model.json'), '{}');
  await pack(model, archive);
});
afterEach(() => server.close());

async function modelsOf(started: Server): Promise<{ models: MultiModel; root: string }> {
  server = started;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = mkdtempSync(path.join(directory, 'models-'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { models: new MultiModel(url, root, () => archive), root };
}

describe('A multi-model container', () => {
  test('unloads the least recently invoked model when it responds that its memory is full', async () => {
    const loaded = new Set<string>();
    const requests: string[] = [];
    const { models, root } = await modelsOf(
      createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          requests.push(request.method ?? '');
          if (request.method === 'DELETE') loaded.delete(path.basename(request.url ?? ''));
          else if (loaded.size === 1) return void response.writeHead(507).end('no memory');
          else loaded.add((JSON.parse(body) as { model_name: string }).model_name);
          response.end();
        });
      }),
    );
    await models.urlOf('first');
    const url = await models.urlOf('second');
    expect(requests).toEqual(['POST', 'POST', 'DELETE', 'POST']);
    const [id] = [...loaded];
    expect(url).toMatch(new RegExp(`/models/${id}/invoke$`));
    expect(readdirSync(root)).toEqual([id]);
  });

  test('that closes the connection at once is reported, and the model can be loaded again', async () => {
    const { models } = await modelsOf(createTcpServer((socket) => socket.destroy()));
    await expect(models.urlOf('first')).rejects.toThrow('POST /models: the connection failed');
    await expect(models.urlOf('first')).rejects.toThrow('POST /models: the connection failed');
  });
});
