import { aws_kms as kms, CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EndpointConfig, type IModel, InstanceType, Model, ProductionVariant } from '../../../lib';
import { CONFIG } from '../../features';
import { additionalStatements, newModel } from '../../hosting-fixtures';
import { ACCOUNT, image, newStack, onlyResource, placedStack, REGION } from '../../stacks';

function variant(
  model: IModel,
  options: { instanceType?: InstanceType; instanceCount?: number; weight?: number; ssmAccess?: boolean } = {},
) {
  return ProductionVariant.instances('cpu', { model, instanceType: InstanceType.ML_C7I_LARGE, ...options });
}

function newConfig(stack: Stack, variants = [variant(newModel(stack))]): EndpointConfig {
  return new EndpointConfig(stack, 'Config', { variants });
}

function dependenciesOfConfig(stack: Stack): string[] | undefined {
  const [config] = Object.values(Template.fromStack(stack).findResources(CONFIG)) as { DependsOn?: string[] }[];
  return config.DependsOn;
}

describe('Endpoint configuration', () => {
  test('has variants with one instance and a weight of 1 by default', () => {
    const stack = newStack();
    newConfig(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig')).toEqual({
      ProductionVariants: [
        {
          VariantName: 'cpu',
          ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^Model/), 'ModelName'] },
          InstanceType: 'ml.c7i.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
        },
      ],
    });
  });

  test('has variants with the specified numbers of instances and weights, including a weight of 0', () => {
    const stack = newStack();
    const model = newModel(stack);
    const gpu = ProductionVariant.instances('gpu', { model, instanceType: InstanceType.ML_G5_XLARGE, weight: 0 });
    newConfig(stack, [variant(model, { instanceCount: 2, weight: 0.5 }), gpu]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { InstanceType: 'ml.c7i.large', InitialInstanceCount: 2, InitialVariantWeight: 0.5 },
      { InstanceType: 'ml.g5.xlarge', InitialInstanceCount: 1, InitialVariantWeight: 0 },
    ]);
  });

  test('encrypts volumes with the specified KMS key', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    new EndpointConfig(stack, 'Config', { variants: [variant(newModel(stack))], encryptionKey });
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').KmsKeyId).toEqual(stack.resolve(encryptionKey.keyArn));
  });

  test('accepts a token as the number of instances', () => {
    const stack = newStack();
    const instanceCount = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    newConfig(stack, [variant(newModel(stack), { instanceCount })]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { InitialInstanceCount: { Ref: 'Count' } },
    ]);
  });

  test('accepts an imported model', () => {
    const stack = newStack();
    newConfig(stack, [variant(Model.fromModelName(stack, 'Imported', 'churn'))]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { ModelName: 'churn' },
    ]);
  });

  test('has a hash in its name that changes with the model if a name prefix is specified', () => {
    const names = ['1', '2'].map((tag) => {
      const stack = newStack();
      const model = new Model(stack, 'Model', { image: image(tag) });
      new EndpointConfig(stack, 'Config', { variants: [variant(model)], endpointConfigName: 'churn' });
      return onlyResource(stack, 'AWS::SageMaker::EndpointConfig').EndpointConfigName;
    });
    expect(names[0]).toMatch(/^churn-[0-9a-f]{10}$/);
    expect(names[1]).not.toBe(names[0]);
  });

  test('has the L1 resource as its default child', () => {
    const stack = newStack();
    const config = newConfig(stack);
    expect(config.node.defaultChild).toBeDefined();
  });

  test('depends on its models only if its properties add no permissions to their roles', () => {
    const stack = newStack();
    newConfig(stack);
    expect(dependenciesOfConfig(stack)).toBeUndefined();
  });

  test('depends on the policies of the execution roles if a property of its own adds permissions', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    new EndpointConfig(stack, 'Config', { variants: [variant(newModel(stack))], encryptionKey });
    expect(dependenciesOfConfig(stack)).toContainEqual(expect.stringMatching(/^ModelRoleDefaultPolicy/));
  });

  test('depends on the policies of the execution roles if a property of a variant adds permissions', () => {
    const stack = newStack();
    newConfig(stack, [variant(newModel(stack), { ssmAccess: true })]);
    expect(dependenciesOfConfig(stack)).toContainEqual(expect.stringMatching(/^ModelRoleDefaultPolicy/));
  });
});

describe('The execution role of a model', () => {
  test('has no additional permissions for a real-time endpoint', () => {
    const stack = placedStack();
    newConfig(stack);
    expect(additionalStatements(stack)).toEqual([]);
  });

  test('has permission to use the KMS key of the volumes', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const stack = placedStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', key);
    new EndpointConfig(stack, 'Config', { variants: [variant(newModel(stack))], encryptionKey });
    expect(additionalStatements(stack)).toEqual([
      { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:DescribeKey'], Resource: key },
    ]);
  });
});
