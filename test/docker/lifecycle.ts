import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  ListModelPackagesCommand,
  ListProcessingJobsCommand,
  ListTrainingJobsCommand,
  type ModelApprovalStatus,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { LocalMachine } from './local-machine';

export interface Execution {
  readonly executionArn?: string;
  readonly status?: string;
  readonly output?: string;
  readonly cause?: string;
}

export interface Version {
  readonly version?: number;
  readonly status?: ModelApprovalStatus;
  readonly arn?: string;
}

/** The names of a continuous lifecycle. */
export interface LifecycleNames {
  readonly group: string;
  readonly parameter: string;
  readonly trainingStack: string;
  readonly hostingStack: string;
}

/** A continuous lifecycle on a machine, as the clients of the services show it. */
export class Lifecycle {
  constructor(
    public readonly machine: LocalMachine,
    private readonly names: LifecycleNames,
  ) {}

  public async upload(Bucket: string, Key: string, Body: string): Promise<void> {
    await this.machine.client(S3Client).send(new PutObjectCommand({ Bucket, Key, Body }));
  }

  public async download(Bucket: string, Key: string): Promise<string> {
    const { Body } = await this.machine.client(S3Client).send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  }

  public async delete(Bucket: string, Key: string): Promise<void> {
    await this.machine.client(S3Client).send(new DeleteObjectCommand({ Bucket, Key }));
  }

