import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, DescribeInferenceComponentCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import type { Dependencies } from '../../../lib/handlers/smoke-test/dependencies';
import { type SmokeTestEvent, handle } from '../../../lib/handlers/smoke-test/handler';
import type { SmokeTestDefinition, SmokeTestProperties } from '../../../lib/handlers/smoke-test-contract';

export const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/hosting/1';

/** A response of the container, or an error. */
export type Reply = string | Error;

export function serviceError(name: string, message = 'no', status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** The error of the service about a response of the container that is not 2xx. */
export function modelError(status: number, body = ''): Error {
  const error = serviceError('ModelError', `Received client error (${status}) from primary`, 424);
  return Object.assign(error, { OriginalStatusCode: status, OriginalMessage: body });
}

/** A simulation of an endpoint, its stack and Amazon S3 with a clock of its own, and injected errors. */
export class Simulation implements Dependencies {
  public readonly invocations: InvokeEndpointCommandInput[] = [];
  public readonly responses: Record<string, unknown>[] = [];
  public stackStatus = 'UPDATE_IN_PROGRESS';
  public configName = 'config-2';
  public status = 'InService';

  /** The time from which the endpoint has its current status and configuration. Before, it is updated from another one. */
  public updatedAt = 0;

  /** The replies of the container. The last one is repeated. */
  public replies: Reply[] = ['{"predictions":[0.97]}'];

  /** The errors of the next requests, by the name of the command. */
  public readonly errors = new Map<string, Error[]>();
  public readonly objects = new Map<string, string>();
  private time = 0;

  private readonly client = { send: (command: object) => this.send(command) };
  public readonly cloudFormation = this.client as Dependencies['cloudFormation'];
  public readonly sageMaker = this.client as Dependencies['sageMaker'];
  public readonly runtime = this.client as Dependencies['runtime'];
  public readonly s3 = this.client as Dependencies['s3'];

  public put(_: string, body: string): Promise<number> {
    this.responses.push(JSON.parse(body) as Record<string, unknown>);
    return Promise.resolve(200);
  }

  public random(): number {
    return 1;
  }

  public sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    return Promise.resolve();
  }

  public now(): number {
    return this.time;
  }

  private async send(command: object): Promise<unknown> {
    await Promise.resolve();
    const error = this.errors.get(command.constructor.name)?.shift();
    if (error !== undefined) throw error;
    return this.respond(command);
  }

  private respond(command: object): object {
    if (command instanceof DescribeStacksCommand) {
      if (command.input.StackName !== STACK) throw serviceError('ValidationError', 'Stack does not exist');
      return { Stacks: [{ StackStatus: this.stackStatus }] };
    }
    if (command instanceof DescribeEndpointCommand) {
      return this.time < this.updatedAt
        ? { EndpointStatus: 'InService', EndpointConfigName: 'config-1' }
        : { EndpointStatus: this.status, EndpointConfigName: this.configName };
    }
    if (command instanceof DescribeInferenceComponentCommand) return { InferenceComponentStatus: this.status };
    if (command instanceof GetObjectCommand) {
      const body = this.objects.get(`${command.input.Bucket}/${command.input.Key}`) ?? '';
      return { Body: { transformToByteArray: () => Promise.resolve(Buffer.from(body)) } };
    }
    if (command instanceof InvokeEndpointCommand) return this.invoke(command.input);
    throw serviceError('UnknownOperationException');
  }

  private invoke(input: InvokeEndpointCommandInput): object {
    this.invocations.push(input);
    const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0];
    if (reply instanceof Error) throw reply;
    return { Body: Buffer.from(reply ?? ''), $metadata: { httpStatusCode: 200 } };
  }
}

export function properties(
  test: Partial<SmokeTestDefinition> = {},
  overrides: Partial<SmokeTestProperties> = {},
): SmokeTestProperties {
  const definition: SmokeTestDefinition = {
    Body: '1,2,3',
    ContentType: 'text/csv',
    TargetVariants: [],
    TimeoutSeconds: 60,
    Expect: [{ Type: 'CloseTo', Part: { JsonPath: '$.predictions[0]' }, Value: 0.98, Tolerance: 0.05 }],
    ...test,
  };
  return {
    EndpointName: 'churn',
    ModelPackageArns: ['arn:2'],
    EndpointConfigName: 'config-2',
    Test: JSON.stringify(definition),
    ...overrides,
  };
}

/** Delivers an event and returns the response. */
export async function deliver(
  simulation: Simulation,
  overrides: Partial<SmokeTestEvent> = {},
): Promise<Record<string, unknown>> {
  const event: SmokeTestEvent = {
    RequestType: 'Create',
    RequestId: 'request',
    StackId: STACK,
    LogicalResourceId: 'SmokeTest',
    ResponseURL: 'https://response',
    ResourceProperties: properties(),
    ...overrides,
  };
  await handle(event, simulation, simulation.now() + 900_000);
  const [response, ...others] = simulation.responses.splice(0);
  expect(others).toEqual([]);
  return response;
}

/** The response to a Create event with a test. */
export const perform = (simulation: Simulation, test: Partial<SmokeTestDefinition>): Promise<Record<string, unknown>> =>
  deliver(simulation, { ResourceProperties: properties(test) });
