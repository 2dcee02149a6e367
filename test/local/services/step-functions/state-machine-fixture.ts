import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';

const ROLE = 'arn:aws:iam::000000000000:role/machine';

/** A state machine with the name `machine`, and a function with the name `function`, in a stack. */
export class StateMachineFixture {
  public readonly arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';
  public readonly functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:function';
  public readonly stacks: StackFixture;

  constructor(private readonly service: ServiceFixture) {
    this.stacks = new StackFixture(service);
  }

  public get client(): SFNClient {
    return this.service.client(SFNClient);
  }

  public resource(states: object, StartAt = Object.keys(states)[0], definition: object = {}): object {
    const DefinitionString = JSON.stringify({ StartAt, States: states, ...definition });
    const Properties = { StateMachineName: 'machine', RoleArn: ROLE, DefinitionString };
    return { Type: 'AWS::StepFunctions::StateMachine', Properties };
  }

  /** A state that invokes the function. */
  public task(state: object = { End: true }): object {
    const Parameters = { FunctionName: this.functionArn, 'Payload.$': '$' };
    return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters, OutputPath: '$.Payload', ...state };
  }

  /** Creates the state machine, with a function if it has code. */
  public async create(states: object, source?: string, definition: object = {}): Promise<void> {
    const Machine = this.resource(states, undefined, definition);
    const Resources = source === undefined ? { Machine } : { Machine, Function: await this.stacks.function(source) };
    const status = await this.stacks.create(Resources);
    if (status !== 'CREATE_COMPLETE') throw new Error(`The stack has the status ${status}.`);
  }

  public async start(input: unknown = {}, name?: string): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn: this.arn, name, input: JSON.stringify(input) });
    return (await this.client.send(command)).executionArn ?? '';
  }

  public describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.client.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** The execution, as soon as it has ended. */
  public async ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    for (;;) {
      const execution = await this.describe(executionArn);
      if (execution.status !== 'RUNNING') return execution;
    }
  }

  /** Starts an execution, and returns its output. */
  public async outputOf(input: unknown = {}): Promise<unknown> {
    const { status, output = '', error, cause } = await this.ended(await this.start(input));
    if (status !== 'SUCCEEDED') throw new Error(`${status}: ${error}: ${cause}`);
    return JSON.parse(output) as unknown;
  }

  public async history(executionArn: string): Promise<HistoryEvent[]> {
    const { events = [] } = await this.client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events;
  }

  public async eventTypes(executionArn: string): Promise<(string | undefined)[]> {
    return (await this.history(executionArn)).map(({ type }) => type);
  }
}
