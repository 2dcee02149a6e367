import { type CheckRequest, checkImage } from 'cdk-sagemaker-algorithm/check';

// The manifest depends on Docker Engine, not on the image: see README.md.
const skip = ['manifest'];

test('The container implements the contract of SageMaker', async () => {
  const request: CheckRequest = {
    source: '{{image}}',
{{imageOptions}}    training: { channels: [{{checkedChannels}}] },
    serving: {{serving}},
  };
  const { findings, checks } = await checkImage(request, { skip });
  expect(findings).toEqual([]);
  // Checks that could not run on this machine
  expect(checks.filter(({ isError }) => isError)).toEqual([]);
}, 900_000);
