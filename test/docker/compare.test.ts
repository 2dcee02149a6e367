import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ComparisonResult } from '../../local/compare';
import { DockerEngine } from '../../local/container';
import { buildBase } from '../corpus';
import { byoa } from '../local/cli/byoa';

const CONTAINERS = path.join(__dirname, '..', 'fixtures', 'containers');
const IMAGE = path.join(CONTAINERS, 'clean-python');
const REQUEST = path.join(CONTAINERS, 'data', 'request.csv');
const LABEL = 'cdk-sagemaker-algorithm.run';
const directory = mkdtempSync(path.join(tmpdir(), 'test-'));

/** A model of the container that multiplies by a slope. */
function model(slope: number): string {
  const created = path.join(directory, `slope-${slope}`);
  mkdirSync(created, { recursive: true });
  writeFileSync(path.join(created, 'model.json'), JSON.stringify({ slope }));
  return created;
}

async function compare(slope: number): Promise<{ code: number | null; result: ComparisonResult }> {
  const models = ['--model-a', model(2), '--model-b', model(slope)];
  const options = ['--request', REQUEST, '--format', 'json', '--repeat', '3'];
  const { code, stdout, stderr } = await byoa(['compare', IMAGE, IMAGE, ...models, ...options], {
    env: { CDK_DOCKER: 'docker' },
  });
  if (stdout === '') throw new Error(stderr);
  return { code, result: JSON.parse(stdout) as ComparisonResult };
}

beforeAll(() => buildBase());

test('Two containers with the same model agree, and the memory of both is known', async () => {
  const { code, result } = await compare(2);
  expect([code, result.agreement, result.disagreements]).toEqual([0, 1, []]);
  for (const { errorCount, latency, memoryBytes } of Object.values(result.sides)) {
    expect([errorCount, typeof latency?.p50]).toEqual([0, 'number']);
    // A Python interpreter.
    expect(memoryBytes).toBeGreaterThan(1024 ** 2);
  }
});

test('Two containers with other models disagree, and nothing is left behind', async () => {
  const { code, result } = await compare(3);
  expect([code, result.agreement]).toEqual([1, 0]);
  expect(result.disagreements).toMatchObject([{ request: REQUEST, difference: { at: expect.any(String) as string } }]);
  expect(await new DockerEngine().list(LABEL)).toEqual([]);
});

test('An interrupted comparison exits with code 130, prints no report and leaves nothing behind', async () => {
  const engine = new DockerEngine();
  // This container never becomes healthy, so that the comparison waits for it.
  const endless = path.join(CONTAINERS, 'never-listens');
  const { code, stdout } = await byoa(['compare', endless, endless, '--model', model(2), '--request', REQUEST], {
    env: { CDK_DOCKER: 'docker' },
    onSpawn: (child) => {
      child.stderr?.on('data', (text: Buffer) => String(text).includes('Starting') && child.kill('SIGINT'));
    },
  });
  expect([code, stdout]).toEqual([130, '']);
  expect(await engine.list(LABEL)).toEqual([]);
});
