import type { Check } from '../check';

export const servingIsolation: Check = {
  id: 'serving-isolation',
  group: 'serving',
  severity: 'error',
  fact: 'A75',
  title: 'Serving with network isolation does not use the network',
  skipReason: ({ specification: { serving } }) =>
    serving?.networkIsolation === true ? undefined : 'the model has no network isolation (--network-isolation)',
  servingVariation: {
    applies: ({ networkIsolation }) => networkIsolation === true,
    change: (request) => ({ ...request, networkIsolation: false }),
  },
  run: async ({ serving }) => {
    const evidence = await serving.evidenceFor('serving-isolation');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The container does not serve with network isolation, but does serve with a network.',
        fix: 'Add what the program downloads to the image or to the model, or disable network isolation for this model.',
        evidence,
      },
    ];
  },
};
