import {
  type Endpoint,
  variantsOf,
  withCurrent,
  withDesired,
} from '../../../../../local/services/sagemaker/endpoint/endpoint';

type Variant = NonNullable<Endpoint['ProductionVariants']>[number];

const CONFIG = {
  EndpointConfigName: 'config',
  EndpointConfigArn: 'arn',
  CreationTime: 0,
  ProductionVariants: [
    { VariantName: 'main', ModelName: 'model', InitialInstanceCount: 1 },
    { VariantName: 'new', ModelName: 'model', InitialInstanceCount: 2, InitialVariantWeight: 0 },
  ],
};
const ENDPOINT = {
  EndpointName: 'endpoint',
  ProductionVariants: [{ VariantName: 'main', CurrentWeight: 5, CurrentInstanceCount: 7 }],
} as Endpoint;

const summary = (VariantName: string, weight?: number, count?: number): Variant => ({
  VariantName,
  CurrentWeight: weight,
  DesiredWeight: weight,
  CurrentInstanceCount: count,
  DesiredInstanceCount: count,
});

describe('The variants of an updated endpoint', () => {
  test('have the weights and instance counts of the new configuration', () => {
    const { ProductionVariants } = variantsOf(CONFIG, ENDPOINT, { weights: false, counts: false, capture: false });
    expect(ProductionVariants).toEqual([summary('main', 1, 1), summary('new', 0, 2)]);
  });

  test('retain their weights or their instance counts if the update specifies that', () => {
    const weights = variantsOf(CONFIG, ENDPOINT, { weights: true, counts: false, capture: false });
    const counts = variantsOf(CONFIG, ENDPOINT, { weights: false, counts: true, capture: false });
    expect([weights.ProductionVariants?.[0], counts.ProductionVariants?.[0]]).toEqual([
      summary('main', 5, 1),
      summary('main', 1, 7),
    ]);
  });

  test('first should have, and then have, what new capacities contain', () => {
    const variants = [summary('a', 1, 1), summary('b', 1, 1)];
    const desired = withDesired(variants, [{ VariantName: 'b', DesiredWeight: 0 }]);
    expect(desired).toEqual([summary('a', 1, 1), { ...summary('b', 1, 1), DesiredWeight: 0 }]);
    expect(withCurrent(desired)).toEqual([summary('a', 1, 1), summary('b', 0, 1)]);
  });
});
