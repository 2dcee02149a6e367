import { Duration, Size, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  Endpoint,
  EndpointConfig,
  Expectation,
  InferenceComponent,
  InstanceType,
  ModelApprovalStatus,
  ProductionVariant,
  type SmokeTest,
  SmokeTestRequest,
} from '../../../lib';
import { CONFIG, ENDPOINT, newConfig } from '../../features';
import {
  arn,
  asyncConfig,
  conditionsOfTypes,
  newEndpoint,
  newModel,
  newVersion,
  releasedConfig,
  uncompressedData,
} from '../../hosting-fixtures';
import { errorOf, image, newStack, onlyResource, placedStack, startJson, statementsOf } from '../../stacks';

const SMOKE_TEST = 'Custom::SageMakerSmokeTest';

const smokeTest = (overrides: Partial<SmokeTest> = {}): SmokeTest => ({
  request: SmokeTestRequest.fromText('1,2,3'),
  contentType: 'text/csv',
  expect: [Expectation.jsonPath('$.predictions[0]').closeTo(0.98, { tolerance: 0.05 })],
  ...overrides,
});

/** The definition of the test, which the handler reads. */
const definitionOf = (stack: Stack): Record<string, unknown> => startJson(stack, SMOKE_TEST, 'Test' as 'Request');

const twoVariants = (stack: Stack): EndpointConfig =>
  new EndpointConfig(stack, 'Config', {
    variants: ['a', 'b'].map((name) =>
      ProductionVariant.instances(name, {
        model: newModel(stack, {}, `Model${name}`),
        instanceType: InstanceType.ML_C7I_LARGE,
      }),
    ),
  });

function temporaryFile(content: string | Buffer): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'smoke-test-')), 'request.bin');
  writeFileSync(file, content);
  return file;
}

