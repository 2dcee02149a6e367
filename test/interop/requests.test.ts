import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { verify } from '../../lib/handlers/images/verify';
import { CONTINUOUS_LIFECYCLE } from '../continuous-fixtures';
import { FEATURES } from '../features';
import { JOBS } from '../jobs';
import { ROOT, lint, python, run, scratch } from './project';

/** A possible value of a reference at deployment. */
function resolved(reference: object): string {
  const text = JSON.stringify(reference);
  if (text.includes('Role')) return 'arn:aws:iam::111122223333:role/Train';
  if (text.includes('Key')) return 'arn:aws:kms:eu-west-1:111122223333:key/0123';
  if (text.includes('GroupId')) return 'sg-0123456789abcdef0';
  if (text.includes('Subnet')) return 'subnet-0123456789abcdef0';
  if (text.includes('Efs')) return 'fs-0123456789abcdef0';
  return 'value';
}

/** The request that the handler sends for a job. */
function requestFor(operation: string, make: (stack: Stack) => unknown): object {
  const stack = new Stack(new App(), 'Stack');
  make(stack);
  const { type, noun } = JOBS[operation];
  const [start] = Object.values(Template.fromStack(stack).findResources(type));
  const { Request, Prefix, IsExactName } = start.Properties as {
    Request: string | { 'Fn::Join': [string, (string | object)[]] };
    Prefix: string;
    IsExactName?: string;
  };
  const pieces = typeof Request === 'string' ? [Request] : Request['Fn::Join'][1];
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : resolved(piece))).join('');
  const name = IsExactName === 'true' ? Prefix : `${Prefix}-0123456789-99`;
  const tags = [{ Key: 'cdk-sagemaker-algorithm:owner', Value: 'a'.repeat(64) }];
  return { ...(JSON.parse(text) as object), [noun]: name, Tags: tags };
}

/** The errors of botocore's validation, by the names of the requests. */
function validationErrors(
  operation: string,
  requests: Record<string, object>,
  service = 'sagemaker',
): Record<string, string> {
  const file = path.join(scratch(), 'requests.json');
  writeFileSync(file, JSON.stringify(requests));
  return JSON.parse(run(ROOT, python('python'), 'test/interop/validate.py', operation, file, service)) as Record<
    string,
    string
  >;
}

test.each(Object.entries(JOBS))('botocore accepts the requests of %s', (operation, { make }) => {
  const requests = Object.fromEntries(Object.entries(make).map(([name, job]) => [name, requestFor(operation, job)]));
  expect(validationErrors(operation, requests)).toEqual({});
});

test('botocore accepts the requests to Amazon ECR that verify an image', async () => {
  const sent: { name: string; input: object }[] = [];
  const manifest = JSON.stringify({
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { digest: `sha256:${'0'.repeat(64)}`, size: 1 },
    layers: [],
  });
  const responses: Record<string, object> = {
    BatchGetImage: { images: [{ imageId: { imageDigest: `sha256:${'1'.repeat(64)}` }, imageManifest: manifest }] },
    GetDownloadUrlForLayer: { downloadUrl: 'https://layer' },
    DescribeImageScanFindings: { imageScanStatus: { status: 'COMPLETE' } },
  };
  const send = (command: { constructor: { name: string }; input: object }): Promise<object> => {
    const name = command.constructor.name.replace(/Command$/, '');
    sent.push({ name, input: command.input });
    return Promise.resolve(responses[name]);
  };
  const properties = {
    RepositoryName: 'team/churn',
    RepositoryUri: 'uri',
    RegistryId: '111122223333',
    ImageTag: '1',
    Severity: 'HIGH',
  };
  await verify(properties, {
    ecr: { send } as never,
    get: () => Promise.resolve('{"os":"linux","architecture":"amd64"}'),
    put: () => Promise.resolve(200),
    sleep: () => Promise.resolve(),
    now: () => 0,
    random: () => 1,
  });
  expect(sent.map(({ name }) => name)).toEqual(Object.keys(responses));
  for (const { name, input } of sent) expect(validationErrors(name, { request: input }, 'ecr')).toEqual({});
});

test('At least 30 job requests are validated', () => {
  const count = Object.values(JOBS).reduce((sum, { make }) => sum + Object.keys(make).length, 0);
  expect(count).toBeGreaterThanOrEqual(30);
});

test('botocore rejects an invalid request', () => {
  const [least] = Object.values(JOBS.CreateTrainingJob.make);
  const request = { ...requestFor('CreateTrainingJob', least), RoleArn: 'short', Unknown: 1 };
  expect(validationErrors('CreateTrainingJob', { bad: request }).bad).toMatch(
    /Unknown[\s\S]*RoleArn|RoleArn[\s\S]*Unknown/,
  );
});

/** Synthesizes the templates of stacks; a violated schema rule is an error. */
function templatesOf(makes: ((stack: Stack) => unknown)[]): string[] {
  process.env.CDK_VALIDATION = 'true';
  try {
    const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
    makes.forEach((make, index) => make(new Stack(app, `Stack${index}`)));
    const { directory, stacks } = app.synth();
    return stacks.map(({ templateFile }) => path.join(directory, templateFile));
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
}

test('The templates of all jobs violate no schema rule, and cfn-lint reports no error', () => {
  const makes = Object.values(JOBS).flatMap(({ make }) => Object.values(make));
  expect(lint(...templatesOf(makes))).toEqual([]);
});

test('The templates of all hosting features violate no schema rule, and cfn-lint reports no error', () => {
  const makes = Object.values(FEATURES).map(({ make }) => make);
  expect(lint(...templatesOf(makes))).toEqual([]);
});

test('The templates of the continuous lifecycle violate no schema rule, and cfn-lint reports no error', () => {
  expect(lint(...templatesOf(CONTINUOUS_LIFECYCLE))).toEqual([]);
});
