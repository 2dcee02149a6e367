import type { JSX } from 'preact';
import { list, status, textIn } from '../aws';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time } from '../time';

/** The stacks, and the number of their resources that are recorded but not emulated. */
export function Stacks(): JSX.Element {
  return (
    <Page title="Stacks">
      <Polled load={() => Promise.all([list('DescribeStacks'), status()])}>
        {([stacks, { stacks: all }]) => (
          <Table
            name="Stacks"
            rows={stacks}
            empty="There are no stacks. Deploy one with `byoa local run -- npx cdk deploy`."
            columns={[
              {
                title: 'Name',
                of: (stack) => <a href={link('stacks', textIn(stack, 'StackName'))}>{textIn(stack, 'StackName')}</a>,
              },
              { title: 'Status', of: (stack) => <Status of={textIn(stack, 'StackStatus')} /> },
              {
                title: 'Not emulated',
                of: (stack) => all.find(({ name }) => name === textIn(stack, 'StackName'))?.recorded.length ?? 0,
                isExtra: true,
              },
              { title: 'Created', of: (stack) => <Time of={textIn(stack, 'CreationTime')} />, isExtra: true },
            ]}
          />
        )}
      </Polled>
    </Page>
  );
}
