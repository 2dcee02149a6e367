import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateModelPackageCommand,
  type CreateModelPackageCommandInput,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  type ListModelPackagesCommandInput,
  UpdateModelPackageCommand,
  type UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceFixture } from '../fixture';

const ModelPackageGroupName = 'Churn';
const ARN = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/churn';
const InferenceSpecification = {
  Containers: [{ Image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/churn:1', ModelDataUrl: 's3://b/model.tar.gz' }],
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['text/csv'],
};

const service = ServiceFixture.forEachTest();

beforeEach(async () => {
  await service.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
});

async function create(more: Partial<CreateModelPackageCommandInput> = {}): Promise<string | undefined> {
  const command = new CreateModelPackageCommand({ ModelPackageGroupName, InferenceSpecification, ...more });
  return (await service.sagemaker.send(command)).ModelPackageArn;
}

function update(ModelPackageArn: string, change: Partial<UpdateModelPackageCommandInput>): Promise<object> {
  return service.sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn, ...change }));
}

function describeVersion(version: number): Promise<object> {
  return service.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: `${ARN}/${version}` }));
}

async function list(query: Partial<ListModelPackagesCommandInput>): Promise<(number | undefined)[]> {
  const command = new ListModelPackagesCommand({ ModelPackageGroupName, ...query });
  const { ModelPackageSummaryList = [] } = await service.sagemaker.send(command);
  return ModelPackageSummaryList.map(({ ModelPackageVersion }) => ModelPackageVersion);
}

describe('A version of a model package group', () => {
  test('is created once for each client token', async () => {
    expect(await create({ ClientToken: 'execution-1' })).toBe(`${ARN}/1`);
    expect(await create({ ClientToken: 'execution-1' })).toBe(`${ARN}/1`);
    expect(await create({ ClientToken: 'execution-2' })).toBe(`${ARN}/2`);
    await service.restart();
    expect(await create({ ClientToken: 'execution-2' })).toBe(`${ARN}/2`);
    expect(await list({})).toEqual([1, 2]);
  });

  test('is not created with the client token of another one', async () => {
    await create({ ClientToken: 'execution-1' });
    await service.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'Other' }));
    await expect(create({ ClientToken: 'execution-1', ModelPackageGroupName: 'Other' })).rejects.toThrow(
      'The ClientToken execution-1 was used for another model package.',
    );
  });

  test('keeps where it comes from, its metrics and its metadata', async () => {
    const more = {
      SourceUri: 's3://b/source',
      CustomerMetadataProperties: { dataset: 'v3' },
      MetadataProperties: { CommitId: 'abc', GeneratedBy: 'arn:aws:states:us-east-1:000000000000:execution:m:e' },
      ModelMetrics: {
        ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: 's3://b/evaluation.json' } },
      },
    };
    await create(more);
    const described = await describeVersion(1);
    expect(described).toMatchObject({ ...more, ModelApprovalStatus: 'PendingManualApproval' });
    expect(described).not.toHaveProperty('ClientToken');
  });

  test('is approved with a description, and its metadata are changed one by one', async () => {
    await create({ CustomerMetadataProperties: { a: '1', b: '2' } });
    await update(`${ARN}/1`, {
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Better by 0.01',
      CustomerMetadataProperties: { b: '3', c: '4' },
      CustomerMetadataPropertiesToRemove: ['a'],
    });
    expect(await describeVersion(1)).toMatchObject({
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Better by 0.01',
      CustomerMetadataProperties: { b: '3', c: '4' },
      LastModifiedTime: expect.any(Date) as Date,
    });
  });

  test('does not change when an earlier update is repeated with its token', async () => {
    await create();
    const approval = { ModelApprovalStatus: 'Approved', ClientToken: 'approval' } as const;
    await update(`${ARN}/1`, approval);
    await update(`${ARN}/1`, { ModelApprovalStatus: 'Rejected' });
    await update(`${ARN}/1`, approval);
    expect(await describeVersion(1)).toMatchObject({ ModelApprovalStatus: 'Rejected' });
  });

  test.each<[string, Partial<UpdateModelPackageCommandInput>, string]>([
    [
      'the life cycle',
      { ModelLifeCycle: { Stage: 'a', StageStatus: 'b' } },
      'does not support changes of ModelLifeCycle',
    ],
    ['an unknown approval status', { ModelApprovalStatus: 'Maybe' as never }, 'Member must satisfy enum value set'],
    [
      'more than 50 metadata properties',
      { CustomerMetadataProperties: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '1'])) },
      'at most 50 customer metadata properties, got 51',
    ],
  ])('rejects an update of %s', async (_, change, message) => {
    await create({ CustomerMetadataProperties: { first: '1' } });
    await expect(update(`${ARN}/1`, change)).rejects.toThrow(message);
  });

  test('is found as the newest of an approval status, also among versions of the same moment', async () => {
    for (const status of ['Approved', 'Approved', 'Rejected', 'Approved', 'PendingManualApproval'] as const) {
      await create({ ModelApprovalStatus: status });
    }
    const approved = { ModelApprovalStatus: 'Approved', SortBy: 'CreationTime' } as const;
    expect(await list({ ...approved, SortOrder: 'Descending', MaxResults: 1 })).toEqual([4]);
    expect(await list({ ...approved, SortOrder: 'Ascending' })).toEqual([1, 2, 4]);
    const command = new ListModelPackagesCommand({ ModelPackageGroupName });
    const { ModelPackageSummaryList: all = [] } = await service.sagemaker.send(command);
    const times = all.map(({ CreationTime }) => CreationTime?.getTime());
    expect(new Set(times).size).toBe(5);
  });
});

