import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const BYOA = path.join(__dirname, '..', '..', 'dist', 'bin', 'byoa.js');
const directory = mkdtempSync(path.join(tmpdir(), 'images-'));
afterAll(() => rmSync(directory, { recursive: true }));

// Compression does not reduce random bytes, and reduces zeros to almost nothing.
const KILOBYTE = 1024;

function byoa(...options: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BYOA, 'images', directory, ...options], { encoding: 'utf8' });
}

interface ImageSize {
  readonly layers: number;
  readonly bytes: number;
  readonly pulledBytes: number;
}

test('`byoa images` prints the sizes of one combined and two separate images, and of the layers that they share', () => {
  writeFileSync(path.join(directory, 'shared'), randomBytes(100 * KILOBYTE));
  writeFileSync(path.join(directory, 'train'), Buffer.alloc(1000 * KILOBYTE));
  writeFileSync(path.join(directory, 'serve'), randomBytes(10 * KILOBYTE));
  const dockerfile = [
    'FROM scratch AS base\nCOPY shared /',
    'FROM base AS training\nCOPY train /',
    'FROM base AS inference\nCOPY serve /',
    'FROM training AS combined\nCOPY serve /',
  ];
  writeFileSync(path.join(directory, 'Dockerfile'), dockerfile.join('\n'));

  const { status, stdout } = byoa('--json');
  expect(status).toBe(0);
  const { combined, training, inference, shared } = JSON.parse(stdout) as Record<string, ImageSize>;
  expect([combined, training, inference, shared].map(({ layers }) => layers)).toEqual([3, 2, 2, 1]);
  expect(shared.bytes).toBeGreaterThan(100 * KILOBYTE);
  expect(training.bytes - shared.bytes).toBeGreaterThan(1000 * KILOBYTE);
  expect(training.pulledBytes - shared.pulledBytes).toBeLessThan(10 * KILOBYTE);
  expect(inference.pulledBytes).toBeGreaterThan(110 * KILOBYTE);
  expect(combined.bytes).toBe(training.bytes + inference.bytes - shared.bytes);

  const table = byoa();
  expect(table.stdout).toMatch(/^combined +[\d.]+ MiB +[\d.]+ MiB +3$/m);
  expect(table.stderr).toContain('% of the size of the combined image');
});

test('`byoa images` compares only the two separate images, with a warning, if the last stage is one of them', () => {
  const { status, stderr, stdout } = byoa('--combined-target', 'inference');
  expect(status).toBe(0);
  expect(stderr).toContain(
    `warning: the stage "inference" of the Dockerfile in ${directory} is one of the two separate images, so that there is no combined image`,
  );
  expect(stderr).toMatch(/The repository stores [\d.]+ MiB for two images\./);
  expect(stdout.split('\n').map((line) => line.split('  ')[0])).toEqual([
    'training',
    'inference',
    'shared by training and inference',
    '',
  ]);
});

test('`byoa images` names the option for a stage that does not exist', () => {
  const { status, stderr } = byoa('--inference-target', 'none');
  expect(status).toBe(2);
  expect(stderr).toMatch(/has no stage "none"\. .* Name another stage with --inference-target\./);
});
