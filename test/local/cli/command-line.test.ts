import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const PROGRAM = path.join(__dirname, '..', '..', '..', 'dist', 'bin', 'byoa.js');

/** Runs the command line as it is shipped. No engine is at hand here, and none may be needed to see what is wrong. */
function byoa(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, CDK_DOCKER: 'no-such-docker' };
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env });
}

function directory(files: Record<string, string> = {}): string {
  const made = mkdtempSync(path.join(tmpdir(), 'test-'));
  Object.entries(files).forEach(([name, text]) => writeFileSync(path.join(made, name), text));
  return made;
}

test('The help tells the commands', () => {
  const { status, stdout } = byoa('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/ train [^]* serve [^]* invoke [^]* check [^]* images [^]* local /);
});

test('All faults of the options are told at once, each with the option, the rule and the value', () => {
  const image = directory();
  const empty = directory();
  const broken = directory({ 'hyperparameters.json': '[1]' });
  const { status, stdout, stderr } = byoa(
    ...['train', image, '--channel', 'a b=/nope', '--channel', `empty=${empty},mode=Fast,size=3`],
    ...['--hyperparameter', 'depth', '--hyperparameters', path.join(broken, 'hyperparameters.json')],
    ...['--metric', 'auc=(', '--instance-count', '0', '--max-runtime', 'soon', '--env', '=1'],
  );
  expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
    `error: "${image}" has no Dockerfile; name another one with --file`,
    'error: --channel a b: a name has at most 64 letters, digits, dots, hyphens and underscores',
    'error: --channel a b: "/nope" is not a directory',
    `error: --channel empty: "${empty}" is empty`,
    'error: --channel empty: mode must be one of File, FastFile, Pipe, got: "Fast"',
    'error: --channel empty: "size" is not known; use type=MIME or mode=File|FastFile|Pipe',
    `error: --hyperparameters ${path.join(broken, 'hyperparameters.json')}: it must hold one JSON object`,
    'error: --hyperparameter must look like NAME=VALUE, got: "depth"',
    'error: --env must look like NAME=VALUE, got: "=1"',
    'error: --metric auc: Invalid regular expression: /(/: Unterminated group',
    'error: --instance-count must be a whole number from 1 to 20, got: "0"',
    'error: --max-runtime must be a time such as 90s, 10m or 2h, got: "soon"',
  ]);
  expect([status, stdout]).toEqual([2, '']);
});

test('A channel that is named twice, and hyperparameters beyond the limits, are faults', () => {
  const data = directory({ 'a.csv': '' });
  const { stderr } = byoa(
    ...[
      'train',
      'image',
      '--channel',
      `a=${data}`,
      '--channel',
      `a=${data}`,
      '--hyperparameter',
      `x=${'y'.repeat(2501)}`,
    ],
  );
  expect(stderr).toContain('error: --channel must name each channel once, got "a" more than once');
  expect(stderr).toContain('error: --hyperparameter x: a value has at most 2500 characters');
});

test.each([
  [['serve', 'image', '--model', '/nope', '--port', '99999'], '--model: "/nope" does not exist'],
  [['serve', 'image', '--port', '99999'], '--port must be a whole number from 1 to 65535, got: "99999"'],
  [['invoke', '--request', '/nope'], 'Name either an image or, with --url, a container that serves already'],
  [['invoke', 'image', '--request', '/nope'], '--request: "/nope" does not exist'],
  [['invoke', 'image'], "required option '--request <file>' not specified"],
  [['train'], "missing required argument 'image'"],
  [['check'], 'Name either an image or, with --app, an app'],
  [['check', 'image', '--app', 'cdk.out'], 'Name either an image or, with --app, an app'],
  [['check', 'image', '--only', 'ping,pong'], 'there is no check and no group "pong"; docs/checks.md lists them'],
  [['check', 'image', '--skip', 'pong'], 'there is no check and no group "pong"; docs/checks.md lists them'],
  [['check', 'image', '--request', '/nope,type=a/b'], '--request: "/nope" does not exist'],
  [['check', 'image', '--time', 'tea=5'], '--time tea: there is pingTimeout, startUp,'],
  [['check', 'image', '--time', 'startUp=5,tea=5'], '--time tea: there is pingTimeout, startUp,'],
  [
    ['check', 'image', '--time', 'startUp=soon'],
    '--time startUp must be a number of seconds, up to 604800, got: "soon"',
  ],
  [
    ['check', '--app', 'cdk.out', '--no-training', '--metric', 'loss=([0-9.]+)'],
    '--metric is for an image, and the template of an app says that itself',
  ],
  [['check', '--app', 'cdk.out', '--no-training'], 'says that itself; leave a phase out with --skip training'],
  [['check', 'image', '--no-training', '--no-serving'], '--no-training and --no-serving leave nothing to check'],
  [['check', 'image', '--format', 'pdf'], 'Allowed choices are text, json, junit, sarif'],
  [['check', 'image', '--fail-on', 'sometimes'], 'Allowed choices are error, warning, note, never'],
  [['images', '/nope'], '"/nope" is not a directory'],
  [['images'], "missing required argument 'directory'"],
  [['fly'], "unknown command 'fly'"],
  [['local', 'up', '--port', 'any'], '--port must be a whole number from 0 to 65535, got: "any"'],
  [
    ['local', 'up', '--listen', '0.0.0.0'],
    '--listen 0.0.0.0: other machines reach this address, and whoever does can run containers here. Add --expose',
  ],
  [['local', 'up', '--mount', 'data=/nope'], '--mount data: "/nope" is not a directory'],
  [['local', 'up', '--mount', 'Data=/tmp'], '--mount Data: this is neither the name of a bucket nor fs-…'],
  [['local', 'up', '--mount', 'data'], '--mount must look like NAME=VALUE, got: "data"'],
  [['local', 'logs', 'job', '--directory', '/nope'], 'There is no service in /nope.'],
])('%j is refused with exit code 2 and what is wrong', (args, fault) => {
  const { status, stderr } = byoa(...args);
  expect(stderr).toContain(fault);
  expect(status).toBe(2);
});

test('Without an engine, exit code 2 and what to do', () => {
  const image = directory({ Dockerfile: 'FROM scratch' });
  mkdirSync(path.join(image, 'data'));
  const { status, stderr } = byoa('train', image);
  expect(stderr).toContain('The program "no-such-docker" is not installed');
  expect(status).toBe(2);
});
