import {
  type Stack,
  type StackEvent,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type Version, describeVersion, newestApproved } from '../shared/registry';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Release, ShadowTest } from '../release-contract';
import type { AlarmStates } from './alarms';
import { CLOCK_SKEW_MS } from './clock-skew';
import type { Comparison } from './comparison';
import type { JobComparison } from './comparison-job';
import type { Dependencies } from './dependencies';
import type { Candidate, HostedVersions, ReleaseRecord } from './record';

/** The value of a parameter while it names no version. */
export const NONE = 'none';

/** The hosting stack. */
export interface HostingStack {
  readonly status: string;
  readonly hasRole: boolean;

  /** The names of its parameters in the template. */
  readonly parameterNames: string[];
  readonly capabilities: string[];

  /** The released version: the value of the parameter that the stack has. Undefined if no parameter of the stack reads it. */
  readonly released?: string;

  /** The version in the shadow variant, in the same way. `none` if versions are not tested. */
  readonly shadow?: string;

  /** The update to the candidate. Undefined if the stack has no events of it. */
  readonly update?: StackUpdate;
}

/** An update of the stack. */
export interface StackUpdate {
  /** Its events, from the first to the last. */
  readonly events: StackEvent[];

  /** Whether it has ended. Events lag behind the description of the stack. */
  readonly hasEnded: boolean;
}

/** The state on which a decision is based. */
export interface World {
  readonly now: number;

  /** Undefined if the stack does not exist. */
  readonly stack?: HostingStack;

  /** The values of the SSM parameters. */
  readonly parameters: HostedVersions;
  readonly newestApproved?: Version;

  /** The released version, if it still exists. */
  readonly released?: Version;
  readonly record: ReleaseRecord;
  readonly shadowTest?: ShadowTest;

  /** The alarms of the test. Undefined until they are required. */
  readonly alarms?: AlarmStates;

  /** The responses of the shadow variant, compared with those of production. Undefined until it is required. */
  readonly comparison?: Comparison;

  /** The comparison by a job. Undefined until it is required. */
  readonly jobComparison?: JobComparison;
}

/** Reads everything that a decision is based on. Events are only a reason to read it. */
export async function readWorld(
  release: Release,
  record: ReleaseRecord,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<World> {
  const reading = <T>(work: () => Promise<T>): Promise<T> => retry(dependencies, deadline, isTemporary, work);
  const { ParameterName, ShadowTest } = release;
  const stack = await reading(() => readStack(release, record.candidate, dependencies));
  const released = stack?.released;
  const parameter = (name: string): Promise<string> => reading(() => readParameter(name, dependencies));
  return {
    now: dependencies.now(),
    stack,
    parameters: {
      released: await parameter(ParameterName),
      shadow: ShadowTest === undefined ? NONE : await parameter(ShadowTest.ParameterName),
    },
    newestApproved: await reading(() => newestApproved(release.Group, dependencies.sagemaker)),
    released:
      released === undefined || released === NONE
        ? undefined
        : await reading(() => describeVersion(released, dependencies.sagemaker)),
    record,
    shadowTest: ShadowTest,
  };
}

async function readStack(
  { StackName, ParameterName, ShadowTest }: Release,
  candidate: Candidate | undefined,
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
    released: valueOf(stack, ParameterName),
    shadow: ShadowTest === undefined ? NONE : valueOf(stack, ShadowTest.ParameterName),
    update: candidate && (await updateOf(stack, candidate, cloudformation)),
  };
}

/** The value of an SSM parameter that the stack has. */
function valueOf({ Parameters = [] }: Stack, name: string): string | undefined {
  return Parameters.find(({ ParameterValue, ResolvedValue }) => ParameterValue === name && ResolvedValue !== undefined)
    ?.ResolvedValue;
}

/** The update with a token. */
async function updateOf(
  { StackId }: Stack,
  { token, since }: Candidate,
  cloudformation: Dependencies['cloudformation'],
): Promise<StackUpdate | undefined> {
  const recent: StackEvent[] = [];
  const isBefore = ({ Timestamp }: StackEvent): boolean =>
    Timestamp !== undefined && Timestamp.getTime() < since - CLOCK_SKEW_MS;
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(new DescribeStackEventsCommand({ StackName: StackId, NextToken }));
    recent.push(...(page.StackEvents ?? []));
    // The newest events come first.
    NextToken = recent.some(isBefore) ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  const chronological = recent.reverse();
  const first = chronological.findIndex(({ ClientRequestToken }) => ClientRequestToken === token);
  if (first < 0) return undefined;
  const isEnd = ({ PhysicalResourceId, ResourceStatus }: StackEvent): boolean =>
    PhysicalResourceId === StackId && ResourceStatus?.endsWith('_IN_PROGRESS') === false;
  const sinceStart = chronological.slice(first);
  // The end has another token if a user has cancelled the update or continued its rollback.
  return {
    events: sinceStart.filter(({ ClientRequestToken }) => ClientRequestToken === token),
    hasEnded: sinceStart.some(isEnd),
  };
}

/** The value of a parameter. A parameter that was deleted is written again. */
async function readParameter(Name: string, { ssm }: Dependencies): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name })).catch((error: Error) => {
    if (error.name === 'ParameterNotFound') return { Parameter: undefined };
    throw error;
  });
  return Parameter?.Value ?? '';
}
