import { aws_kms as kms, type Stack } from 'aws-cdk-lib';
import {
  type EndpointConfigProps,
  type InstanceOptions,
  InstanceType,
  Model,
  ProductionVariant,
  S3Location,
} from '../../../lib';
import { bucket, newConfig } from '../../features';
import { additionalStatements, newModel, objects } from '../../hosting-fixtures';
import { ACCOUNT, image, placedStack, REGION, statementsOf } from '../../stacks';

/** The additional statements of the execution role of a model on instances with these options. */
function statementsWith(options: (stack: Stack) => Partial<InstanceOptions>): unknown[] {
  const stack = placedStack();
  newConfig(stack, {
    variants: [
      ProductionVariant.instances('main', {
        model: newModel(stack),
        instanceType: InstanceType.ML_M5_LARGE,
        ...options(stack),
      }),
    ],
  });
  return additionalStatements(stack);
}

describe('The execution role of a model on instances', () => {
  test('has permission to write core dumps and use their KMS key', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const statements = statementsWith((stack) => ({
      coreDump: {
        destination: S3Location.fromBucket(bucket(stack), 'dumps'),
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key),
      },
    }));
    expect(statements).toEqual([
      expect.objectContaining({ Resource: objects('dumps/*') }),
      expect.objectContaining({ Action: expect.arrayContaining(['kms:Encrypt']) as unknown, Resource: key }),
    ]);
  });

  test('has permission to open message channels if SSM access is enabled', () => {
    const statements = statementsWith(() => ({ ssmAccess: true }));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
    ]);
  });
});

describe('The execution role of a model in an instance pool', () => {
  const pooled = (stack: Stack, props: Partial<EndpointConfigProps> = {}, options: object = {}): unknown[] => {
    newConfig(stack, {
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'Model', { image: image() }),
          instancePools: [
            { instanceType: InstanceType.ML_G5_XLARGE, priority: 1 },
            {
              instanceType: InstanceType.ML_C7I_LARGE,
              priority: 2,
              model: new Model(stack, 'Pool', { image: image('b') }),
            },
          ],
          ...options,
        }),
      ],
      ...props,
    });
    return statementsOf(stack, 'PoolRole');
  };

  test.each<[string, string, (stack: Stack) => unknown[]]>([
    [
      'data capture',
      'kept/*',
      (stack) => pooled(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack), 'kept') } }),
    ],
    ['SSM access', 'ssmmessages', (stack) => pooled(stack, {}, { ssmAccess: true })],
    [
      'core dumps',
      'dumps/*',
      (stack) => pooled(stack, {}, { coreDump: { destination: S3Location.fromBucket(bucket(stack), 'dumps') } }),
    ],
  ])('has permission for %s', (_, permission, statements) => {
    expect(JSON.stringify(statements(placedStack()))).toContain(permission);
  });
});
