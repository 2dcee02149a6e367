import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { MetricDefinition } from '../../../lib';
import { version } from '../../../package.json';
import { ValidationErrors } from '../../../local/cli/options';
import { servingRequest } from '../../../local/cli/serve';
import { StateDirectory } from '../../../local/cli/state-directory';
import { runId } from '../../../local/container';
import { LocalService } from '../../../local/services';
import { FakeEngine } from '../fake-engine';
import { byoa, byoaHere } from './byoa';

function directory(files: Record<string, string> = {}): string {
  const created = mkdtempSync(path.join(tmpdir(), 'test-'));
  Object.entries(files).forEach(([name, text]) => writeFileSync(path.join(created, name), text));
  return created;
}

test('`byoa --help` lists the commands', async () => {
  const { code, stdout } = await byoa(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ train [^]* serve [^]* invoke [^]* process [^]* check [^]* images [^]* local /);
});

test('`byoa --version` prints the version of the package', async () => {
  expect(await byoa(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['fly'], 'See `byoa --help`.'],
  [['train', '--fly'], 'See `byoa train --help`.'],
  [['local', 'up', '--fly'], 'See `byoa local up --help`.'],
])('The usage error of %j names the help of the command, and exits with code 2', async (args, hint) => {
  const { code, stderr } = await byoa(args);
  expect(stderr).toContain(hint);
  expect(code).toBe(2);
});

test('All errors of the options are printed at once, each with the option, the rule and the value', async () => {
  const image = directory();
  const empty = directory();
  const broken = directory({ 'hyperparameters.json': '[1]' });
  const { code, stdout, stderr } = await byoaHere([
    ...['train', image, '--channel', 'a b=/nope', '--channel', `empty=${empty},mode=Fast,size=3`],
    ...['--hyperparameter', 'depth', '--hyperparameters', path.join(broken, 'hyperparameters.json')],
    ...['--metric', 'auc=(', '--instance-count', '0', '--max-runtime', 'soon', '--env', '=1'],
  ]);
  expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
    `error: "${image}" has no Dockerfile; name another one with --file`,
    'error: --channel a b: a name has at most 64 letters, digits, dots, hyphens and underscores',
    'error: --channel a b: "/nope" is not a directory',
    `error: --channel empty: "${empty}" is empty`,
    'error: --channel empty: mode must be one of File, FastFile, Pipe, got: "Fast"',
    'error: --channel empty: unknown setting "size"; use type=MIME, mode=File|FastFile|Pipe, compression=Gzip or wrapper=RecordIO',
    `error: --hyperparameters ${path.join(broken, 'hyperparameters.json')}: the file must contain one JSON object`,
    'error: --hyperparameter must have the form NAME=VALUE, got: "depth"',
    'error: --env must have the form NAME=VALUE, got: "=1"',
    'error: --metric auc: Invalid regular expression: /(/: Unterminated group',
    'error: --instance-count must be a whole number from 1 to 20, got: "0"',
    'error: --max-runtime must be a time such as 90s, 10m or 2h, got: "soon"',
  ]);
  expect([code, stdout]).toEqual([2, '']);
});

test.each(['(?i)loss=(?P<n>[0-9.]+)', '(a)?(?(1)b|c)'])(
  '--metric accepts an expression that `MetricDefinition.of` accepts: %s',
  async (regex) => {
    const { stderr } = await byoaHere([
      'train',
      directory({ Dockerfile: 'FROM scratch' }),
      '--metric',
      `loss=${regex}`,
    ]);
    expect(stderr).not.toContain('--metric');
    expect(() => MetricDefinition.of('loss', regex)).not.toThrow();
  },
);

test.each(['loss=[0-9.]+', 'loss=('])(
  '--metric rejects an expression that `MetricDefinition.of` rejects: %s',
  async (regex) => {
    const { stderr } = await byoaHere([
      'train',
      directory({ Dockerfile: 'FROM scratch' }),
      '--metric',
      `loss=${regex}`,
    ]);
    expect(stderr).toContain('error: --metric loss');
    expect(() => MetricDefinition.of('loss', regex)).toThrow('`regex` must');
  },
);

