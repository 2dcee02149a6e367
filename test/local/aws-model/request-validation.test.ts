import { coerceRequest, requestErrors, validateRequest } from '../../../local/aws-model/request-validation';

const MODEL = { ModelName: 'churn', PrimaryContainer: { Image: 'churn:1' } };

describe('The validation of a request', () => {
  test('accepts a request that meets all constraints, and any request of an unknown operation', () => {
    expect([requestErrors('CreateModel', MODEL), requestErrors('Unknown', { any: 1 })]).toEqual([[], []]);
  });

  test.each<[string, object, string]>([
    ['a missing member', {}, "Value null at 'modelName' failed to satisfy constraint: Member must not be null"],
    ['an unknown member', { ...MODEL, Colour: 'red' }, "Unknown member 'Colour'"],
    ['a wrong type', { ...MODEL, EnableNetworkIsolation: 1 }, 'Member must be of type boolean'],
    ['a text that is too long', { ModelName: 'a'.repeat(64) }, 'Member must have length less than or equal to 63'],
    ['a wrong pattern', { ModelName: '-a' }, 'Member must satisfy regular expression pattern'],
    [
      'an error in a list',
      { ...MODEL, Containers: [{ Image: 'a' }, { Image: 1 }] },
      "Value '1' at 'containers.2.member.image' failed to satisfy constraint: Member must be of type string",
    ],
    [
      'an error in a map',
      { ...MODEL, PrimaryContainer: { Environment: { '1': 'a' } } },
      'Value \'{"1":"a"}\' at \'primaryContainer.environment\' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]',
    ],
    [
      'a map with too many entries',
      {
        ...MODEL,
        PrimaryContainer: { Environment: Object.fromEntries([...Array(101).keys()].map((n) => [`k${n}`, ''])) },
      },
      'Member must have length less than or equal to 100',
    ],
    [
      'a wrong item of a list of texts',
      { ...MODEL, VpcConfig: { Subnets: ['subnet-1', 'not a subnet'], SecurityGroupIds: ['sg-1'] } },
      `Value '["not a subnet"]' at 'vpcConfig.subnets' failed to satisfy constraint: Member must satisfy constraint: [`,
    ],
  ])('reports %s', (_, input, error) => {
    expect(requestErrors('CreateModel', input)).toContainEqual(expect.stringContaining(error));
  });

  test.each<[string, string, object, string]>([
    [
      'a line break in a hyperparameter',
      'CreateTrainingJob',
      { HyperParameters: { k: 'a\nb' } },
      `Value '{"k":"a\\nb"}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy regular expression pattern: .*]`,
    ],
    [
      'an instance type that does not exist',
      'CreateTrainingJob',
      { ResourceConfig: { InstanceType: 'ml.nonsense.large' } },
      "Value 'ml.nonsense.large' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum value set: [",
    ],
    [
      'a number that is too large',
      'ListModels',
      { MaxResults: 101 },
      'Member must have value less than or equal to 100',
    ],
    ['a text for a time', 'ListModels', { CreationTimeAfter: '2026' }, 'Member must be of type timestamp'],
    ['the name of a property of every object', 'ListModels', { toString: 1 }, "Unknown member 'toString'"],
  ])('reports %s', (_, operation, input, error) => {
    expect(requestErrors(operation, input)).toContainEqual(expect.stringContaining(error));
  });

  test('throws one error with all validation errors', () => {
    expect(() => validateRequest('CreateModel', { Colour: 'red' })).toThrow(
      /^2 validation errors detected: Value null at 'modelName' .*; Unknown member 'Colour'$/,
    );
  });

  test('converts text to numbers and booleans where the API expects them, and nothing else', () => {
    const input = {
      ModelName: '1',
      EnableNetworkIsolation: 'true',
      VpcConfig: { Subnets: ['1'] },
      Unknown: 'true',
    };
    expect(coerceRequest('CreateModel', input)).toEqual({ ...input, EnableNetworkIsolation: true });
    const variant = { InitialInstanceCount: '2', InitialVariantWeight: '0.5', VariantName: '3' };
    expect(coerceRequest('CreateEndpointConfig', { ProductionVariants: [variant] })).toEqual({
      ProductionVariants: [{ InitialInstanceCount: 2, InitialVariantWeight: 0.5, VariantName: '3' }],
    });
  });
});
