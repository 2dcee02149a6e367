import {
  type Stack,
  type StackEvent,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Release } from '../release-contract';
import type { Dependencies } from './dependencies';
import type { ReleaseRecord } from './record';

/** The value of the parameter while nothing is released. */
export const NONE = 'none';

/** A version of the group. */
export interface Version {
  readonly arn: string;
  readonly isApproved: boolean;

  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The hosting stack. */
export interface HostingStack {
  readonly status: string;
  readonly hasRole: boolean;

  /** The names of its parameters in the template. */
  readonly parameterNames: string[];
  readonly capabilities: string[];

  /** The released version: the value of the parameter that the stack has. Undefined if no parameter of the stack reads it. */
  readonly released?: string;

  /** The events of the update with the token of the candidate, from the first to the last. */
  readonly events: StackEvent[];
}

/** The state on which a decision is based. */
export interface World {
  readonly now: number;

  /** Undefined if the stack does not exist. */
  readonly stack?: HostingStack;

  /** The value of the SSM parameter. */
  readonly parameter: string;
  readonly newestApproved?: Version;

  /** The released version, if it still exists. */
  readonly released?: Version;
  readonly record: ReleaseRecord;
}

/** Reads everything that a decision is based on. Events are only a reason to read it. */
export async function readWorld(
  release: Release,
  record: ReleaseRecord,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<World> {
  const reading = <T>(work: () => Promise<T>): Promise<T> => retry(dependencies, deadline, isTemporary, work);
  const stack = await reading(() => readStack(release, record.candidate?.token, dependencies));
  const released = stack?.released;
  return {
    now: dependencies.now(),
    stack,
    parameter: await reading(() => readParameter(release, dependencies)),
    newestApproved: await reading(() => newestApproved(release, dependencies)),
    released:
      released === undefined || released === NONE
        ? undefined
        : await reading(() => describeVersion(released, dependencies)),
    record,
  };
}

async function readStack(
  { StackName, ParameterName }: Release,
  token: string | undefined,
  { cloudformation }: Dependencies,
): Promise<HostingStack | undefined> {
  const stack = await cloudformation.send(new DescribeStacksCommand({ StackName })).then(
    ({ Stacks }) => Stacks?.at(0),
    (error: Error) => {
      if (/does not exist/.test(error.message)) return undefined;
      throw error;
    },
  );
  if (stack === undefined) return undefined;
  return {
    status: stack.StackStatus ?? '',
    hasRole: stack.RoleARN !== undefined,
    parameterNames: (stack.Parameters ?? []).map(({ ParameterKey = '' }) => ParameterKey),
    capabilities: stack.Capabilities ?? [],
    released: releasedBy(stack, ParameterName),
    events: token === undefined ? [] : await eventsOf(stack, token, cloudformation),
  };
}

function releasedBy({ Parameters = [] }: Stack, name: string): string | undefined {
  return Parameters.find(({ ParameterValue }) => ParameterValue === name)?.ResolvedValue;
}

/** The events of an update. The newest come first, so that reading stops at the events before it. */
async function eventsOf(
  { StackId }: Stack,
  token: string,
  cloudformation: Dependencies['cloudformation'],
): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(new DescribeStackEventsCommand({ StackName: StackId, NextToken }));
    const own = (page.StackEvents ?? []).filter(({ ClientRequestToken }) => ClientRequestToken === token);
    found.push(...own);
    NextToken = own.length < (page.StackEvents ?? []).length && found.length > 0 ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return found.reverse();
}

async function readParameter({ ParameterName }: Release, { ssm }: Dependencies): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: ParameterName }));
  return Parameter?.Value ?? NONE;
}

async function newestApproved({ Group }: Release, { sagemaker }: Dependencies): Promise<Version | undefined> {
  const { ModelPackageSummaryList = [] } = await sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: Group,
      ModelApprovalStatus: 'Approved',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    }),
  );
  const newest = ModelPackageSummaryList.at(0);
  if (newest?.ModelPackageArn === undefined) return undefined;
  return { arn: newest.ModelPackageArn, isApproved: true, createdAt: newest.CreationTime?.getTime() ?? 0 };
}

/** Describes a version. A version that was deleted counts as not approved. */
export async function describeVersion(
  ModelPackageName: string,
  { sagemaker }: Pick<Dependencies, 'sagemaker'>,
): Promise<Version | undefined> {
  try {
    const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
    return {
      arn: found.ModelPackageArn ?? ModelPackageName,
      isApproved: found.ModelApprovalStatus === 'Approved',
      createdAt: found.CreationTime?.getTime() ?? 0,
    };
  } catch (error) {
    if (/does not exist|not found/i.test((error as Error).message)) return undefined;
    throw error;
  }
}
