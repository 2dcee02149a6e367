import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as path from 'node:path';
import {
  Algorithm,
  AlgorithmImages,
  type AlgorithmProps,
  Channel,
  ContainerImage,
  type ContainerImageConfig,
  Hyperparameter,
  type ImageCharacteristics,
  InstanceType,
  MetricDefinition,
  Objective,
} from '../lib';

export const IMAGE_DIRECTORY = path.join(__dirname, 'fixtures', 'image');
export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';

/** A stack in a new app. */
export function newStack(id = 'Stack', props: StackProps = {}): Stack {
  // The tree of all constructs, which the CDK would also write, is not tested.
  return new Stack(new App({ treeMetadata: false }), id, props);
}

/** A stack with a specified account and region. */
export function placedStack(id = 'Stack'): Stack {
  return newStack(id, { env: { account: ACCOUNT, region: REGION } });
}

/** An image of which nothing but the URI is known, and which requires no permissions. */
export class PlainImage extends ContainerImage {
  constructor(
    private readonly imageUri: string,
    characteristics: ImageCharacteristics = {},
  ) {
    super(characteristics);
  }

  public bind(): ContainerImageConfig {
    return { imageUri: this.imageUri };
  }
}

export function image(tag = '1'): ContainerImage {
  return new PlainImage(`example.com/algorithm:${tag}`);
}

/** The properties of a small algorithm with training and inference. */
export function algorithmProps(overrides: Partial<AlgorithmProps> = {}): AlgorithmProps {
  return {
    images: AlgorithmImages.combined(image()),
    hyperparameters: [Hyperparameter.integer('max_depth', { min: 1, max: 64, defaultValue: 6, tunable: true })],
    channels: [Channel.file('train', { contentTypes: ['text/csv'] })],
    metrics: [MetricDefinition.of('validation:auc', 'auc=([0-9.]+)')],
    objectives: [Objective.maximize('validation:auc')],
    trainingInstanceTypes: [InstanceType.ML_M5_XLARGE],
    inference: {
      contentTypes: ['text/csv'],
      responseMimeTypes: ['application/json'],
      realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
      transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
    },
    ...overrides,
  };
}

export function newAlgorithm(stack: Stack, overrides: Partial<AlgorithmProps> = {}): Algorithm {
  return new Algorithm(stack, 'Algorithm', algorithmProps(overrides));
}

/** The properties of the only resource of a type. */
export function onlyResource(stack: Stack, type: string): Record<string, unknown> {
  const resources = Object.values(Template.fromStack(stack).findResources(type));
  expect(resources).toHaveLength(1);
  return resources[0].Properties as Record<string, unknown>;
}

/** The parsed JSON of a property of the only custom resource of a type. References become text. */
export function startJson(
  stack: Stack,
  type: string,
  property: 'Request' | 'Identity' | 'Tags',
): Record<string, unknown> {
  const value = onlyResource(stack, type)[property] as string | { 'Fn::Join': [string, unknown[]] };
  if (typeof value === 'string') return JSON.parse(value) as Record<string, unknown>;
  const pieces = value['Fn::Join'][1].map((piece) =>
    typeof piece === 'string' ? piece : JSON.stringify(piece).replace(/"/g, "'"),
  );
  return JSON.parse(pieces.join('')) as Record<string, unknown>;
}

/** The statements of all inline policies of roles whose logical id starts with `roleId`. */
export function statementsOf(stack: Stack, roleId: string): unknown[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies
    .map(({ Properties }) => Properties as { Roles: { Ref: string }[]; PolicyDocument: { Statement: unknown[] } })
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(roleId)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** The message of the error that a function throws, without the link to the rules, of which `test/rules.test.ts` is. */
export function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message.replace(/\nSee \S+$/, '');
  }
  throw new Error('No error was thrown');
}

/** The statement of a key policy that allows CloudWatch Logs to encrypt log groups, in a stack of `placedStack()`. */
export function logEncryptionStatement(logGroupName: string): object {
  const logGroups = ['arn:', { Ref: 'AWS::Partition' }, `:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`];
  return {
    Effect: 'Allow',
    Principal: { Service: { 'Fn::Join': ['', [`logs.${REGION}.`, { Ref: 'AWS::URLSuffix' }]] } },
    Action: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    Resource: '*',
    Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Join': ['', logGroups] } } },
  };
}
