import { coerceRequest, requestErrors, validateRequest } from '../../../local/aws-model/request-validation';

const MODEL = { ModelName: 'churn', PrimaryContainer: { Image: 'churn:1' } };

describe('The validation of a request', () => {
  test('accepts a request that meets all constraints, and any request of an unknown operation', () => {
    expect([requestErrors('CreateModel', MODEL), requestErrors('Unknown', { any: 1 })]).toEqual([[], []]);
  });

  test.each<[string, object, string]>([
    ['a missing member', {}, "Value null at 'ModelName' failed to satisfy constraint: Member must not be null"],
    ['an unknown member', { ...MODEL, Colour: 'red' }, "Unknown member 'Colour'"],
    ['a wrong type', { ...MODEL, EnableNetworkIsolation: 1 }, 'Member must be of type boolean'],
    ['a text that is too long', { ModelName: 'a'.repeat(64) }, 'Member must be at most 63'],
    ['a wrong pattern', { ModelName: '-a' }, 'Member must satisfy regular expression pattern'],
    [
      'an error in a list',
      { ...MODEL, Containers: [{ Image: 'a' }, { Image: 1 }] },
      "Value '1' at 'Containers[1].Image' failed to satisfy constraint: Member must be of type string",
    ],
    [
      'an error in a map',
      { ...MODEL, PrimaryContainer: { Environment: { '1': 'a' } } },
      "Value '1' at 'PrimaryContainer.Environment.1' failed to satisfy constraint",
    ],
  ])('reports %s', (_, input, error) => {
    expect(requestErrors('CreateModel', input)).toContainEqual(expect.stringContaining(error));
  });

  test('throws one error with all validation errors', () => {
    expect(() => validateRequest('CreateModel', { Colour: 'red' })).toThrow(
      /^2 validation errors detected: Value null at 'ModelName' .*; Unknown member 'Colour'$/,
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
