import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { pageOf } from '../page';
import type { Operations } from '../wire/json';
import { type ExecutionStatus, descriptionOf, summaryOf } from './execution';
import type { HistoryEvent } from './history';
import type { Machine, StateMachines } from './store';

const PAGE_SIZE = 100;
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/u;

interface Page {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

interface StartExecutionInput {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

interface ListExecutionsInput extends Page {
  readonly stateMachineArn?: string;
  readonly mapRunArn?: string;
  readonly statusFilter?: ExecutionStatus | 'PENDING_REDRIVE';
  readonly redriveFilter?: 'REDRIVEN' | 'NOT_REDRIVEN';
}

interface StopExecutionInput {
  readonly executionArn: string;
  readonly error?: string;
  readonly cause?: string;
}

interface GetExecutionHistoryInput extends Page {
  readonly executionArn: string;
  readonly reverseOrder?: boolean;
  readonly includeExecutionData?: boolean;
}

interface OfExecution {
  readonly executionArn: string;
}

export function stepFunctionsOperations(stateMachines: StateMachines): Operations {
  const { executions } = stateMachines;
  return {
    StartExecution: ({ stateMachineArn, name = randomUUID(), input = '{}' }: StartExecutionInput) => {
      if (!NAME.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
      const { arn, startDate } = stateMachines.start(checkedArn(stateMachineArn, 'stateMachine'), name, input);
      return { executionArn: arn, startDate };
    },
    StopExecution: ({ executionArn, error, cause }: StopExecutionInput) => ({
      stopDate: executions.stop(checkedArn(executionArn, 'execution'), error, cause).stopDate,
    }),
    RedriveExecution: ({ executionArn, clientToken }: OfExecution & { readonly clientToken?: string }) => {
      const { stateMachineArn } = executions.existing(checkedArn(executionArn, 'execution'));
      stateMachines.existing(stateMachineArn);
      return { redriveDate: executions.redrive(executionArn, clientToken) };
    },
    DescribeExecution: ({ executionArn }: OfExecution) =>
      descriptionOf(executions.existing(checkedArn(executionArn, 'execution')), executions.now()),
    ListExecutions: (input: ListExecutionsInput) => listExecutions(stateMachines, input),
    GetExecutionHistory: ({
      executionArn,
      reverseOrder = false,
      includeExecutionData = true,
      ...query
    }: GetExecutionHistoryInput) => {
      const events = executions.histories.events(executions.existing(checkedArn(executionArn, 'execution')).arn);
      if (reverseOrder) events.reverse();
      const { items, nextToken } = page(events, query);
      return { events: includeExecutionData ? items : items.map(withoutData), nextToken };
    },
    DescribeStateMachine: ({ stateMachineArn }: { readonly stateMachineArn: string }) =>
      describeMachine(stateMachines.existing(checkedArn(stateMachineArn, 'stateMachine'))),
    DescribeStateMachineForExecution: ({ executionArn }: OfExecution) => {
      const { definition, roleArn: role, stateMachineArn } = executions.existing(checkedArn(executionArn, 'execution'));
      const machine = stateMachines.existing(stateMachineArn);
      const {
        status: _status,
        type: _type,
        creationDate,
        ...description
      } = describeMachine({ ...machine, definition, role });
      return { ...description, updateDate: creationDate };
    },
    ListStateMachines: (query: Page) => {
      const { items, nextToken } = page(stateMachines.list(), query);
      return {
        stateMachines: items.map(({ arn: stateMachineArn, name, creationDate }) => ({
          ...{ stateMachineArn, name, creationDate, type: 'STANDARD' },
        })),
        nextToken,
      };
    },
  };
}

function listExecutions(stateMachines: StateMachines, input: ListExecutionsInput): object {
  const { stateMachineArn = '', mapRunArn, statusFilter, redriveFilter } = input;
  if (mapRunArn !== undefined) {
    throw new ServiceError('ValidationException', notSupported('step-functions', 'mapRunArn of ListExecutions'));
  }
  const all = stateMachines.executions.of(stateMachines.existing(checkedArn(stateMachineArn, 'stateMachine')).arn);
  const found = all
    .filter(({ status }) => statusFilter === undefined || status === statusFilter)
    .filter(({ redriveCount }) => redriveFilter === undefined || redriveCount > 0 === (redriveFilter === 'REDRIVEN'));
  const { items, nextToken } = page(found, input);
  return { executions: items.map(summaryOf), nextToken };
}

function describeMachine({ arn, name, definition, role, creationDate, revisionId }: Machine) {
  return {
    ...{ stateMachineArn: arn, name, definition, roleArn: role, creationDate, revisionId },
    status: 'ACTIVE',
    type: 'STANDARD',
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  };
}

/** A page of items. A size of 0 is the default. */
function page<T>(
  items: T[],
  { maxResults = 0, nextToken }: Page,
): { readonly items: T[]; readonly nextToken?: string } {
  const found = pageOf(items, { MaxResults: maxResults === 0 ? PAGE_SIZE : maxResults, NextToken: nextToken });
  return { items: found.items, nextToken: found.NextToken };
}

const DATA = ['input', 'output', 'parameters', 'error', 'cause'];

/** An event without the data of the execution. */
function withoutData(event: HistoryEvent): object {
  const strip = (details: object): object =>
    Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.includes(name)));
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, name.endsWith('Details') ? strip(value as object) : value]),
  );
}

function checkedArn(arn: string | undefined, kind: 'stateMachine' | 'execution'): string {
  if (arn?.startsWith('arn:') === true && arn.split(':')[5] === kind) return arn;
  throw new ServiceError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
}