  /** Starts an execution of a state machine, and returns its ARN. */
  public async start(stateMachine: string, input: object = {}): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn: arnOf(stateMachine), input: JSON.stringify(input) });
    const { executionArn = '' } = await this.machine.client(SFNClient).send(command);
    return executionArn;
  }

  public async execution(executionArn: string): Promise<Execution> {
    return this.machine.client(SFNClient).send(new DescribeExecutionCommand({ executionArn }));
  }

  /** The executions of a state machine, the oldest first. */
  public async executions(stateMachine: string): Promise<Execution[]> {
    const client = this.machine.client(SFNClient);
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn: arnOf(stateMachine) }));
    const described = executions.map(({ executionArn }) => client.send(new DescribeExecutionCommand({ executionArn })));
    return (await Promise.all(described)).reverse();
  }

  /** Whether an execution of a state machine is running. */
  public async isRunning(stateMachine: string): Promise<boolean> {
    return (await this.executions(stateMachine)).some(({ status }) => status === 'RUNNING');
  }

  /** The state that an execution has entered last. */
  public async stateOf(executionArn: string): Promise<string | undefined> {
    const command = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 10 });
    const { events = [] } = await this.machine.client(SFNClient).send(command);
    return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails)?.stateEnteredEventDetails?.name;
  }

  public async versions(): Promise<Version[]> {
    const { ModelPackageSummaryList = [] } = await this.sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: this.names.group,
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: 100,
      }),
    );
    return ModelPackageSummaryList.map(({ ModelPackageVersion, ModelApprovalStatus, ModelPackageArn }) => ({
      version: ModelPackageVersion,
      status: ModelApprovalStatus,
      arn: ModelPackageArn,
    }));
  }

  public describe(version: string): Promise<DescribeModelPackageCommandOutput> {
    return this.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: version }));
  }

  public async decide(version: string | undefined, ModelApprovalStatus: ModelApprovalStatus): Promise<void> {
    await this.sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn: version, ModelApprovalStatus }));
  }

  public async hostingStack(): Promise<Stack | undefined> {
    const { Stacks = [] } = await this.machine
      .client(CloudFormationClient)
      .send(new DescribeStacksCommand({ StackName: this.names.hostingStack }));
    return Stacks[0];
  }

  /** The version that the hosting stack has while it is idle. */
  public async released(): Promise<string | undefined> {
    const { StackStatus = '', Parameters = [] } = (await this.hostingStack()) ?? {};
    const isIdle = StackStatus.endsWith('_COMPLETE') && !StackStatus.includes('CLEANUP');
    const value = Parameters.find(({ ParameterValue }) => ParameterValue === this.names.parameter);
    return isIdle ? value?.ResolvedValue?.split('/').at(-1) : undefined;
  }

  /** The version in the parameter. */
  public async parameter(): Promise<string | undefined> {
    const { Parameter } = await this.machine
      .client(SSMClient)
      .send(new GetParameterCommand({ Name: this.names.parameter }));
    return Parameter?.Value?.split('/').at(-1);
  }

  /** The events of the hosting stack itself, the oldest first. */
  public async hostingEvents(): Promise<StackEvent[]> {
    const client = this.machine.client(CloudFormationClient);
    const events: StackEvent[] = [];
    for await (const { StackEvents = [] } of paginateDescribeStackEvents(
      { client },
      { StackName: this.names.hostingStack },
    ))
      events.push(...StackEvents);
    return events.reverse();
  }

  /** The number of updates of the hosting stack. */
  public async updates(): Promise<number> {
    const isStart = ({ PhysicalResourceId, StackId, ResourceStatus }: StackEvent): boolean =>
      PhysicalResourceId === StackId && ResourceStatus === 'UPDATE_IN_PROGRESS';
    return (await this.hostingEvents()).filter(isStart).length;
  }

  /** The statuses of the training jobs, the oldest first. */
  public async trainingJobs(): Promise<(string | undefined)[]> {
    const { TrainingJobSummaries = [] } = await this.sagemaker.send(
      new ListTrainingJobsCommand({ SortBy: 'CreationTime', SortOrder: 'Ascending', MaxResults: 100 }),
    );
    return TrainingJobSummaries.map(({ TrainingJobStatus }) => TrainingJobStatus);
  }

  /** The statuses of the processing jobs, the oldest first. */
  public async processingJobs(): Promise<(string | undefined)[]> {
    const { ProcessingJobSummaries = [] } = await this.sagemaker.send(
      new ListProcessingJobsCommand({ SortBy: 'CreationTime', SortOrder: 'Ascending', MaxResults: 100 }),
    );
    return ProcessingJobSummaries.map(({ ProcessingJobStatus }) => ProcessingJobStatus);
  }

  /** The execution that has the lock of a state machine, if any. */
  public async lockHolder(stateMachine: string): Promise<string | undefined> {
    const { StackResources = [] } = await this.machine
      .client(CloudFormationClient)
      .send(new DescribeStackResourcesCommand({ StackName: this.names.trainingStack }));
    const table = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::DynamoDB::Table');
    const { Item } = await this.machine
      .client(DynamoDBClient)
      .send(new GetItemCommand({ TableName: table?.PhysicalResourceId, Key: { Name: { S: stateMachine } } }));
    return Item?.Execution?.S;
  }

  public async invoke(input: InvokeEndpointCommandInput): Promise<string> {
    const { Body } = await this.machine.client(SageMakerRuntimeClient).send(new InvokeEndpointCommand(input));
    return Buffer.from(Body).toString();
  }

  private get sagemaker(): SageMakerClient {
    return this.machine.client(SageMakerClient);
  }
}

function arnOf(stateMachine: string): string {
  return `arn:aws:states:us-east-1:000000000000:stateMachine:${stateMachine}`;
}

/** Sends one request after the other during some work. Returns the number of responses, and the errors. */
export async function underLoad(
  request: () => Promise<unknown>,
  work: () => Promise<void>,
): Promise<{ readonly responses: number; readonly failures: unknown[] }> {
  let responses = 0;
  const failures: unknown[] = [];
  let isLoaded = true;
  const load = (async () => {
    while (isLoaded)
      await request().then(
        () => responses++,
        (error: unknown) => failures.push(error),
      );
  })();
  try {
    await work();
  } finally {
    isLoaded = false;
    await load;
  }
  return { responses, failures };
}
