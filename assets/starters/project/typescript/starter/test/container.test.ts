import { checkImage } from 'cdk-sagemaker-algorithm/check';

test('The container implements the contract of SageMaker', async () => {
  const { findings, checks } = await checkImage({
    source: 'algorithm',
{{imageOptions}}    training: {
      channels: [
        { name: 'train', directory: 'data/train', contentType: 'text/csv' },
        { name: 'validation', directory: 'data/validation', contentType: 'text/csv' },
      ],
      hyperparameters: { epochs: '5' },
    },
    serving: {
{{servingOptions}}      requests: [
        { file: 'requests/rows.csv', contentType: 'text/csv' },
        { file: 'requests/rows.json', contentType: 'application/json' },
      ],
    },
  });
  expect(findings).toEqual([]);
  // Checks that could not run on this machine
  expect(checks.filter(({ isError }) => isError)).toEqual([]);
}, 900_000);
