import type { DescribeExecutionOutput, GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import type { JSX } from 'preact';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Facts } from '../facts';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time, duration } from '../time';

type Execution = Wire<DescribeExecutionOutput>;
type Event = Wire<HistoryEvent>;

/** The most events of the history that the page shows: the latest. */
const MAX_EVENTS = 200;

/** An execution of a state machine, with its history. */
export function Execution({ path: [arn = ''] }: { readonly path: readonly string[] }): JSX.Element {
  const load = (): Promise<[Execution, Wire<GetExecutionHistoryOutput>]> =>
    Promise.all([
      call('states', 'DescribeExecution', { executionArn: arn }),
      call('states', 'GetExecutionHistory', { executionArn: arn, reverseOrder: true, maxResults: MAX_EVENTS }),
    ]);
  return (
    <Page title={arn.split(':').pop() ?? ''} parent={[link('workflows'), 'Workflows']}>
      <Polled load={load}>
        {([execution, { events = [] }]) => (
          <>
            <Facts
              of={{
                Status: <Status of={execution.status} />,
                'State machine': execution.stateMachineArn?.split(':').pop(),
                Started: <Time of={execution.startDate} />,
                Duration: duration(execution.startDate, execution.stopDate),
                Error: execution.error,
                Cause: execution.cause,
              }}
              all={execution}
            />
            <h2>History, the latest event first</h2>
            <Table
              name="History"
              rows={events}
              empty="The execution has no events."
              columns={[
                { title: 'Time', of: ({ timestamp }) => <Time of={timestamp} /> },
                { title: 'Event', of: ({ type }) => type },
                {
                  title: 'State',
                  of: ({ stateEnteredEventDetails: entered, stateExitedEventDetails: exited }) =>
                    (entered ?? exited)?.name,
                },
                { title: 'Error', of: errorOf },
              ]}
            />
          </>
        )}
      </Polled>
    </Page>
  );
}

/** The error and its cause in an event of any type. */
function errorOf(event: Event): string {
  const details = Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1] as
    { readonly error?: string; readonly cause?: string } | undefined;
  return [details?.error, details?.cause].filter((text) => text !== undefined).join(': ');
}
