import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Bench, type Measured, alternating, median } from './bench';

const ROUNDS = 15;
const MAX_KILOBYTES = 300;
const MAX_IMPORT_OF_CLIENT = 0.4;
const ROOT = path.join(__dirname, '..');
const HANDLERS = path.join(ROOT, 'dist', 'handlers');
const PEER = 'complete client-sagemaker';

/** The time in milliseconds that a new process takes to run the code. */
function elapsed(code: string): number {
  const started = process.hrtime.bigint();
  spawnSync(process.execPath, ['-e', code], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** The size of the code of a function, also of what it loads later. */
function sizeOf(directory: string): number {
  const files = readdirSync(directory).filter((name) => name.endsWith('.js'));
  return files.reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0);
}

/** Bundles the complete client in the same way as the handlers. */
async function bundleOfClient(directory: string): Promise<string> {
  const outfile = path.join(directory, 'client.js');
  await build({
    stdin: { contents: "module.exports = require('@aws-sdk/client-sagemaker')", resolveDir: ROOT },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    legalComments: 'none',
  });
  return outfile;
}

/** The size of the functions of a stack, and the time that a cold start takes to import them. */
export const bench: Bench = async ({ isShort }) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-handler-'));
  try {
    const client = await bundleOfClient(directory);
    const results: Measured[] = [];
    for (const name of readdirSync(HANDLERS).filter((one) => existsSync(path.join(HANDLERS, one, 'index.js')))) {
      const file = path.join(HANDLERS, name, 'index.js');
      const programs: Record<string, string> = {
        bare: '0',
        ours: `require(${JSON.stringify(file)})`,
        [PEER]: `require(${JSON.stringify(client)})`,
      };
      const samples = await alternating(Object.keys(programs), isShort ? 1 : ROUNDS, (program) =>
        elapsed(programs[program]),
      );
      const importTime = (program: string): number =>
        median((samples.get(program) ?? []).map((value, index) => value - (samples.get('bare') ?? [])[index]));
      const [kilobytes, milliseconds, clientMilliseconds] = [
        sizeOf(path.dirname(file)) / 1000,
        importTime('ours'),
        importTime(PEER),
      ];
      results.push(
        {
          metric: `${name}: bundle`,
          unit: 'kB',
          ours: kilobytes,
          peers: { [PEER]: statSync(client).size / 1000 },
          goal: `at most ${MAX_KILOBYTES} kB`,
          met: kilobytes <= MAX_KILOBYTES,
        },
        {
          metric: `${name}: import time`,
          unit: 'ms',
          ours: milliseconds,
          peers: { [PEER]: clientMilliseconds },
          goal: `at most ${MAX_IMPORT_OF_CLIENT} × the client`,
          met: milliseconds <= MAX_IMPORT_OF_CLIENT * clientMilliseconds,
        },
      );
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true });
  }
};