test.each([
  ['a path with a comma', (parent: string) => `x=${path.join(parent, 'a,b')}`, undefined],
  [
    'a path with a comma and settings',
    (parent: string) => `x=${path.join(parent, 'a,b')},type=text/csv,mode=Pipe`,
    undefined,
  ],
  ['RecordIO and gzip', (parent: string) => `x=${parent},mode=Pipe,compression=Gzip,wrapper=RecordIO`, undefined],
  [
    'gzip in File mode',
    (parent: string) => `x=${parent},compression=Gzip`,
    'compression and wrapper require mode=Pipe, got: mode=File',
  ],
  [
    'another wrapper',
    (parent: string) => `x=${parent},mode=Pipe,wrapper=None`,
    'wrapper must be RecordIO, got: "None"',
  ],
])('--channel with %s is parsed', async (_, channel, error) => {
  const parent = directory();
  mkdirSync(path.join(parent, 'a,b'));
  writeFileSync(path.join(parent, 'a,b', 'rows.csv'), '');
  const { stderr } = await byoaHere(['train', directory({ Dockerfile: 'FROM scratch' }), '--channel', channel(parent)]);
  expect(stderr).toContain(
    error === undefined ? 'The program "no-such-docker" is not installed' : `--channel x: ${error}`,
  );
});

test('All errors of the inputs and outputs of a processing job are printed at once', async () => {
  const empty = directory();
  const data = directory({ 'rows.csv': '1' });
  const { code, stderr } = await byoaHere([
    ...['process', 'image', '--input', 'raw=/nope', '--input', `empty=${empty}`, '--input', `a=${data},size=3`],
    ...['--input', `b=${data},path=/data`, '--output', 'out', '--output', 'x=1', '--output', 'x=2'],
    ...['--output', 'y=3,path=/opt/ml/processing/input/a'],
  ]);
  expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
    'error: --output must have the form NAME=VALUE, got: "out"',
    'error: --output must name each one once, got: "x" several times',
    'error: --input a: unknown setting "size"; use path=PATH',
    'error: --input b: path must be below /opt/ml/processing/, got: "/data"',
    'error: --input raw: "/nope" is not a directory',
    `error: --input empty: "${empty}" is empty`,
    'error: --input and --output must have different paths, got: "/opt/ml/processing/output/x" several times',
    'error: --input and --output must have different paths, got: "/opt/ml/processing/input/a" several times',
  ]);
  expect(code).toBe(2);
});

test('A symbolic link without a target is named with its channel', async () => {
  const data = directory();
  symlinkSync('absent.csv', path.join(data, 'rows.csv'));
  const { code, stderr } = await byoaHere([
    'train',
    directory({ Dockerfile: 'FROM scratch' }),
    '--channel',
    `train=${data}`,
  ]);
  expect(stderr).toContain(
    `error: --channel train: "${path.join(data, 'rows.csv')}" is a symbolic link to "absent.csv", which does not exist`,
  );
  expect(code).toBe(2);
});

test('A channel that is named twice, and a hyperparameter beyond the limits, are errors', async () => {
  const channel = ['--channel', `a=${directory({ 'a.csv': '' })}`];
  const { stderr } = await byoaHere([
    'train',
    'image',
    ...channel,
    ...channel,
    '--hyperparameter',
    `x=${'y'.repeat(2501)}`,
  ]);
  expect(stderr).toContain('error: --channel must name each channel once, got: "a" several times');
  expect(stderr).toContain('error: --hyperparameter x: a value has at most 2500 characters');
});

