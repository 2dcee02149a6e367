import type { JSX } from 'preact';
import { list, status, textIn } from '../aws';
import { Facts } from '../facts';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { type Column, Table } from '../table';
import { Time } from '../time';

const RESOURCE: Column<Element> = {
  title: 'Resource',
  of: (resource) => (
    <>
      {textIn(resource, 'LogicalResourceId')}
      <br />
      <span class="muted">{textIn(resource, 'ResourceType')}</span>
    </>
  ),
};

const STATUS: Column<Element>[] = [
  { title: 'Status', of: (resource) => <Status of={textIn(resource, 'ResourceStatus')} /> },
  { title: 'Reason', of: (resource) => textIn(resource, 'ResourceStatusReason') },
];

interface Stack {
  readonly stack?: Element;
  readonly events: readonly Element[];
  readonly resources: readonly Element[];
  readonly recorded: readonly string[];
}

/** A stack: its outputs, its latest events, its resources, and those that are recorded but not emulated. */
export function Stack({ path: [name = ''] }: { readonly path: readonly string[] }): JSX.Element {
  return (
    <Page title={name} parent={[link('stacks'), 'Stacks']}>
      <Polled load={() => load(name)}>
        {({ stack, events, resources, recorded }) => (
          <>
            {stack !== undefined && <Summary stack={stack} />}
            <h2>Recorded but not emulated</h2>
            {recorded.length === 0 ? (
              <p class="muted">All resources of the stack are emulated.</p>
            ) : (
              <ul>
                {recorded.map((resource) => (
                  <li key={resource}>{resource}</li>
                ))}
              </ul>
            )}
            <h2>Events</h2>
            <Table
              name="Events"
              rows={events}
              empty="The stack has no events."
              columns={[
                RESOURCE,
                ...STATUS,
                { title: 'Time', of: (event) => <Time of={textIn(event, 'Timestamp')} />, isExtra: true },
              ]}
            />
            <h2>Resources</h2>
            <Table
              name="Resources"
              rows={resources}
              empty="The stack has no resources."
              columns={[
                RESOURCE,
                { title: 'Physical ID', of: (resource) => textIn(resource, 'PhysicalResourceId'), isExtra: true },
                ...STATUS,
              ]}
            />
          </>
        )}
      </Polled>
    </Page>
  );
}

function Summary({ stack }: { readonly stack: Element }): JSX.Element {
  const outputs = [...stack.querySelectorAll('Outputs > member')];
  return (
    <>
      <Facts
        of={{
          Status: <Status of={textIn(stack, 'StackStatus')} />,
          Reason: textIn(stack, 'StackStatusReason'),
          Created: <Time of={textIn(stack, 'CreationTime')} />,
          Updated: textIn(stack, 'LastUpdatedTime') === '' ? '' : <Time of={textIn(stack, 'LastUpdatedTime')} />,
        }}
      />
      <h2>Outputs</h2>
      <Table
        name="Outputs"
        rows={outputs}
        empty="The stack has no outputs."
        columns={[
          { title: 'Name', of: (output) => textIn(output, 'OutputKey') },
          { title: 'Value', of: (output) => textIn(output, 'OutputValue') },
        ]}
      />
    </>
  );
}

async function load(StackName: string): Promise<Stack> {
  const [[stack], events, resources, { stacks }] = await Promise.all([
    list('DescribeStacks', { StackName }),
    list('DescribeStackEvents', { StackName }),
    list('DescribeStackResources', { StackName }),
    status(),
  ]);
  return { stack, events, resources, recorded: stacks.find(({ name }) => name === StackName)?.recorded ?? [] };
}
