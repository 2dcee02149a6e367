import { checkImage } from 'cdk-sagemaker-algorithm/check';

test('The container implements the contract of SageMaker', async () => {
  const { findings, checks } = await checkImage({
    source: '{{image}}',
{{imageOptions}}    training: { channels: [{{checkedChannels}}] },
    serving: {{serving}},
  });
  expect(findings).toEqual([]);
  // Checks that could not run on this machine
  expect(checks.filter(({ isError }) => isError)).toEqual([]);
}, 900_000);
