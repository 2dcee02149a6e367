import { notSupported } from '../../aws-model/not-supported';
import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { ScheduleInput } from './schedule';
import type { Schedules } from './store';

const NAME_LENGTH = 64;

type Properties = Omit<ScheduleInput, 'Name' | 'StartDate' | 'EndDate'> & {
  readonly Name?: string;
  readonly StartDate?: string;
  readonly EndDate?: string;
};

export function schedulerResourceTypes(schedules: Schedules): ResourceTypes {
  return {
    'AWS::Scheduler::Schedule': {
      create: (request) =>
        Promise.resolve().then(() => {
          const input = inputOf(request.properties, generatedName(request, NAME_LENGTH));
          const { logicalId } = request;
          return stateOf(schedules.create(input, { logicalId }));
        }),
      update: (current, request) =>
        Promise.resolve().then(() => {
          const [before, after] = [current.properties, request.properties] as unknown as Properties[];
          if (before.Name !== after.Name || before.GroupName !== after.GroupName) return undefined;
          return stateOf(schedules.update(inputOf(request.properties, current.physicalId)));
        }),
      delete: ({ physicalId, properties }) =>
        Promise.resolve(
          ignoringMissing(() => schedules.delete(physicalId, (properties as Partial<Properties>).GroupName)),
        ),
    },
    'AWS::Scheduler::ScheduleGroup': {
      create: (request) =>
        Promise.resolve().then(() => {
          const group = schedules.createGroup(groupName(request));
          const { Name, Arn, State, CreationDate, LastModificationDate } = group;
          return { physicalId: Name, attributes: { Arn, State, CreationDate, LastModificationDate } };
        }),
      update: ({ physicalId, attributes, properties: before }, { properties }) =>
        Promise.resolve(properties.Name === before.Name ? { physicalId, attributes } : undefined),
      delete: ({ physicalId }) => Promise.resolve(ignoringMissing(() => schedules.deleteGroup(physicalId))),
    },
  };
}

function groupName(request: ResourceRequest): string {
  const unknown = Object.keys(request.properties).filter((name) => !['Name', 'Tags'].includes(name));
  if (unknown.length > 0)
    throw new Error(notSupported('eventbridge-scheduler', `${unknown.join(' and ')} of schedule groups`));
  return (request.properties.Name as string | undefined) ?? generatedName(request, NAME_LENGTH);
}

/** The members of a schedule, whose dates are texts in a template. */
function inputOf(properties: Record<string, unknown>, name: string): ScheduleInput {
  const { StartDate, EndDate, ...input } = properties as unknown as Properties;
  return {
    Name: name,
    ...input,
    ...(StartDate !== undefined && { StartDate: Date.parse(StartDate) / 1000 }),
    ...(EndDate !== undefined && { EndDate: Date.parse(EndDate) / 1000 }),
  };
}

function stateOf({ Name, Arn }: { readonly Name: string; readonly Arn: string }): ResourceState {
  return { physicalId: Name, attributes: { Arn } };
}

function ignoringMissing(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ResourceNotFoundException') throw error;
  }
}
