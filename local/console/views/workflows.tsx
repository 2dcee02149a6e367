import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { JSX } from 'preact';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time, duration } from '../time';

type Execution = Wire<ExecutionListItem>;

/** The latest executions of all state machines. */
export function Workflows(): JSX.Element {
  return (
    <Page title="Workflows">
      <Polled load={load}>
        {(executions) => (
          <Table
            name="Executions"
            rows={executions}
            empty="No state machine has an execution."
            columns={[
              {
                title: 'Execution',
                of: ({ executionArn: arn = '', name }) => <a href={link('workflows', arn)}>{name}</a>,
              },
              {
                title: 'State machine',
                of: ({ stateMachineArn = '' }) => stateMachineArn.split(':').pop(),
                isExtra: true,
              },
              { title: 'Status', of: ({ status }) => <Status of={status} /> },
              { title: 'Started', of: ({ startDate }) => <Time of={startDate} />, isExtra: true },
              { title: 'Duration', of: ({ startDate, stopDate }) => duration(startDate, stopDate), isExtra: true },
            ]}
          />
        )}
      </Polled>
    </Page>
  );
}

async function load(): Promise<Execution[]> {
  const { stateMachines = [] } = await call('states', 'ListStateMachines');
  const lists = await Promise.all(
    stateMachines.map(({ stateMachineArn }) => call('states', 'ListExecutions', { stateMachineArn })),
  );
  return lists.flatMap(({ executions = [] }) => executions).sort((a, b) => (b.startDate ?? 0) - (a.startDate ?? 0));
}
