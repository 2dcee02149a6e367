import { CreateStackCommand, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { appendFileSync, readFileSync, readdirSync, truncateSync } from 'node:fs';
import * as path from 'node:path';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

const TEMPLATE = {
  Resources: { A: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a', Type: 'String', Value: '1' } } },
};

async function createStack(StackName: string): Promise<void> {
  await service.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(TEMPLATE) }));
  while ((await statusOf(StackName)) === 'CREATE_IN_PROGRESS') await new Promise(setImmediate);
}

async function statusOf(StackName: string): Promise<string | undefined> {
  const { Stacks: [stack] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName }));
  return stack.StackStatus;
}

async function eventsOf(StackName: string): Promise<string[]> {
  const { StackEvents = [] } = await service.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.reverse().map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`);
}

const eventFiles = (): string[] => {
  const directory = path.join(service.directory, 'state', 'stack-events');
  return readdirSync(directory).map((name) => path.join(directory, name));
};

const EVENTS = ['Stack CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS', 'A CREATE_COMPLETE', 'Stack CREATE_COMPLETE'];

describe('The events of a stack', () => {
  test('are lines of a file, and the record of the stack does not contain them', async () => {
    await createStack('Stack');
    expect(await eventsOf('Stack')).toEqual(EVENTS);
    const [file] = eventFiles();
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(EVENTS.length);
    const stacks = path.join(service.directory, 'state', 'stacks');
    expect(readFileSync(path.join(stacks, readdirSync(stacks)[0]), 'utf8')).not.toContain('EventId');
  });

  test('are kept for a stack whose name has the maximum length', async () => {
    const name = 'S'.repeat(128);
    await createStack(name);
    expect(await eventsOf(name)).toEqual(EVENTS.map((event) => event.replace('Stack', name)));
  });

  test('remain readable, like the stack, when a crash has truncated the last line', async () => {
    await createStack('Stack');
    await service.stop();
    const [file] = eventFiles();
    truncateSync(file, readFileSync(file).length - 20);
    await service.start();
    expect([await statusOf('Stack'), await eventsOf('Stack')]).toEqual(['CREATE_COMPLETE', EVENTS.slice(0, -1)]);
  });

  test('are complete after a crash during an operation, which is rolled back at the next start', async () => {
    await createStack('Stack');
    await service.stop();
    const stacks = path.join(service.directory, 'state', 'stacks');
    const file = path.join(stacks, readdirSync(stacks)[0]);
    const interrupted = readFileSync(file, 'utf8').replace(
      '"status":"CREATE_COMPLETE"',
      '"status":"CREATE_IN_PROGRESS"',
    );
    truncateSync(file, 0);
    appendFileSync(file, interrupted);
    appendFileSync(eventFiles()[0], '\n{"EventId":"torn');
    await service.start();
    while ((await statusOf('Stack')) !== 'ROLLBACK_COMPLETE') await new Promise(setImmediate);
    expect(await eventsOf('Stack')).toEqual([
      ...EVENTS,
      'Stack ROLLBACK_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'Stack ROLLBACK_COMPLETE',
    ]);
  });
});
