import type { Check } from '../../core/check';

export const servingIsolation: Check = {
  id: 'serving-isolation',
  group: 'serving',
  severity: 'error',
  fact: 'A75',
  title: 'Serving needs no network',
  unless: (lab) =>
    lab.specification.serving?.networkIsolation === true
      ? undefined
      : 'the model is not isolated (--network-isolation)',
  serving: {
    applies: ({ networkIsolation }) => networkIsolation === true,
    change: (request) => ({ ...request, networkIsolation: false }),
  },
  run: async (lab) => {
    const evidence = await lab.serving.failedFor('serving-isolation');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The container does not serve in isolation, and serves with a network.',
        fix: 'Put what the program downloads into the image or the model; or leave isolation off for this model.',
        evidence,
      },
    ];
  },
};
