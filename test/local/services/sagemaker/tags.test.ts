import { DescribeModelCommand, ListTagsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { StackClient } from '../cloudformation/stack-client';
import { ServiceFixture } from '../fixture';

const ROLE = 'arn:aws:iam::000000000000:role/any';
const ARN = 'arn:aws:sagemaker:us-east-1:000000000000:model/churn';

const service = ServiceFixture.forEachTest();
const stack = new StackClient(service);

const template = (tags: Record<string, string>): object => ({
  Resources: {
    Model: {
      Type: 'AWS::SageMaker::Model',
      Properties: {
        ...{ ModelName: 'churn', ExecutionRoleArn: ROLE, PrimaryContainer: { Image: 'churn:1' } },
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      },
    },
  },
});

test('A model whose tags change in a template is not replaced', async () => {
  const client = service.client(SageMakerClient);
  const created = async (): Promise<Date | undefined> =>
    (await client.send(new DescribeModelCommand({ ModelName: 'churn' }))).CreationTime;
  await stack.create(template({ team: 'a', stage: 'dev' }));
  const before = await created();
  expect((await stack.updateTo(template({ team: 'b' }))).StackStatus).toBe('UPDATE_COMPLETE');
  expect(await created()).toEqual(before);
  const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: ARN }));
  expect(Tags).toEqual([{ Key: 'team', Value: 'b' }]);
});

test.each([
  ['gets its first tag', {}, { team: 'a' }],
  ['gets another tag', { team: 'a' }, { team: 'a', stage: 'dev' }],
  ['loses its last tag', { team: 'a' }, {}],
])('A model that %s in a template is not replaced', async (_, before, after) => {
  await stack.create(template(before));
  expect((await stack.updateTo(template(after))).StackStatus).toBe('UPDATE_COMPLETE');
  const { Tags } = await service.client(SageMakerClient).send(new ListTagsCommand({ ResourceArn: ARN }));
  expect(Tags).toEqual(Object.entries(after).map(([Key, Value]) => ({ Key, Value })));
});
