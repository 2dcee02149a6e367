import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

test('`npm start` without Docker Engine prints the command that starts it, and no stack trace', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'no-docker-'));
  writeFileSync(path.join(directory, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/start.ts', '--no-install'], {
    cwd: path.join(__dirname, '..'),
    env: { ...process.env, DOCKER_HOST: '', PATH: `${directory}${path.delimiter}${process.env.PATH}` },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Docker Engine is not running. Start it with this command, then try again:');
  expect(stderr).not.toContain('    at ');
});

test('`npm start` with a DOCKER_HOST that does not respond fails at once, and names it', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    cwd: path.join(__dirname, '..'),
    env: { ...process.env, DOCKER_HOST: 'unix:///nonexistent.sock' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('Docker Engine does not respond at DOCKER_HOST=unix:///nonexistent.sock.');
});
