import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import type { ServiceFixture } from './fixture';

/** Stacks of a local service. */
export class StackFixture {
  constructor(private readonly service: ServiceFixture) {}

  /** Creates a stack, and returns its status. */
  public async create(Resources: object, StackName = 'stack'): Promise<string> {
    const TemplateBody = JSON.stringify({ Resources });
    await this.service.cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    );
    return this.ended(StackName);
  }

  /** Updates a stack, and returns its status. */
  public async update(Resources: object, StackName = 'stack'): Promise<string> {
    const TemplateBody = JSON.stringify({ Resources });
    await this.service.cloudformation.send(
      new UpdateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    );
    return this.ended(StackName);
  }

  /** The reason why the creation of a stack with a resource fails; undefined if it succeeds. */
  public async failureOf(resource: object): Promise<string | undefined> {
    if ((await this.create({ Resource: resource })) === 'CREATE_COMPLETE') return undefined;
    const { StackEvents = [] } = await this.service.cloudformation.send(
      new DescribeStackEventsCommand({ StackName: 'stack' }),
    );
    return StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')?.ResourceStatusReason;
  }

  /** Uploads the code of a function, and returns its resource. */
  public async function(source: string, FunctionName = 'function', properties: object = {}): Promise<object> {
    await this.service.s3.send(new CreateBucketCommand({ Bucket: 'code' }));
    const Body = zipSync({ 'index.js': Buffer.from(source) });
    await this.service.s3.send(new PutObjectCommand({ Bucket: 'code', Key: FunctionName, Body }));
    return {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName,
        Code: { S3Bucket: 'code', S3Key: FunctionName },
        Handler: 'index.handler',
        Runtime: 'nodejs22.x',
        Role: 'arn:aws:iam::000000000000:role/function',
        Timeout: 60,
        ...properties,
      },
    };
  }

  /** The messages of a log group, as soon as it has a number of them. */
  public async messages(logGroupName: string, count = 1): Promise<string[]> {
    const logs = this.service.client(CloudWatchLogsClient);
    for (;;) {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName })).catch((error: Error) => {
        if (error.name === 'ResourceNotFoundException') return { events: [] };
        throw error;
      });
      if (events.length >= count) return events.map(({ message = '' }) => message);
    }
  }

  private async ended(StackName: string): Promise<string> {
    for (;;) {
      const { Stacks } = await this.service.cloudformation.send(new DescribeStacksCommand({ StackName }));
      const status = Stacks?.[0].StackStatus ?? '';
      if (!status.endsWith('_IN_PROGRESS')) return status;
    }
  }
}
