// Compiles the forwarder of isolated containers for the platforms of SageMaker, and writes it to local/container/forwarder.json. Requires
// gcc on x86_64 and the cross compiler for ARM: apt-get install gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const SOURCE = path.join(import.meta.dirname, '..', 'local', 'container', 'forwarder.c');
const TARGET = path.join(import.meta.dirname, '..', 'local', 'container', 'forwarder.json');

/** No C library, no position-independent code and no tables: the program has less than 2 KiB. */
const OPTIONS = [
  ...['-Os', '-static', '-nostdlib', '-ffreestanding', '-fno-pie', '-no-pie', '-s', '-Wall', '-Wextra', '-Werror'],
  ...['-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-Wl,--build-id=none', '-Wl,-z,noseparate-code'],
];
const COMPILERS = {
  'linux/amd64': ['gcc', '-fcf-protection=none'],
  'linux/arm64': ['aarch64-linux-gnu-gcc', '-mno-outline-atomics'],
};

const directory = mkdtempSync(path.join(tmpdir(), 'forwarder-'));
const programs = Object.fromEntries(
  Object.entries(COMPILERS).map(([platform, [compiler, ...options]]) => {
    const output = path.join(directory, platform.replace('/', '-'));
    execFileSync(compiler, [...OPTIONS, ...options, '-o', output, SOURCE], { stdio: 'inherit' });
    return [platform, readFileSync(output, 'base64')];
  }),
);
rmSync(directory, { recursive: true });
const sourceHash = createHash('sha256').update(readFileSync(SOURCE)).digest('hex');
writeFileSync(TARGET, `${JSON.stringify({ sourceHash, programs }, undefined, 2)}\n`);
