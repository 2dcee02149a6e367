import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const FILES = 1000;
const DOCKERFILE = 'FROM python:3.12-slim AS training\nFROM python:3.12-slim AS inference\n';
const BYTES = 2 * 1024 ** 3;

/** Creates the context directory of a Docker image with many files, which are large but sparse, and removes it after the work. */
export async function withContextDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-synth-'));
  try {
    writeFileSync(path.join(directory, 'Dockerfile'), DOCKERFILE);
    for (let index = 0; index < FILES; index++) {
      const folder = path.join(directory, `part${index % 10}`);
      mkdirSync(folder, { recursive: true });
      const file = openSync(path.join(folder, `${index}.bin`), 'w');
      writeSync(file, String(index));
      ftruncateSync(file, Math.floor(BYTES / FILES));
      closeSync(file);
    }
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
