import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ServiceFixture } from '../fixture';
import { StateMachineFixture } from './state-machine-fixture';

const service = ServiceFixture.forEachTest();
const machine = new StateMachineFixture(service);

beforeEach(() => service.restart({ enforceIam: true }));

function role(RoleName: string, principal: object, Statement: object[]): object {
  const document = (statements: object[]): object => ({ Version: '2012-10-17', Statement: statements });
  const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' };
  const Policies = Statement.length === 0 ? [] : [{ PolicyName: 'policy', PolicyDocument: document(Statement) }];
  return { Type: 'AWS::IAM::Role', Properties: { RoleName, AssumeRolePolicyDocument: document([trust]), Policies } };
}

const STATES = { Service: 'states.amazonaws.com' };
const allow = (Action: string, Resource: string): object => ({ Effect: 'Allow', Action, Resource });
const after = (resource: object, ...DependsOn: string[]): object => ({ ...resource, DependsOn });

async function create(ofMachine: object, ...others: [string, object][]): Promise<string> {
  const Function = after(await machine.stacks.function('exports.handler = async () => 1;'), 'Lambda');
  return machine.stacks.create({
    Lambda: role('function', { Service: 'lambda.amazonaws.com' }, []),
    ...Object.fromEntries(others),
    Role: ofMachine,
    Function,
    Machine: after(machine.resource({ A: machine.task() }), 'Role'),
  });
}

test('A state machine invokes a function with the permission of its role', async () => {
  expect(await create(role('machine', STATES, [allow('lambda:InvokeFunction', machine.functionArn)]))).toBe(
    'CREATE_COMPLETE',
  );
  expect(await machine.outputOf()).toBe(1);
});

test('A state machine whose role may not invoke the function fails with the error of Lambda', async () => {
  await create(role('machine', STATES, []));
  const { error, cause } = await machine.ended(await machine.start());
  expect(error).toBe('Lambda.AWSLambdaException');
  expect(cause).toContain(`is not authorized to perform: lambda:InvokeFunction on resource: ${machine.functionArn}`);
});

test('A state machine whose role does not trust Step Functions cannot be created', async () => {
  expect(await create(role('machine', { Service: 'lambda.amazonaws.com' }, []))).toBe('ROLLBACK_COMPLETE');
});

test('A state machine that waits for executions cannot be created without the permission to observe them', async () => {
  const Resource = 'arn:aws:states:::states:startExecution.sync';
  const States = { A: { Type: 'Task', Resource, Parameters: { StateMachineArn: machine.arn }, End: true } };
  const allowed = [allow('states:StartExecution', machine.arn), allow('events:*', '*')];
  const createWith = (statements: object[], stack: string): Promise<string> =>
    machine.stacks.create(
      { Role: role('machine', STATES, statements), Machine: after(machine.resource(States), 'Role') },
      stack,
    );
  expect(await createWith(allowed.slice(0, 1), 'denied')).toBe('ROLLBACK_COMPLETE');
  expect(await createWith(allowed, 'allowed')).toBe('CREATE_COMPLETE');
});

test('A role has access to the state machines and executions in its policy only', async () => {
  const account = { AWS: 'arn:aws:iam::000000000000:root' };
  const caller = role('caller', account, [allow('states:StartExecution', machine.arn)]);
  await create(role('machine', STATES, []), ['Caller', caller]);
  const client = service.client(SFNClient, 'us-east-1', await service.assumeRole('caller'));
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: machine.arn }));
  await expect(client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toThrow(
    `is not authorized to perform: states:DescribeExecution on resource: ${executionArn}`,
  );
  await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow(
    'states:ListStateMachines on resource: *',
  );
});
