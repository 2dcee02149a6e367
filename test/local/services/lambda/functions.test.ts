import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';
import { StateMachineFixture } from '../step-functions/state-machine-fixture';

const service = ServiceFixture.forEachTest();

/** The value that a function returns. */
async function returned(body: string): Promise<unknown> {
  const machine = new StateMachineFixture(service);
  await machine.create({ Invoke: machine.task() }, `exports.handler = async () => { ${body} };`);
  return machine.outputOf();
}

/** A function that requests a path with options of `https.request`, and returns the status or "failed". */
const requesting = (options: string): string => `
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  return new Promise((resolve) =>
    require('https')
      .request({ path: '/', method: 'GET', ...${options} }, ({ statusCode }) => resolve(statusCode))
      .on('error', () => resolve('failed'))
      .end(),
  );`;

test('The function of a custom resource that responds over HTTPS, as those of the CDK do, reaches the local service', async () => {
  const stacks = new StackFixture(service);
  const source = `
    exports.handler = ({ ResponseURL, StackId, RequestId, LogicalResourceId }) =>
      new Promise((resolve, reject) => {
        const { hostname, pathname } = new URL(ResponseURL);
        const response = { Status: 'SUCCESS', PhysicalResourceId: 'id', StackId, RequestId, LogicalResourceId };
        require('https')
          .request({ hostname, path: pathname, method: 'PUT' }, resolve)
          .on('error', reject)
          .end(JSON.stringify(response));
      });`;
  const status = await stacks.create({
    Function: await stacks.function(source),
    Custom: { Type: 'Custom::Any', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] } } },
  });
  expect(status).toBe('CREATE_COMPLETE');
});

test('An HTTPS request without a port to the host of the local service is sent to it over HTTP', async () => {
  expect(await returned(requesting('{ hostname }'))).toEqual(expect.any(Number));
});

test.each([
  ['another host', "{ hostname: 'localhost' }"],
  ['a port of the host of the local service', '{ hostname, port }'],
])('An HTTPS request to %s stays one, which the local service does not accept', async (_, options) => {
  expect(await returned(requesting(options))).toBe('failed');
});

test('A function can import the AWS SDK without containing it, as in AWS Lambda', async () => {
  expect(await returned("return typeof require('@aws-sdk/client-sagemaker').SageMakerClient;")).toBe('function');
});

test('A function does not inherit the environment of the user', async () => {
  process.env.OF_THE_USER = 'secret';
  try {
    expect(await returned("return process.env.OF_THE_USER ?? 'none';")).toBe('none');
  } finally {
    delete process.env.OF_THE_USER;
  }
});