describe('The smoke test of an endpoint', () => {
  test('is a resource that depends on the endpoint and changes with the version, the configuration and the test', () => {
    const stack = newStack();
    const modelPackage = newVersion(stack, { approvalStatus: ModelApprovalStatus.APPROVED });
    const variants = [
      ProductionVariant.instances('main', {
        model: newModel(stack, { modelPackage }),
        instanceType: InstanceType.ML_C7I_LARGE,
      }),
    ];
    const endpointConfig = new EndpointConfig(stack, 'Config', { variants });
    newEndpoint(stack, { endpointConfig, smokeTest: smokeTest({ accept: 'application/json' }) });
    const template = Template.fromStack(stack);
    const [[endpointId], [configId], [packageId]] = [ENDPOINT, CONFIG, 'AWS::SageMaker::ModelPackage'].map((type) =>
      Object.keys(template.findResources(type)),
    );
    template.hasResource(SMOKE_TEST, {
      DependsOn: Match.arrayWith([endpointId]),
      Properties: {
        EndpointName: 'churn',
        EndpointConfigName: { 'Fn::GetAtt': [configId, 'EndpointConfigName'] },
        ModelPackageArns: [{ 'Fn::GetAtt': [packageId, 'ModelPackageArn'] }],
        ServiceTimeout: '960',
      },
    });
    expect(definitionOf(stack)).toEqual({
      Body: '1,2,3',
      ContentType: 'text/csv',
      Accept: 'application/json',
      TargetVariants: [],
      TimeoutSeconds: 60,
      Expect: [{ Type: 'CloseTo', Part: { JsonPath: '$.predictions[0]' }, Value: 0.98, Tolerance: 0.05 }],
    });
  });

  test('has permission to invoke and describe this endpoint, and to describe this stack, and nothing else', () => {
    const stack = placedStack();
    newEndpoint(stack, { smokeTest: smokeTest() });
    const endpoint = arn(':sagemaker:eu-west-1:111122223333:endpoint/churn');
    expect(statementsOf(stack, 'SageMakerSmokeTests').filter((one) => !JSON.stringify(one).includes('logs:'))).toEqual([
      { Effect: 'Allow', Action: 'sagemaker:InvokeEndpoint', Resource: endpoint },
      { Effect: 'Allow', Action: 'sagemaker:DescribeEndpoint', Resource: endpoint },
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
    ]);
  });

  test('invokes each variant, or the specified one', () => {
    const [all, one] = [newStack(), newStack()];
    newEndpoint(all, { endpointConfig: twoVariants(all), smokeTest: smokeTest() });
    expect(definitionOf(all)).toMatchObject({ TargetVariants: ['a', 'b'] });
    newEndpoint(one, { endpointConfig: twoVariants(one), smokeTest: smokeTest({ targetVariant: 'b' }) });
    expect(definitionOf(one)).toMatchObject({ TargetVariants: ['b'] });
  });

  test('does not exist before the first release of its model', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: releasedConfig(stack), smokeTest: smokeTest() });
    const conditions = conditionsOfTypes(stack);
    expect(conditions[SMOKE_TEST]).toEqual(conditions[ENDPOINT]);
    expect(conditions[SMOKE_TEST]).not.toEqual([undefined]);
    expect(conditions['AWS::Lambda::Function']).toEqual([undefined]);
    expect(onlyResource(stack, SMOKE_TEST)).toMatchObject({
      ModelPackageArns: [{ Ref: expect.any(String) as string }],
    });
  });

  test('shares a function with the other tests of the stack, and has permissions of its own', () => {
    const stack = newStack();
    const endpointConfig = newConfig(stack);
    newEndpoint(stack, { endpointConfig, smokeTest: smokeTest() });
    new Endpoint(stack, 'Second', { endpointConfig, smokeTest: smokeTest() });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    Template.fromStack(stack).resourceCountIs(SMOKE_TEST, 2);
  });

  test('does not exist for a disabled endpoint', () => {
    const stack = newStack();
    newEndpoint(stack, { enabled: false, smokeTest: smokeTest() });
    Template.fromStack(stack).resourceCountIs(SMOKE_TEST, 0);
  });

  test('reads the file of its request, and no other object', () => {
    const stack = placedStack();
    newEndpoint(stack, { smokeTest: smokeTest({ request: SmokeTestRequest.fromFile(temporaryFile('image')) }) });
    expect(definitionOf(stack).BodyUri).toMatch(
      /^s3:\/\/cdk-hnb659fds-assets-111122223333-eu-west-1\/[0-9a-f]{64}\.bin$/,
    );
    const statements = statementsOf(stack, 'SageMakerSmokeTests') as { Action: string[]; Resource: unknown }[];
    const [reading] = statements.filter(({ Action }) => Action.includes('s3:GetObject*'));
    expect(JSON.stringify(reading.Resource)).toMatch(/[0-9a-f]{64}\.bin"/);
    expect(JSON.stringify(reading.Resource)).not.toContain('/*');
  });

  test.each<[string, (stack: Stack) => Partial<Parameters<typeof newEndpoint>[1]>, string]>([
    [
      'an asynchronous endpoint',
      (stack) => ({ endpointConfig: asyncConfig(stack), smokeTest: smokeTest() }),
      '`smokeTest` is not supported for an asynchronous endpoint',
    ],
    [
      'an unknown variant',
      () => ({ smokeTest: smokeTest({ targetVariant: 'other' }) }),
      '`smokeTest.targetVariant` must be the name of a production variant',
    ],
    [
      'a variant for inference components',
      (stack) => ({
        endpointConfig: new EndpointConfig(stack, 'Shared', {
          variants: [ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_C7I_LARGE })],
        }),
        smokeTest: smokeTest(),
      }),
      'specify it for each `InferenceComponent`',
    ],
    [
      'a multi-model container without an archive',
      (stack) => ({
        endpointConfig: new EndpointConfig(stack, 'Many', {
          variants: [
            ProductionVariant.instances('main', {
              model: newModel(
                stack,
                { image: image(), modelData: uncompressedData(stack), multiModel: {} },
                'ManyModel',
              ),
              instanceType: InstanceType.ML_C7I_LARGE,
            }),
          ],
        }),
        smokeTest: smokeTest(),
      }),
      '`smokeTest.targetModel` is required for a multi-model container',
    ],
    [
      'a large request to a serverless variant',
      (stack) => ({
        endpointConfig: new EndpointConfig(stack, 'Serverless', {
          variants: [
            ProductionVariant.serverless('main', {
              model: newModel(stack, {}, 'ServerlessModel'),
              memory: Size.gibibytes(2),
              maxConcurrency: 5,
            }),
          ],
        }),
        smokeTest: smokeTest({ request: SmokeTestRequest.fromFile(temporaryFile(Buffer.alloc(4 * 1024 * 1024 + 1))) }),
      }),
      '`smokeTest.request` must have at most 4194304 bytes (4 MiB) for a serverless variant, got 4194305',
    ],
    [
      'no expectations',
      () => ({ smokeTest: smokeTest({ expect: [] }) }),
      '`smokeTest.expect` must have at least 1 entry',
    ],
    [
      'two statuses',
      () => ({ smokeTest: smokeTest({ expect: [Expectation.status(200), Expectation.status(400)] }) }),
      '`smokeTest.expect` must have one status, since a response has one, got: 200, 400',
    ],
    [
      'no content type',
      () => ({ smokeTest: smokeTest({ contentType: '' }) }),
      '`smokeTest.contentType` must not be empty',
    ],
    [
      'a long timeout',
      () => ({ smokeTest: smokeTest({ timeout: Duration.minutes(2) }) }),
      '`smokeTest.timeout` must be 1 to 60 whole seconds, got 120 seconds',
    ],
    [
      'an archive with a line break',
      () => ({ smokeTest: smokeTest({ targetModel: 'a\nb' }) }),
      '`smokeTest.targetModel` must have 1 to 1024 printable ASCII characters',
    ],
  ])('fails with %s', (_, props, message) => {
    const stack = newStack();
    expect(errorOf(() => newEndpoint(stack, props(stack)))).toContain(message);
  });
});

