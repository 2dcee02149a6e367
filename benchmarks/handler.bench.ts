import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Bench, type Measured, alternating, median } from './bench';

const ROUNDS = 15;
const MAX_KILOBYTES = 400;
const MAX_MILLISECONDS = 40;
const ROOT = path.join(__dirname, '..');
const HANDLERS = path.join(ROOT, 'dist', 'handlers');
const PEER = 'all of client-sagemaker';

/** Milliseconds that a new process takes to run some code. */
function elapsed(code: string): number {
  const started = process.hrtime.bigint();
  spawnSync(process.execPath, ['-e', code], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** The whole client in one file, made as the handlers are made. */
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

/** The functions of a stack: how large they are, and what a cold start spends on importing them. */
export const bench: Bench = async ({ isShort }) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-handler-'));
  try {
    const client = await bundleOfClient(directory);
    const results: Measured[] = [];
    for (const name of readdirSync(HANDLERS).filter((one) => existsSync(path.join(HANDLERS, one, 'index.js')))) {
      const file = path.join(HANDLERS, name, 'index.js');
      const codes: Record<string, string> = {
        bare: '0',
        ours: `require(${JSON.stringify(file)})`,
        [PEER]: `require(${JSON.stringify(client)})`,
      };
      const samples = await alternating(Object.keys(codes), isShort ? 1 : ROUNDS, (way) => elapsed(codes[way]));
      const over = (way: string): number =>
        median((samples.get(way) ?? []).map((value, index) => value - (samples.get('bare') ?? [])[index]));
      const [kilobytes, milliseconds] = [statSync(file).size / 1000, over('ours')];
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
          metric: `${name}: import over bare node`,
          unit: 'ms',
          ours: milliseconds,
          peers: { [PEER]: over(PEER) },
          goal: `at most ${MAX_MILLISECONDS} ms`,
          met: milliseconds <= MAX_MILLISECONDS,
        },
      );
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true });
  }
};
