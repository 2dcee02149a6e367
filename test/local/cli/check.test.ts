import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

const PROGRAM = path.join(__dirname, '..', '..', '..', 'dist', 'bin', 'byoa.js');

/** Runs the built command without a container engine: options are validated before it is needed. */
function check(...args: string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, CDK_DOCKER: 'no-such-docker' };
  return spawnSync(process.execPath, [PROGRAM, 'check', ...args], { encoding: 'utf8', env });
}

test.each([
  [[], 'pass either an image or an app (--app)'],
  [['image', '--app', 'cdk.out'], 'pass either an image or an app (--app)'],
  [['image', '--only', 'ping,pong'], '--only and --skip must name checks or groups (see docs/checks.md), got: "pong"'],
  [['image', '--skip', 'pong'], '--only and --skip must name checks or groups (see docs/checks.md), got: "pong"'],
  [['image', '--request', '/nope,type=a/b'], '--request: "/nope" does not exist'],
  [['image', '--model', '/nope'], '--model: "/nope" does not exist'],
  [['image', '--time', 'tea=5'], '--time must name one of pingTimeout, startUp,'],
  [['image', '--time', 'startUp=5,tea=5'], 'processing, got: "tea"'],
  [['image', '--time', 'startUp=soon'], '--time startUp must be a number of seconds up to 604800, got: "soon"'],
  [
    ['--app', 'cdk.out', '--no-training', '--metric', 'loss=([0-9.]+)'],
    '--metric must not be used with --app, because the template of the app specifies it',
  ],
  [['--app', 'cdk.out', '--no-training'], 'specifies it. Use --skip training instead'],
  [['image', '--no-training', '--no-serving'], '--no-training and --no-serving must not be used together'],
  [
    ['image', '--processing', '--monitor'],
    '--monitor requires --processing and sample captured data: --input endpoint=DIR with VARIANT/YYYY/MM/DD/HH/*.jsonl in a folder with the name of the endpoint',
  ],
  [['image', '--monitor'], '--monitor requires --processing'],
  [['image', '--format', 'pdf'], 'Allowed choices are text, json, junit, sarif, html'],
  [['image', '--fail-on', 'sometimes'], 'Allowed choices are error, warning, note, never'],
])('`byoa check` with the arguments %j exits with code 2 and the error', (args, error) => {
  const { status, stderr } = check(...args);
  expect(stderr).toContain(error);
  expect(status).toBe(2);
});

test('All errors of the options are reported at once', () => {
  const { stderr } = check('image', '--time', 'tea=5', '--skip', 'pong', '--instance-count', '0');
  expect(stderr.match(/^error: /gm)).toHaveLength(3);
});