describe('The smoke test of an inference component', () => {
  const component = (stack: Stack, test: SmokeTest): InferenceComponent =>
    new InferenceComponent(stack, 'Component', {
      endpoint: newEndpoint(stack, {
        endpointConfig: new EndpointConfig(stack, 'Config', {
          variants: [ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_C7I_LARGE })],
        }),
      }),
      variantName: 'shared',
      inferenceComponentName: 'small',
      model: newModel(stack),
      compute: { minMemory: Size.gibibytes(1), cpuCores: 1 },
      smokeTest: test,
    });

  test('invokes the component, and changes with its specification', () => {
    const stack = placedStack();
    component(stack, smokeTest());
    const { Specification, ...properties } = onlyResource(stack, SMOKE_TEST);
    expect(properties).toMatchObject({ EndpointName: 'churn', InferenceComponentName: 'small' });
    expect(JSON.stringify(Specification)).toContain('ModelName');
    const actions = (statementsOf(stack, 'SageMakerSmokeTests') as { Action: string; Resource: unknown }[]).filter(
      ({ Action }) => String(Action).startsWith('sagemaker:'),
    );
    expect(
      actions.map(({ Action, Resource }) => [Action, JSON.stringify(Resource).match(/[a-z-]+\/(churn|small)/g)]),
    ).toEqual([
      ['sagemaker:InvokeEndpoint', ['endpoint/churn', 'inference-component/small']],
      ['sagemaker:DescribeInferenceComponent', ['inference-component/small']],
    ]);
  });

  test('fails with a variant', () => {
    expect(() => component(newStack(), smokeTest({ targetVariant: 'shared' }))).toThrow(
      '`smokeTest.targetVariant` must not be specified for an inference component',
    );
  });
});

describe('A request of a smoke test', () => {
  test.each<[string, () => SmokeTestRequest, string]>([
    ['a long text', () => SmokeTestRequest.fromText('x'.repeat(4097)), '`text` must have at most 4096 bytes, got 4097'],
    [
      'a missing file',
      () => SmokeTestRequest.fromFile('/missing'),
      '`path` must be the path of a file, got: "/missing"',
    ],
    [
      'a file that is larger than a request',
      () => SmokeTestRequest.fromFile(temporaryFile(Buffer.alloc(25 * 1024 * 1024 + 1))),
      'a file of at most 26214400 bytes (25 MiB)',
    ],
  ])('fails with %s', (_, create, message) => {
    expect(errorOf(create)).toContain(message);
  });
});

describe('An expectation', () => {
  const withPath = (expression: string) => (): unknown => Expectation.jsonPath(expression);

  test.each<[string, () => unknown, string]>([
    [
      'a status that does not exist',
      () => Expectation.status(42),
      '`status` must be a whole number of 100 to 599, got 42',
    ],
    ['an empty text', () => Expectation.bodyContains(''), '`text` must not be empty'],
    [
      'a path without a root',
      withPath('predictions'),
      '`path` must be a JSONPath expression (RFC 9535), got: "predictions"',
    ],
    ['an incomplete path', withPath('$.a['), '`path` must be a JSONPath expression (RFC 9535), got: "$.a["'],
    ['a negative row', () => Expectation.csvField(-1, 0), '`row` must be at least 0, got -1'],
    ['a fraction of a column', () => Expectation.csvField(0, 0.5), '`column` must be a whole number, got 0.5'],
    [
      'a negative tolerance',
      () => Expectation.jsonPath('$').closeTo(1, { tolerance: -1 }),
      '`tolerance` must be a number of at least 0, got -1',
    ],
    [
      'a value that is not a number',
      () => Expectation.jsonPath('$').closeTo(NaN, { tolerance: 1 }),
      '`value` must be a finite number',
    ],
    [
      'an object',
      () => Expectation.jsonPath('$').equalTo({ a: 1 } as unknown as string),
      '`value` must be a string, a number or a boolean, got: ',
    ],
  ])('fails with %s', (_, create, message) => {
    expect(errorOf(create)).toContain(message);
  });

  test('is rendered for the handler', () => {
    const stack = newStack();
    const expectations = [
      Expectation.status(200),
      Expectation.bodyContains('x'),
      Expectation.jsonPath('$.a').exists(),
      Expectation.csvField(0, 1).equalTo('yes'),
    ];
    newEndpoint(stack, { smokeTest: smokeTest({ expect: expectations }) });
    expect(definitionOf(stack).Expect).toEqual([
      { Type: 'Status', Status: 200 },
      { Type: 'BodyContains', Text: 'x' },
      { Type: 'Exists', Part: { JsonPath: '$.a' } },
      { Type: 'EqualTo', Part: { CsvRow: 0, CsvColumn: 1 }, Value: 'yes' },
    ]);
  });
});
