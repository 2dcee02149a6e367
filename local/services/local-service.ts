import type { ContainerEngine } from '../container';
import { AsyncInvocations } from './sagemaker/async-invocations';
import { Buckets } from './s3/store';
import { Ecr } from './ecr/operations';
import { Lambda } from './lambda/store';
import { Logs } from './logs/operations';
import { S3 } from './s3/operations';
import { Ssm } from './ssm/operations';
import { StepFunctions } from './step-functions/operations';
import { STS_NAMESPACE, stsOperations } from './sts/operations';
import type { Provider } from './cloudformation/provider';
import { infrastructure } from './cloudformation/resources/infrastructure';
import { RECORDED, recorded } from './cloudformation/resources/recorded';
import { sagemaker } from './sagemaker/resources';
import { Waiting } from './cloudformation/resources/waiting';
import { CLOUDFORMATION_NAMESPACE, CloudFormation } from './cloudformation/operations';
import { Context } from './context';
import { Control } from './sagemaker/operations';
import { Runtime, isInvocation } from './sagemaker/runtime';
import { LocalServer } from './server';
import { answerJson } from './wire/json';
import { answerQuery } from './wire/query';
import { type Answer, type Request, signedFor } from './wire/request';
import { ServiceError } from './wire/service-error';

const INTERRUPT = '/_interrupt/';

/** What the CDK expects of an account that is bootstrapped. */
const BOOTSTRAP = { version: '30', qualifier: 'hnb659fds' };

export interface ServiceOptions {
  readonly directory: string;
  readonly port: number;

  /** The address to answer on: the loopback interface by default. */
  readonly address?: string;
  readonly region: string;
  readonly engine: ContainerEngine;

  /** Directories of the user: read-only buckets by their names, file systems by their ids. */
  readonly mounts?: Record<string, string>;
}

/** AWS on one port of this machine, as far as the stacks of this library need it. */
export class LocalService {
  public readonly context: Context;
  private readonly server: LocalServer;
  private readonly buckets: Buckets;
  private readonly s3: S3;
  private readonly ssm: Ssm;
  private readonly ecr: Ecr;
  private readonly logs: Logs;
  private readonly lambda: Lambda;
  private readonly stepFunctions: StepFunctions;
  private readonly waiting: Waiting;
  private readonly control: Control;
  private readonly async: AsyncInvocations;
  private readonly runtime: Runtime;
  private readonly cloudFormation: CloudFormation;

  constructor(private readonly options: ServiceOptions) {
    this.server = new LocalServer((request) => this.answer(request));
    this.context = new Context(
      options.directory,
      options.region,
      options.engine,
      () => this.server.host,
      options.mounts,
    );
    const { context } = this;
    this.buckets = new Buckets(context);
    this.s3 = new S3(context, this.buckets);
    this.ssm = new Ssm(context);
    this.ecr = new Ecr(context);
    this.logs = new Logs(context.directory, (resource) => context.arn('logs', resource));
    this.lambda = new Lambda(context, this.logs);
    this.stepFunctions = new StepFunctions(context, this.lambda);
    this.waiting = new Waiting(context, this.lambda);
    this.control = new Control({ context, s3: this.buckets, ecr: this.ecr, logs: this.logs });
    const { endpoints } = this.control;
    this.async = new AsyncInvocations(context, this.buckets, this.logs, endpoints, (name, invocation) =>
      this.runtime.ask(endpoints.hosts(name)[0], invocation),
    );
    endpoints.onInService = (name) => this.async.work(name);
    endpoints.onGone = (name) => this.async.forget(name);
    this.runtime = new Runtime(endpoints, this.async);
    this.cloudFormation = new CloudFormation({
      context,
      s3: this.buckets,
      ssm: this.ssm,
      provider: (type) => this.provider(type),
    });
  }

  /** Answers from now on, and takes up what was under way when the service last ended. */
  public async start(): Promise<void> {
    await this.server.listen(this.options.port, this.options.address ?? '127.0.0.1');
    this.bootstrap();
    this.control.resume();
    this.stepFunctions.resume();
    this.cloudFormation.resume();
  }

  /** Ends everything that runs; the state stays. */
  public async close(): Promise<void> {
    await this.server.close();
    this.stepFunctions.close();
    this.lambda.close();
    this.runtime.close();
    await Promise.all([this.async.close(), this.control.close()]);
  }

  /** The stacks with what they have that is written down only. */
  public status(): { readonly stacks: { name: string; status: string; recorded: string[] }[] } {
    return {
      stacks: this.cloudFormation.list().map(({ name, status, resources }) => ({
        name,
        status,
        recorded: Object.values(resources)
          .filter(({ type }) => Object.hasOwn(RECORDED, type))
          .map(({ logicalId, type }) => `${logicalId} (${type})`),
      })),
    };
  }

  private async answer(request: Request): Promise<Answer> {
    if (this.waiting.isCall(request)) return this.waiting.onCall(request);
    if (request.path === '/_status')
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(this.status()) };
    if (request.path.startsWith(INTERRUPT)) return this.interrupt(request);
    if (request.path.startsWith('/v2/') || request.path === '/v2') return this.ecr.registry(request);
    if (isInvocation(request)) return this.runtime.handle(request);
    const service = signedFor(request) ?? '';
    switch (service) {
      case 'sagemaker':
        return answerJson(service, this.control.operations, request);
      case 'ssm':
        return answerJson(service, this.ssm.operations, request);
      case 'ecr':
        return answerJson(service, this.ecr.operations, request);
      case 'logs':
        return answerJson(service, this.logs.operations, request);
      case 'states':
        return answerJson(service, this.stepFunctions.operations, request);
      case 'sts':
        return answerQuery(service, STS_NAMESPACE, stsOperations(this.context), request);
      case 'cloudformation':
        return answerQuery(service, CLOUDFORMATION_NAMESPACE, this.cloudFormation.operations, request);
      case 's3':
        return this.s3.handle(request);
      default:
        return {
          status: 501,
          body: `The local service has no ${service === '' ? 'service for a request that is not signed' : service}.`,
        };
    }
  }

  /** What a user can ask for, and no API of AWS. */
  private interrupt({ method, path }: Request): Answer {
    if (method !== 'POST') return { status: 405 };
    try {
      this.control.trainingJobs.interrupt(path.slice(INTERRUPT.length));
      return { status: 204 };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { status: error.status, body: error.message };
    }
  }

  private provider(type: string): Provider | undefined {
    const { context, buckets: s3, ssm, lambda, stepFunctions, waiting } = this;
    if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') return waiting.custom;
    const known: Record<string, Provider> = {
      ...sagemaker(this.control),
      ...infrastructure({ context, s3, ssm, lambda, stepFunctions }),
      'AWS::CloudFormation::WaitConditionHandle': waiting.handle,
      'AWS::CloudFormation::WaitCondition': waiting.condition,
    };
    return Object.hasOwn(known, type) ? known[type] : recorded(type, context);
  }

  private bootstrap(): void {
    const { account, region } = this.context;
    const { qualifier, version } = BOOTSTRAP;
    if (this.ssm.value(`/cdk-bootstrap/${qualifier}/version`) === undefined) {
      this.ssm.put(`/cdk-bootstrap/${qualifier}/version`, version);
    }
    this.buckets.createBucket(`cdk-${qualifier}-assets-${account}-${region}`);
    this.ecr.createRepository(`cdk-${qualifier}-container-assets-${account}-${region}`);
  }
}
