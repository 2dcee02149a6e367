import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import api from '../../local/aws-model/api.json';
import { ROOT, python, scratch } from './project';

const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const IMAGE = 'cdk-sagemaker-algorithm-echo:test';

const state = path.join(scratch(), 'state');
const mounted = scratch();
let service: ChildProcess;

beforeAll(async () => {
  const program = path.join(__dirname, 'fixtures', 'echo');
  execFileSync('docker', ['build', '--quiet', '--tag', IMAGE, program], { stdio: 'pipe' });
  writeFileSync(path.join(mounted, 'f.csv'), 'hello\n');
  const mounts = ['mounted', 'fs-12345678'].flatMap((name) => ['--mount', `${name}=${mounted}`]);
  const options = ['--directory', state, '--port', '0', ...mounts];
  service = spawn(process.execPath, [BYOA, 'local', 'up', ...options], { stdio: 'ignore' });
  while (!existsSync(path.join(state, 'running.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(async () => {
  const closed = new Promise((resolve) => service.once('close', resolve));
  service.kill('SIGINT');
  await closed;
  execFileSync('docker', ['image', 'rm', IMAGE], { stdio: 'pipe' });
});

/** Runs a command with the environment of the local service. */
function runLocally(program: string, ...args: string[]): string {
  const byoa = [BYOA, 'local', 'run', '--directory', state, '--', program, ...args];
  return execFileSync(process.execPath, byoa, { encoding: 'utf8', stdio: 'pipe' });
}

/** The SageMaker operations that were called. */
const called = new Set<string>();

/** Runs a boto3 script, and returns the observations that it prints in its last line. */
function boto3(script: string, ...args: string[]): unknown {
  const output = runLocally(python('python'), path.join(__dirname, script), IMAGE, ...args);
  const { seen, operations } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    seen: unknown;
    operations: string[];
  };
  operations.forEach((operation) => called.add(operation));
  return seen;
}

test('boto3 and its waiters manage all stages of an algorithm, and boto3 parses every response', () => {
  const { url } = JSON.parse(readFileSync(path.join(state, 'running.json'), 'utf8')) as { url: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(boto3('clients.py', '1,2')).toEqual({
    objects: ['train/a.csv'],
    algorithm: ['Completed', [{ Key: 'team', Value: 'fraud' }]],
    algorithms: ['Interop'],
    job: ['Completed', { way: 'makes-model', depth: '3' }, { loss: 0.25 }],
    taken: 'ResourceInUse',
    hyperparameter: 'ValidationException',
    failing: ['Failed', 'AlgorithmError: the data is bad\n'],
    stopped: 'Stopped',
    jobs: ['good', 'failing', 'stopped'],
    model: expect.arrayContaining(['data/train/a.csv']) as string[],
    package: [1, 'Approved'],
    packages: 1,
    'full group': 'ConflictException',
    response: ['1,2', 'a'],
    target: 'b',
    'no endpoint': 'ValidationError',
    transform: ['Completed', '1,2\n3,4\n5,6\n'],
    'transform jobs': [
      ['ended', 'Stopped'],
      ['scores', 'Completed'],
    ],
    processing: ['Completed', '3\n'],
    'processing jobs': ['Stopped', ['counts', 'endless']],
    tags: [{ Key: 'b', Value: '2' }],
    described: ['Completed', 1, ['a', 'b'], ['interop']],
    gone: [[], [], []],
    logs: ['loss=0.25'],
  });
});

test('The AWS CLI describes the resources that boto3 has created', () => {
  const aws = (...args: string[]): unknown => JSON.parse(runLocally(python('aws'), '--output', 'json', ...args));
  expect(aws('sagemaker', 'describe-training-job', '--training-job-name', 'good')).toMatchObject({
    TrainingJobStatus: 'Completed',
  });
  expect(aws('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
  expect(aws('s3api', 'list-objects-v2', '--bucket', 'interop', '--prefix', 'out/good/')).toMatchObject({
    Contents: [{ Key: 'out/good/output/model.tar.gz' }, { Key: 'out/good/output/output.tar.gz' }],
  });
});

test('Jobs support all input modes, managed spot training, hyperparameter tuning and validation', () => {
  expect(boto3('jobs.py', state, process.execPath, BYOA)).toEqual({
    piped: { first: 'a\nb\n', second: 'a\nb\n' },
    zipped: { first: 'zipped', second: 'zipped' },
    listed: { 'data/train/deep/b.csv': 'b\n' },
    divided: { 'data/train/a.csv': 'a\n', 'data/train/deep/b.csv': 'b\n' },
    hosts: ['algo-1', 'algo-2'],
    records: ['a\n', '1', 'b\n', '2'],
    'gzip in files': 'ValidationException',
    'no manifest': 'ValidationException',
    'no file system': 'ValidationException',
    groups: { 'algo-1': ['cpu', 'ml.m5.large'], 'algo-2': ['gpu', 'ml.g5.xlarge'] },
    unpacked: [
      's3://jobs/out/unpacked/output/model/',
      ['out/unpacked/output/model/data/train/a.csv', 'out/unpacked/output/model/data/train/deep/b.csv'],
    ],
    mounted: ['f.csv'],
    'mounted is read only': 'AccessDenied',
    'file system': { 'data/train/f.csv': 'hello\n' },
    spot: [{ how: 'resumed\n' }, '1\n'],
    'spot statuses': [
      ...['Starting', 'Downloading', 'Training', 'Interrupted'],
      ...['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'],
    ],
    'interrupt again': 'spot is not running.\n',
    grid: ['Completed', 3, { rate: '0.1' }, 0.1, ['0.1', '0.2', '0.3']],
    trial: [{ way: 'tunes', rate: '0.1', _tuning_objective_metric: 'loss' }, true],
    random: ['Completed', 3, true],
    'best is minimum': true,
    target: 1,
    failing: ['Failed', 'No training job succeeded after 3 attempts. The first one: AlgorithmError: the data is bad\n'],
    stopped: ['Stopped', 1],
    'tuning jobs': ['failing', 'grid', 'random', 'stopped', 'target'],
    deleted: 'ResourceNotFound',
    validated: ['Completed', [{ Name: 'small', Status: 'Completed' }]],
    invalid: ['Failed', [{ Name: 'small', Status: 'Failed', FailureReason: 'AlgorithmError: the data is bad\n' }]],
    models: [],
  });
});

test('Endpoints support streaming, asynchronous and serverless inference, several models and several containers', () => {
  expect(boto3('hosting.py')).toEqual({
    'model error': [
      'ModelError',
      418,
      'as you wish',
      'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/single',
    ],
    stream: ['text/plain', 'onetwothree'],
    'too large': 'ValidationError',
    large: 20 * 1024 * 1024,
    'no variant': 'ValidationError',
    'no models': 'ValidationError',
    'not asynchronous': 'ValidationError',
    weights: [['a'], ['b'], ['b'], ['a']],
    folder: 'additional-model-data-sources/more/three model/deep model/one',
    pipeline: 'abx',
    'target container of a pipeline': 'ValidationError',
    direct: ['ax', 'bx'],
    'no target container': 'ValidationError',
    'multi-model': ['one-x', 'two-x', 'one-x', 'one-x'],
    'no model': 'ValidationError',
    outside: 'ValidationError',
    'no target model': 'ValidationError',
    'serverless user': '65533',
    'serverless payload': 'ValidationError',
    'serverless concurrency': ['None', 'ThrottlingException'],
    asynchronous: ['response to 1', 'response to 2'],
    'asynchronous failure': true,
    'synchronous invocation': 'ValidationError',
    filtered: '1,a\n2,b\n',
    joined: '{"id":1,"SageMakerOutput":5}\n{"id":2,"SageMakerOutput":6}\n',
    'batch pipeline': 'ab1,a\nab2,b\n',
    'batch multi-model': 'ValidationException',
    component: ['first x', 'second x'],
    'no copy': 'ValidationError',
    'no component': 'ValidationError',
    components: ['component'],
    captured: [
      ['1,2', 'score 1,2', 'row-1'],
      ['3,4', 'score 3,4', 'row-3'],
    ],
    manifests: [
      [[{ prefix: 's3://hosting/batch/' }, 'rows.csv']],
      [[{ prefix: 's3://hosting/manifests/' }, 'rows.csv.out']],
    ],
    left: [],
  });
});

test('The SageMaker Python SDK trains an algorithm, deploys and invokes it, and runs a transform job', () => {
  expect(boto3('sdk.py')).toEqual({
    job: ['Completed', { depth: '4' }],
    deployed: [['1', '2']],
    predictor: [['3', '4']],
    transformed: '1,2\n',
  });
});

test('Version 3 of the SageMaker Python SDK trains a model and hosts it, although it may not simulate the policies of the role', () => {
  const program = path.join(ROOT, '.cache', 'venv-images', 'bin', 'python');
  const output = runLocally(program, path.join(__dirname, 'sdk_v3.py'), IMAGE);
  // The SDK prints its progress too.
  const line = output.split('\n').find((one) => one.startsWith('{"seen"'));
  expect(JSON.parse(line ?? output)).toMatchObject({
    seen: {
      status: 'Completed',
      hyperparameters: { way: 'makes-model' },
      model: [true, true],
      endpoint: 'InService',
      response: 'sdk 1,2',
      left: [[], []],
    },
  });
});

test('boto3 parses the responses for object keys, change sets, filters, Search and permissions as those of AWS', () => {
  expect(boto3('service.py')).toEqual({
    keys: [true, true],
    buckets: [],
    presigned: 'a/b',
    expired: 403,
    executed: ['ResponseMetadata'],
    'change set': ['ResponseMetadata'],
    protected: 'ValidationError',
    retained: 'ValidationError',
    versions: [[2, 1], [1], []],
    'not listed': 'ValidationException',
    found: ['service/1'],
    deleted: [['service', true]],
    permissions: 'AccessDenied',
  });
});

test('boto3 scales an endpoint by the metrics and alarms of the local service', () => {
  expect(boto3('scaling.py', state, process.execPath, BYOA)).toEqual({
    'new alarm': 'INSUFFICIENT_DATA',
    advanced: true,
    alarm: ['busy'],
    instances: 2,
    activities: [
      ['Successful', 'Setting desired instance count to 2.', 'monitor alarm busy in state ALARM triggered policy busy'],
    ],
    history: ['Alarm updated from INSUFFICIENT_DATA to ALARM'],
    statistics: [[3, 'None']],
    math: [6],
    metrics: [
      'ConcurrentRequestsPerModel',
      ...['Invocation4XXErrors', 'Invocation5XXErrors', 'InvocationModelErrors', 'Invocations'],
      ...['InvocationsPerInstance', 'ModelLatency', 'OverheadLatency'],
    ],
    scheduled: ['cron(0 22 * * ? *)'],
    night: [[1, 1]],
    'unknown alarm': ['ResourceNotFound', 'Unknown alarm: none'],
    'no value': 'MissingParameter',
    'no target': 'ObjectNotFoundException',
  });
});

test('The AWS CLI reads the metrics and alarms that boto3 has written', () => {
  const aws = (...args: string[]): unknown => JSON.parse(runLocally(python('aws'), '--output', 'json', ...args));
  expect(aws('cloudwatch', 'describe-alarm-history', '--alarm-name', 'busy')).toMatchObject({
    AlarmHistoryItems: expect.arrayContaining([
      expect.objectContaining({ HistorySummary: 'Alarm "busy" deleted' }) as object,
    ]) as object,
  });
  expect(aws('cloudwatch', 'list-metrics', '--metric-name', 'Invocations')).toMatchObject({
    Metrics: expect.arrayContaining([expect.objectContaining({ MetricName: 'Invocations' }) as object]) as object,
  });
});

test('The AWS CLI deploys a stack with `aws cloudformation deploy`', () => {
  const template = path.join(scratch(), 'template.json');
  const Group = { Type: 'AWS::SageMaker::ModelPackageGroup', Properties: { ModelPackageGroupName: 'deployed' } };
  writeFileSync(template, JSON.stringify({ Resources: { Group } }));
  const stack = ['--stack-name', 'deployed'];
  runLocally(python('aws'), 'cloudformation', 'deploy', ...stack, '--template-file', template);
  const describe = ['cloudformation', 'describe-stacks', ...stack, '--output', 'json'];
  expect(JSON.parse(runLocally(python('aws'), ...describe))).toMatchObject({
    Stacks: [{ StackStatus: 'CREATE_COMPLETE' }],
  });
  runLocally(python('aws'), 'cloudformation', 'delete-stack', ...stack);
});

test('No request with a single invalid value is accepted, among more than 4,000 that botocore describes', () => {
  const input = JSON.stringify(Object.keys(api.inputs));
  const byoa = [
    BYOA,
    'local',
    'run',
    '--directory',
    state,
    '--',
    python('python'),
    path.join(__dirname, 'invalid_requests.py'),
  ];
  const { sent, ...others } = JSON.parse(execFileSync(process.execPath, byoa, { encoding: 'utf8', input })) as {
    sent: number;
  };
  expect(sent).toBeGreaterThan(4000);
  expect(others).toEqual({ accepted: [], 'rejected although valid': {}, 'shapes without a value': [] });
});

test('All operations of the control plane were called', () => {
  expect([...called].sort()).toEqual(Object.keys(api.inputs).sort());
});
