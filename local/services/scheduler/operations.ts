import { ServiceError, validationError } from '../../aws-model/service-error';
import { type Access, passRole } from '../access';
import type { Context } from '../context';
import { pageOf } from '../page';
import type { CallerOf } from '../service';
import { type Request, type Response, checkRegion, readBody } from '../wire/request';
import { unknownOperation } from '../wire/unknown-operation';
import type { Schedule, ScheduleInput } from './schedule';
import type { Schedules } from './store';

const PAGE_SIZE = 100;

/** A request, with the members of its path, query and body. */
interface Call {
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: Partial<ScheduleInput> & { readonly ClientToken?: string };
}

interface Operation {
  readonly action: string;
  resource(call: Call): string;
  run(call: Call): object;
}

/** The REST API of Amazon EventBridge Scheduler. */
export class SchedulerOperations {
  private readonly operations: Record<string, Operation>;

  constructor(
    private readonly context: Context,
    private readonly schedules: Schedules,
  ) {
    this.operations = { ...this.onSchedules(), ...this.onGroups() };
  }

  public async respond(request: Request, callerOf: CallerOf): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    try {
      checkRegion(request, this.context.region);
      const { method, path, query } = request;
      const [, collection = '', name = ''] = path.split('/');
      const route = `${method} ${collection}${name === '' ? '' : '/'}`;
      const operation = Object.hasOwn(this.operations, route) ? this.operations[route] : undefined;
      if (operation === undefined) throw unknownOperation('scheduler', `${method} ${path}`);
      const call = { name, query, body: parsed((await readBody(request)).toString()) };
      const resource = operation.resource(call);
      const access: Access[] = [{ action: `scheduler:${operation.action}`, resource }];
      callerOf(request).check([...access, ...passRole(call.body.Target?.RoleArn, 'scheduler.amazonaws.com')]);
      return { headers, body: JSON.stringify(operation.run(call)) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const code = error.code === 'AccessDenied' ? 'AccessDeniedException' : error.code;
      const body = JSON.stringify({ Message: error.message });
      return { status: error.status, headers: { ...headers, 'x-amzn-errortype': code }, body };
    }
  }

  private onSchedules(): Record<string, Operation> {
    const { context, schedules } = this;
    const groupIn = ({ query, body }: Call): string => query.get('groupName') ?? body.GroupName ?? 'default';
    const resource = (call: Call): string => context.arn('scheduler', `schedule/${groupIn(call)}/${call.name}`);
    const inputOf = ({ name, body: { ClientToken: _, ...body } }: Call): ScheduleInput => ({
      ...(body as ScheduleInput),
      Name: name,
    });
    return {
      'POST schedules/': {
        ...{ action: 'CreateSchedule', resource },
        run: (call) => arnOf(schedules.create(inputOf(call), { clientToken: call.body.ClientToken })),
      },
      'PUT schedules/': { action: 'UpdateSchedule', resource, run: (call) => arnOf(schedules.update(inputOf(call))) },
      'GET schedules/': {
        ...{ action: 'GetSchedule', resource },
        run: (call) => descriptionOf(schedules.existing(call.name, groupIn(call))),
      },
      'DELETE schedules/': {
        ...{ action: 'DeleteSchedule', resource },
        run: (call) => {
          schedules.delete(call.name, groupIn(call));
          return {};
        },
      },
      'GET schedules': {
        ...{ action: 'ListSchedules', resource: () => '*' },
        run: ({ query }) => this.list(query),
      },
    };
  }

  private onGroups(): Record<string, Operation> {
    const { context, schedules } = this;
    const resource = ({ name }: Call): string => context.arn('scheduler', `schedule-group/${name}`);
    return {
      'POST schedule-groups/': {
        ...{ action: 'CreateScheduleGroup', resource },
        run: ({ name }) => ({ ScheduleGroupArn: schedules.createGroup(name).Arn }),
      },
      'GET schedule-groups/': {
        ...{ action: 'GetScheduleGroup', resource },
        run: ({ name }) => schedules.existingGroup(name),
      },
      'DELETE schedule-groups/': {
        ...{ action: 'DeleteScheduleGroup', resource },
        run: ({ name }) => {
          schedules.deleteGroup(name);
          return {};
        },
      },
      'GET schedule-groups': {
        ...{ action: 'ListScheduleGroups', resource: () => '*' },
        run: ({ query }) => {
          const prefix = query.get('NamePrefix') ?? '';
          const found = schedules.listGroups().filter(({ Name }) => Name.startsWith(prefix));
          const { items, NextToken } = pageOf(found, pageQuery(query));
          return { ScheduleGroups: items, NextToken };
        },
      },
    };
  }

  private list(query: URLSearchParams): object {
    const [group, state] = [query.get('ScheduleGroup'), query.get('State')];
    const prefix = query.get('NamePrefix') ?? '';
    const found = this.schedules
      .list()
      .filter(({ GroupName }) => group === null || GroupName === group)
      .filter(({ State }) => state === null || State === state)
      .filter(({ Name }) => Name.startsWith(prefix));
    const { items, NextToken } = pageOf(found, pageQuery(query));
    return { Schedules: items.map(summaryOf), NextToken };
  }
}

function pageQuery(query: URLSearchParams): { readonly MaxResults: number; readonly NextToken?: string } {
  return { MaxResults: Number(query.get('MaxResults') ?? PAGE_SIZE), NextToken: query.get('NextToken') ?? undefined };
}

function arnOf({ Arn }: Schedule): object {
  return { ScheduleArn: Arn };
}

function descriptionOf({
  logicalId: _logicalId,
  clientToken: _clientToken,
  next: _next,
  ...schedule
}: Schedule): object {
  return schedule;
}

function summaryOf({ Arn, Name, GroupName, State, Target, CreationDate, LastModificationDate }: Schedule): object {
  return { Arn, Name, GroupName, State, Target: { Arn: Target.Arn }, CreationDate, LastModificationDate };
}

function parsed(text: string): Call['body'] {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Call['body'];
  } catch (error) {
    throw validationError(`The body is not valid JSON: ${(error as Error).message}`);
  }
}
