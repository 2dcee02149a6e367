import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SIGNED_FOR_S3, ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

const Machine = {
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: 'end',
    DefinitionString: JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Succeed' } } }),
  },
};

async function start(input?: string): Promise<unknown> {
  const body = JSON.stringify({
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:end',
    name: 'one',
    input,
  });
  const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/states/');
  const headers = { authorization, 'x-amz-target': 'AWSStepFunctions.StartExecution' };
  return (await fetch(service.url, { method: 'POST', headers, body })).json();
}

beforeEach(async () => {
  const TemplateBody = JSON.stringify({ Resources: { Machine } });
  await service.cloudformation.send(new CreateStackCommand({ StackName: 'stack', TemplateBody }));
  for (;;) {
    const { Stacks } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: 'stack' }));
    if (Stacks?.[0].StackStatus === 'CREATE_COMPLETE') break;
  }
});

test('An execution whose input is not JSON is rejected', async () => {
  expect(await start('churn is ready')).toMatchObject({
    __type: 'InvalidExecutionInput',
    message: expect.stringContaining('Invalid State Machine Execution Input: ') as string,
  });
});

test.each([
  ['without an input', undefined],
  ['whose input is a JSON text', '"churn is ready"'],
])('An execution %s is started', async (_, input) => {
  const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:end:one';
  expect(await start(input)).toMatchObject({ executionArn });
});
