import { Annotations, App } from 'aws-cdk-lib';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { exampleApp } from '../../../bin/app';
import type { Plan } from '../../../local/plan';
import { directoryWith } from '../check/check-engine';
import { newWorkflow, startAutomatically } from '../../continuous-fixtures';
import { synthesized } from '../plan/fixture';
import { byoa } from './byoa';

const directory = exampleApp(new App({ context: { layout: 'combined' } })).synth().directory;
const planOf = (...options: string[]): ReturnType<typeof byoa> => byoa(['plan', '--app', directory, ...options]);

describe('`byoa plan`', () => {
  test('prints the runs, the idle costs and the quotas of the example in 80 columns', async () => {
    const { code, stdout, stderr } = await planOf();
    expect(stdout.replace(/Image[0-9a-f]{16}/, 'Image0123456789abcdef'))
      .toBe(`Stack BreastCancer (aws://unknown-account/unknown-region)
  Runs
    SageMakerImages/                  image verification
    Image0123456789abcdef
    Train                             training            1 × ml.m5.large  ≤ 1 h
  Idle
    Artifacts        bucket    storage           until deleted; \`cdk destroy\`
                                                 keeps it
    Endpoint (main)  endpoint  2 × ml.c7i.large  until deleted
    2 log groups               storage           until 30 days after the last
                                                 event

Sum of all stacks
  Runs       2 start in a first deployment
             at most 1 h of ml.m5.large
  Recurring  0
  Idle       2 × ml.c7i.large

Quotas in aws://unknown-account/unknown-region
  at least  at most  quota                                         code
  2         4        ml.c7i.large for endpoint usage
  1         1        ml.m5.large for training job usage
  2         4        Number of instances across active endpoints   L-7A3DF611
  1         1        Number of instances across all training jobs  L-00C91CB5

  At least: for the largest job, and for the endpoints after the deployment. At
  most: if all jobs run at the same time, and all endpoints are updated while
  they have their maximum capacity.

  The values in an account and its region, and the codes:
    aws service-quotas list-service-quotas --service-code sagemaker \\
      --query "Quotas[?QuotaName=='NAME'].[QuotaCode,Value]" --output text
`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('prints the same plan as JSON', async () => {
    const { code, stdout } = await planOf('--format', 'json');
    const { stacks, total } = JSON.parse(stdout) as Plan;
    expect(stacks.map(({ name, runs }) => [name, runs.map(({ kind }) => kind)])).toEqual([
      ['BreastCancer', ['image verification', 'training']],
    ]);
    expect([code, total.starts]).toEqual([0, 2]);
  });

  test('of the assembly that was deployed last starts no runs', async () => {
    const { code, stdout } = await planOf('--previous', directory);
    expect(stdout).toMatch(/ unchanged {2}Train +training +1 × ml\.m5\.large {2}≤ 1 h\n/);
    expect(stdout).toContain('  Runs       0 start, 2 reused, 0 stopped if still running\n');
    expect(code).toBe(0);
  });

  test('prints a workflow with what starts it, and its jobs below it', async () => {
    const app = synthesized((stack) => startAutomatically(newWorkflow(stack)), {
      env: { account: '111122223333', region: 'eu-west-1' },
    });
    const { stdout } = await byoa(['plan', '--app', app]);
    expect(stdout).toContain(`
  Recurring
    Retraining  state machine: alarm drift, new data, searched at rate(30
    minutes), rate(7 days)
      Train  training  1 × ml.m5.xlarge  ≤ 1 d
`);
  });

  test('exits with code 2 after the plan if `cdk deploy` stops at an error that the app adds', async () => {
    const app = synthesized((stack) => {
      newWorkflow(stack);
      Annotations.of(stack).addError('The data is missing.');
    });
    const { code, stdout, stderr } = await byoa(['plan', '--app', app]);
    expect(stdout).toMatch(/^Stack Stack \(/);
    expect(stderr).toBe('[Error at /Stack] The data is missing.\n`cdk deploy` does not deploy a stack with errors.\n');
    expect(code).toBe(2);
  });

  test('synthesizes an app with its command, and leaves no files', async () => {
    const app = `node --import tsx ${path.join(__dirname, '..', '..', '..', 'bin', 'app.ts')}`;
    // Tests that run at the same time have files in the directory of this one.
    const TMPDIR = directoryWith();
    const { code, stdout } = await byoa(['plan', '--app', app], { env: { TMPDIR } });
    expect(stdout).toContain('Stack BreastCancer ');
    expect(code).toBe(0);
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('byoa-'))).toEqual([]);
  });

  test('names the context that only the CDK CLI can look up', async () => {
    const source =
      'const { App, Stack, aws_ec2: { Vpc }, aws_s3: { Bucket } } = require("aws-cdk-lib");' +
      'const env = { account: "111122223333", region: "eu-west-1" };' +
      'const stack = new Stack(new App(), "Stack", { env });' +
      'Vpc.fromLookup(stack, "Vpc", { vpcId: "vpc-1" }); new Bucket(stack, "Bucket");';
    const { code, stdout, stderr } = await byoa(['plan', '--app', `node -e '${source}'`]);
    expect(stdout).toContain('Stack Stack (aws://111122223333/eu-west-1)');
    expect(stderr).toMatch(
      /The app was synthesized with placeholders for the context "vpc-provider:account=111122223333:[^"]+"\. Run `cdk synth`/,
    );
    expect(code).toBe(0);
  });

  test.each([
    [
      'an app without a manifest',
      () => [directoryWith()],
      /^".*manifest\.json" does not exist: pass the output directory/,
    ],
    [
      'a directory that does not exist',
      () => ['none.out'],
      /^sh: .*none\.out.*\nerror: the app \(none\.out\) exited with code 127: --app must be an existing output directory of `cdk synth`, or a command that can be run\n$/,
    ],
    [
      'a command that synthesizes nothing',
      () => ['true'],
      /^error: the app \(true\) wrote no cloud assembly: --app must be .* the command of the app, as `app` in cdk\.json, and not `cdk synth`\n$/,
    ],
    ['an app that cannot be synthesized', () => ['exit 3'], /^error: the app \(exit 3\) exited with code 3\n/],
    [
      'a previous directory that is none',
      () => [directory, '--previous', 'none'],
      /^error: --previous must be the output directory of the last deployment, got: "none", which is not a directory\n/,
    ],
    [
      'the previous assembly of another app',
      () => [directory, '--previous', synthesized(() => undefined)],
      /^--previous must be an assembly of the same app, got: ".*" with the stacks "Stack", while ".*" has "BreastCancer"\./,
    ],
  ])('exits with code 2 for %s', async (_, options, error) => {
    const { code, stdout, stderr } = await byoa(['plan', '--app', ...options()]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(error);
  });
});