describe('The event of a model package', () => {
  /** A rule that writes the details of all events to a log group. */
  const rule = {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'rule',
      EventPattern: { source: ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'] },
      Targets: [{ Id: 'logs', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:events:*', InputPath: '$' }],
    },
  };

  async function deploy(Resources: object): Promise<void> {
    const [StackName, TemplateBody] = ['Stack', JSON.stringify({ Resources })];
    const client = service.cloudformation;
    const { Stacks: existing = [] } = await client.send(new DescribeStacksCommand({}));
    if (existing.length > 0) await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
    else await client.send(new CreateStackCommand({ StackName, TemplateBody }));
    for (;;) {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
      if (/_COMPLETE$/.test(stack.StackStatus ?? '') && !/PROGRESS/.test(stack.StackStatus ?? '')) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async function events(): Promise<{ resources: string[]; detail: Record<string, unknown> }[]> {
    const command = new FilterLogEventsCommand({ logGroupName: 'events' });
    const { events: found = [] } = await service.client(CloudWatchLogsClient).send(command);
    return found.map(
      ({ message = '' }) => JSON.parse(message) as { resources: string[]; detail: Record<string, unknown> },
    );
  }

  test('is sent for its creation and for each change of its approval, and not for its metadata', async () => {
    await deploy({ Rule: rule });
    await create({ CustomerMetadataProperties: { a: '1' } });
    await update(`${ARN}/1`, { ModelApprovalStatus: 'Approved', ApprovalDescription: 'Good' });
    await update(`${ARN}/1`, { CustomerMetadataProperties: { a: '2' } });
    await update(`${ARN}/1`, { ModelApprovalStatus: 'Approved' });
    const sent = await events();
    expect(sent.map(({ detail }) => detail.ModelApprovalStatus)).toEqual(['PendingManualApproval', 'Approved']);
    expect(sent[1]).toMatchObject({
      source: 'aws.sagemaker',
      resources: [`${ARN}/1`],
      detail: {
        ModelPackageGroupName,
        ModelPackageVersion: 1,
        ModelPackageArn: `${ARN}/1`,
        ModelPackageStatus: 'Completed',
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'Good',
      },
    });
  });

  test('of a stack is sent for the creation of the resource and for the change of its approval', async () => {
    const version = (ModelApprovalStatus: string, owner: string): object => ({
      Type: 'AWS::SageMaker::ModelPackage',
      DependsOn: 'Rule',
      Properties: {
        ...{ ModelPackageGroupName, InferenceSpecification, ModelApprovalStatus },
        CustomerMetadataProperties: { owner },
      },
    });
    await deploy({ Rule: rule, Version: version('PendingManualApproval', 'a') });
    await deploy({ Rule: rule, Version: version('PendingManualApproval', 'b') });
    await deploy({ Rule: rule, Version: version('Approved', 'b') });
    expect((await events()).map(({ detail }) => detail.ModelApprovalStatus)).toEqual([
      'PendingManualApproval',
      'Approved',
    ]);
  });
});