test.each([
  [['serve', 'image', '--model', '/nope', '--port', '99999'], '--model: "/nope" does not exist'],
  [['local', 'advance', '2000d'], 'DURATION must be at most 365d, got: "2000d"'],
  [['serve', 'image', '--startup-timeout', '0'], '--startup-timeout must be a time such as 90s, 10m or 2h, got: "0"'],
  [['serve', 'image', '--port', '99999'], '--port must be a whole number from 1 to 65535, got: "99999"'],
  [['invoke', '--request', '/nope'], 'Specify either an image or the URL of a running container (--url)'],
  [
    ['invoke', '--url', 'here', '--request', '/nope'],
    '--url must be an HTTP URL such as http://127.0.0.1:8080, got: "here"',
  ],
  [['invoke', 'image', '--request', '/nope'], '--request: "/nope" does not exist'],
  [['invoke', 'image'], "required option '--request <file>' not specified"],
  [['train'], "missing required argument 'image'"],
  [['images', '/nope'], '"/nope" is not a directory'],
  [['images'], "missing required argument 'directory'"],
  [['fly'], "unknown command 'fly'"],
  [['local', 'up', '--port', 'any'], '--port must be a whole number from 0 to 65535, got: "any"'],
  [
    ['local', 'up', '--host', '0.0.0.0'],
    '--host 0.0.0.0 is not a loopback address: other machines could run containers here. Add --allow-remote',
  ],
  [['local', 'up', '--mount', 'data=/nope'], '--mount data: "/nope" is not a directory'],
  [
    ['local', 'up', '--mount', 'Data=/tmp'],
    '--mount Data: the name must be that of a bucket or of a file system (fs-…)',
  ],
  [['local', 'up', '--mount', 'data'], '--mount must have the form NAME=VALUE, got: "data"'],
  [
    ['local', 'up', '--endpoint-quota', 'large=1'],
    '--endpoint-quota large: must be an instance type such as ml.m5.large',
  ],
  [
    ['local', 'up', '--endpoint-quota', 'ml.m5.large=few'],
    '--endpoint-quota ml.m5.large must be a whole number from 0 to 1000, got: "few"',
  ],
  [['local', 'up', '--account', '1234'], '--account must be 12 digits, got: "1234"'],
  [['local', 'up', '--peer', '.byoa'], '--peer .byoa must be the state directory of another account than 000000000000'],
  [['local', 'advance', 'soon'], 'DURATION must be a time such as 90s, 10m or 2h, got: "soon"'],
  [['local', 'logs', 'job', '--directory', '/nope'], 'No service has its state in /nope.'],
])('The arguments %j are rejected with exit code 2 and the error "%s"', async (args, error) => {
  const { code, stderr } = await byoaHere(args);
  expect(stderr).toContain(error);
  expect(code).toBe(2);
});

test('`byoa train` exits with code 2 and an error when no container engine is installed', async () => {
  const { code, stderr } = await byoaHere(['train', directory({ Dockerfile: 'FROM scratch' })]);
  expect(stderr).toContain(
    'The program "no-such-docker" is not installed. Install Docker Engine: https://docs.docker.com/',
  );
  expect(code).toBe(2);
});

/** A program in place of `docker` that succeeds, or that fails with an error. */
function docker(error?: string): Record<string, string> {
  const script =
    error === undefined ? '#!/bin/sh\n[ "$1" != version ] || echo 20.10\n' : `#!/bin/sh\necho '${error}' >&2\nexit 1\n`;
  const program = path.join(directory({ docker: script }), 'docker');
  chmodSync(program, 0o755);
  return { CDK_DOCKER: program };
}

test('`byoa train` exits with code 2 and names the file with the logins of the CDK when the registry of the base image requires a login', async () => {
  const home = directory({ Dockerfile: 'FROM example.com/base' });
  const program = path.join(home, 'docker');
  writeFileSync(program, "#!/bin/sh\n[ $1 != build ] || { echo 'no basic auth credentials' >&2; exit 1; }\n");
  chmodSync(program, 0o755);
  const { code, stderr } = await byoa(['train', home], { env: { CDK_DOCKER: program, HOME: home } });
  expect(stderr).toContain(`add the domain of the registry to ${home}/.cdk/cdk-docker-creds.json`);
  expect(code).toBe(2);
});

test('`byoa local up` exits with code 2 and the message of the engine when the engine does not respond', async () => {
  const { code, stderr } = await byoaHere(['local', 'up', '--directory', directory()], {
    env: docker('permission denied'),
  });
  expect(stderr).toContain(
    'The Docker Engine does not respond: permission denied\nStart it, and check that you may use it.',
  );
  expect(code).toBe(2);
});

test('`byoa local up` exits with code 2 and the option to change when its port is in use', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = String((server.address() as AddressInfo).port);
  const state = directory();
  const { code, stderr } = await byoa(['local', 'up', '--port', port, '--directory', state], { env: docker() });
  server.close();
  expect(stderr).toContain(
    `--port ${port} is in use by another process. Stop it, or choose another port (0: any free one)`,
  );
  expect(code).toBe(2);
  new StateDirectory(state).release();
});

test.each([
  ['status', 'The service is not running. Start it with `byoa local up`.'],
  ['interrupt-spot job', 'The service is not running. Start it with `byoa local up`.'],
  ['advance 15m', 'The service is not running. Start it with `byoa local up`.'],
  ['fire nightly', 'The service is not running. Start it with `byoa local up`.'],
])('`byoa local %s` exits with code 1 when the service is not running', async (command, error) => {
  const { code, stderr } = await byoaHere(['local', ...command.split(' '), '--directory', directory()]);
  expect([code, stderr]).toEqual([1, `${error}\n`]);
});

test('`byoa local up` keeps the account of its state, and rejects another one and a peer of the same account', async () => {
  const [state, peer] = [directory(), directory()];
  for (const one of [state, peer]) {
    const engine = new FakeEngine();
    await new LocalService({ directory: one, port: 0, region: 'us-east-1', engine, account: '111111111111' }).close();
  }
  const changed = await byoaHere(['local', 'up', '--directory', state, '--account', '222222222222']);
  expect(changed.stderr).toContain(
    `--account 222222222222: the state in ${state} is of the account 111111111111. Choose another --directory`,
  );
  const same = await byoaHere(['local', 'up', '--directory', state, '--peer', peer]);
  expect(same.stderr).toContain(`--peer ${peer} must be the state directory of another account than 111111111111`);
  expect([changed.code, same.code]).toEqual([2, 2]);
});

/** A service that the command line finds in a state directory. */
async function running(): Promise<{ readonly state: string; readonly service: LocalService }> {
  const state = directory();
  const engine = new FakeEngine();
  const service = new LocalService({ directory: state, port: 0, region: 'us-east-1', engine });
  await service.start();
  const record = { pid: process.pid, run: runId(process.pid), url: service.context.url };
  writeFileSync(path.join(state, 'running.json'), JSON.stringify(record));
  return { state, service };
}

test('`byoa local advance` moves the time of the running service forward', async () => {
  const { state, service } = await running();
  const { code, stderr } = await byoa(['local', 'advance', '15m', '--directory', state]);
  const minutes = (service.context.clock.now() - Date.now()) / 60_000;
  await service.close();
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^The time of the service is 20.*Z\.\n$/)]);
  expect(Math.round(minutes)).toBe(15);
});

test('`byoa local fire` exits with code 1 and the known schedules when the name is unknown', async () => {
  const { state, service } = await running();
  const { code, stderr } = await byoaHere(['local', 'fire', 'group/night ly', '--directory', state]);
  await service.close();
  expect([code, stderr]).toEqual([1, 'No schedule has the name "group/night ly". There are no schedules.\n']);
});

test('`byoa local status` exits with code 2 when the service closes the connection before it responds', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = directory({ 'running.json': JSON.stringify({ pid: process.pid, run: runId(process.pid), url }) });
  const { code, stderr } = await byoaHere(['local', 'status', '--directory', state]);
  server.close();
  expect(stderr).toContain(`error: The service on ${url} (process ${process.pid}) does not respond`);
  expect(code).toBe(2);
});

test.each<[string, object, number]>([
  ['is 8 minutes by default', {}, 480],
  ['is 3 minutes for a serverless endpoint', { serverless: true }, 180],
  ['is that of the option', { serverless: true, startupTimeout: '90s' }, 90],
])('The time limit for the first successful ping of `byoa serve` %s', (_, options, seconds) => {
  const errors = new ValidationErrors();
  expect(servingRequest(errors, 'image', { platform: 'linux/amd64', ...options }).startUpSeconds).toBe(seconds);
});

test('`byoa local env` points a shell to the service, and unsets the variables that would override its credentials', async () => {
  const { code, stdout } = await byoaHere(['local', 'env', '--directory', directory(), '--port', '4600']);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      'unset AWS_PROFILE AWS_SESSION_TOKEN',
      'export AWS_ENDPOINT_URL=http://127.0.0.1:4600',
      'export AWS_ACCESS_KEY_ID=local',
      'export AWS_REGION=us-east-1',
    ]),
  );
});
