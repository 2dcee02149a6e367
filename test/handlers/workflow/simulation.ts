import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { AttributeValue, PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import type { JobRequests } from '../../../lib/handlers/contract';
import type {
  EndInput,
  Gate,
  GateOutput,
  LookForDataInput,
  RegisterOutput,
  ReportOutput,
  RunJobOutput,
  SelectDataOutput,
  Workflow,
  WorkflowInput,
} from '../../../lib/handlers/workflow-contract';
import type { Dependencies } from '../../../lib/handlers/workflow/dependencies';
import { type WorkflowEvent, handle } from '../../../lib/handlers/workflow/handler';
import type { OutcomeDetail } from '../../../lib/handlers/workflow/outcome';
import { FUNCTION_MS, ServiceError, type SimulatedJob, World } from '../jobs/simulation';

export const STATE_MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Retraining';
export const TRAIN = { Kind: 'training', Prefix: 'prod-1a2b-train' } as const;
export const EVALUATE = { Kind: 'processing', Prefix: 'prod-1a2b-evaluate' } as const;
export const WORKFLOW: Workflow = { Name: 'Retraining', Table: 'Locks', Jobs: [TRAIN, EVALUATE] };

/** The errors that the state machine does not retry. */
const FINAL = [
  'JobFailed',
  'EvaluationFailed',
  'ReportFailed',
  'ValidationException',
  'ValidationError',
  'ResourceNotFound',
];
const MAX_RETRIES = 10;

type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

/** An execution of the state machine of a workflow. */
export interface Execution {
  readonly arn: string;
  readonly input: unknown;
  readonly startedAt: number;
  status: Status;
  redriveCount: number;
  stopDate?: Date;
  error?: string;
  cause?: string;

  /** The step that runs, or that has failed. */
  step: number;
  readonly results: Results;
}

/** The results of the steps of a training workflow, or of a monitor. */
interface Results {
  Train?: RunJobOutput;
  Evaluate?: RunJobOutput;
  Gate?: GateOutput;
  Register?: RegisterOutput;
  SelectData?: SelectDataOutput;
  Analyze?: RunJobOutput;
  Report?: ReportOutput;
}

/** The input of a step. */
export type StepInput = Extract<WorkflowInput, { Input: unknown }>;

type Item = Record<string, AttributeValue>;

export interface Version {
  readonly arn: string;
  readonly request: Record<string, unknown>;
  status: string;
  readonly metadata: Record<string, string>;
}

/** How the workflow of a test differs. */
export interface Settings {
  readonly gate?: Partial<Gate>;

  /** Whether a processing job evaluates the model. */
  readonly hasEvaluationJob?: boolean;
  readonly approvalStatus?: string;
}

/**
 * A simulation of a deployed workflow: its executions, the table of locks, and the services that its handler calls. Descriptions of
 * executions can lag behind.
 */
export class WorkflowWorld extends World {
  public readonly executions = new Map<string, Execution>();
  public readonly items = new Map<string, Item>();
  public readonly events: { readonly at: number; readonly detail: OutcomeDetail; readonly source: string }[] = [];
  public readonly metrics: { readonly name: string; readonly namespace: string }[] = [];

  /** The values of the metrics that a monitor reports. */
  public readonly reported: Record<string, number | undefined>[] = [];
  public readonly objects = new Map<string, { time: number; body: string }>();
  public readonly packages: Version[] = [];

  /** Whether lists still contain versions that are not approved any more. */
  public isListLagging = false;

  /** The numbers of entries that the next PutEvents requests report as failed, with their code. */
  public readonly failedEntries: string[] = [];

  /** The durations after which the next functions of steps die. */
  public readonly deaths: number[] = [];

  /** The number of the next steps whose response is lost. */
  public lostResponses = 0;

  /** The delays of the events about ends. Each is delivered once for each delay. */
  public endDelays = (): number[] => [1_000];

  /** The duration of each request. */
  public latency = (): number => 0;

  /** Called when a job is created. */
  public onCreated = (_job: SimulatedJob): void => undefined;

  /** The running executions, and what is wrong whenever a job is created. */
  public readonly violations: string[] = [];
  private readonly histories = new Map<string, { readonly from: number; readonly state?: Execution }[]>();
  private readonly tokens = new Map<string, string>();

  constructor(public readonly settings: Settings = {}) {
    super();
  }

  /** Starts an execution, and returns its ARN. */
  public start(name = `run-${this.executions.size + 1}`, input: unknown = {}): string {
    const arn = `arn:aws:states:eu-west-1:111122223333:execution:Retraining:${name}`;
    if (this.executions.has(arn)) throw new ServiceError('ExecutionAlreadyExists', 'Execution Already Exists');
    const execution: Execution = {
      ...{ arn, input, startedAt: this.clock, status: 'RUNNING', redriveCount: 0, step: 0 },
      results: {},
    };
    this.executions.set(arn, execution);
    this.remember(execution);
    void this.runSteps(execution);
    return arn;
  }

  public redrive(arn: string): void {
    const execution = this.execution(arn);
    if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') return;
    execution.redriveCount++;
    execution.stopDate = undefined;
    execution.status = 'RUNNING';
    this.remember(execution);
    void this.runSteps(execution);
  }

  /** Ends an execution, as a person, a time-out or an error of the state machine does. */
  public endExecution(arn: string, status: Exclude<Status, 'RUNNING'>, error?: string, cause?: string): void {
    const execution = this.execution(arn);
    if (execution.status !== 'RUNNING') return;
    Object.assign(execution, { status, error, cause, stopDate: new Date(this.clock) });
    this.remember(execution);
    if (status === 'SUCCEEDED') return;
    const event: EndInput = { Action: 'End', Workflow: WORKFLOW, Execution: arn };
    for (const delay of this.endDelays()) this.at(delay, () => void this.deliver(event));
  }

  public execution(arn: string): Execution {
    const execution = this.executions.get(arn);
    if (execution === undefined) throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist');
    return execution;
  }

  public get active(): Execution[] {
    return [...this.executions.values()].filter(({ status }) => status === 'RUNNING');
  }

  /** The jobs that use capacity. */
  public get busy(): SimulatedJob[] {
    return [...this.jobs.values()].filter(({ status }) => status === 'InProgress' || status === 'Stopping');
  }

  public outcomes(arn?: string): string[] {
    return this.events
      .filter(({ detail }) => arn === undefined || detail.executionArn === arn)
      .map(({ detail }) => detail.outcome);
  }

  /** Invokes the handler asynchronously: AWS Lambda repeats an event twice. */
  public async deliver(event: WorkflowInput | WorkflowEvent): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        await this.call(event);
        return;
      } catch {
        await this.sleep((attempt + 1) * 60_000);
      }
    }
  }

  /** Invokes the handler. */
  public async call(event: WorkflowInput | WorkflowEvent, diesAfter?: number): Promise<unknown> {
    return this.run((jobs, end) => {
      const { sagemaker } = jobs;
      const clients = {
        stepFunctions: sagemaker,
        dynamodb: sagemaker,
        events: sagemaker,
        cloudwatch: sagemaker,
      };
      return handle(event, { ...jobs, ...clients } as unknown as Dependencies, end);
    }, diesAfter);
  }

  /** Sends an event of the custom resource. Returns the status of the response. */
  public async resource(RequestType: WorkflowEvent['RequestType']): Promise<string | undefined> {
    const ResponseURL = `https://response/${this.requests.length}-${this.clock}`;
    await this.call({
      RequestType,
      ResponseURL,
      RequestId: ResponseURL,
      StackId: 'stack',
      LogicalResourceId: 'Stop',
      ResourceProperties: { Workflow: JSON.stringify(WORKFLOW) },
    });
    return this.requests.find(({ url }) => url === ResponseURL)?.body.Status as string | undefined;
  }

  public lookForData(overrides: Partial<LookForDataInput> = {}): Promise<void> {
    return this.deliver({
      Action: 'LookForData',
      Workflow: WORKFLOW,
      StateMachine: STATE_MACHINE,
      Bucket: 'data',
      Prefix: 'train/',
      SettleSeconds: 1800,
      MaxDelaySeconds: 86_400,
      ScheduledTime: new Date(this.clock).toISOString(),
      ...overrides,
    });
  }

  /** Advances the clock until nothing happens any more. */
  public untilIdle(): Promise<void> {
    return this.advance(() => this.invocations === 0 && this.scheduled === 0 && this.active.length === 0);
  }

  /** Advances the clock by a duration. */
  public pass(milliseconds: number): Promise<void> {
    return this.until(this.sleep(milliseconds));
  }

  /** Runs the steps of an execution from the one that has failed, as the state machine does. */
  private async runSteps(execution: Execution): Promise<void> {
    const { redriveCount } = execution;
    const isCurrent = (): boolean => execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
    try {
      while (isCurrent()) {
        const next = this.inputOf(execution, redriveCount);
        const output = (await this.step(next, isCurrent)) as RunJobOutput & GateOutput;
        if (!isCurrent()) return;
        if (next.Action === 'Finish') return this.endExecution(execution.arn, 'SUCCEEDED');
        if (next.Action === 'RunJob' && !output.IsFinished) {
          await this.sleep(output.WaitSeconds * 1000);
          continue;
        }
        this.proceed(execution, output);
      }
    } catch (error) {
      if (!isCurrent()) return;
      const { name, message } = error as Error;
      if (name === 'Locked') this.endExecution(execution.arn, 'SUCCEEDED');
      else this.endExecution(execution.arn, 'FAILED', name, JSON.stringify({ errorType: name, errorMessage: message }));
    }
  }

  /** Keeps the output of a step, and continues with the next one. */
  protected proceed(execution: Execution, output: object): void {
    const step = STEPS[execution.step];
    Object.assign(execution.results, { [step]: output });
    execution.step++;
    if (execution.step === 1 && this.settings.hasEvaluationJob !== true) execution.step++;
    if (step === 'Gate' && !(output as GateOutput).IsAccepted) execution.step = STEPS.indexOf('Finish');
  }

  /** A step with the retries of the state machine. */
  private async step(input: WorkflowInput, isCurrent: () => boolean): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        const diesAfter = this.deaths.shift();
        const output = await this.call(input, diesAfter);
        const isLost = this.lostResponses > 0;
        if (isLost) this.lostResponses--;
        if (isLost || (output === undefined && input.Action !== 'Finish'))
          throw new ServiceError('Lambda.Unknown', 'Lost');
        return output;
      } catch (error) {
        const { name } = error as Error;
        if (!isCurrent() || name === 'Locked' || FINAL.includes(name) || attempt === MAX_RETRIES) throw error;
        await this.sleep(Math.min(600_000, 30_000 * 2 ** attempt));
        if (!isCurrent()) throw error;
      }
    }
  }

  protected inputOf({ arn, input, step, results }: Execution, RedriveCount: number): StepInput {
    const common = { Workflow: WORKFLOW, Execution: arn, RedriveCount, Input: input };
    const { Train, Evaluate, Gate: Decision, Register: Registration } = results;
    const Values = valuesOf(Train);
    switch (STEPS[step]) {
      case 'Train':
        return { ...common, Action: 'RunJob', Job: TRAIN, Request: TRAINING, Tags: TAGS, Values: {} };
      case 'Evaluate':
        return { ...common, Action: 'RunJob', Job: EVALUATE, Request: PROCESSING, Tags: TAGS, Values };
      case 'Gate': {
        const report = { Report: 's3://reports/{{JobName}}/evaluation.json', JobName: Evaluate?.JobName };
        const Evaluation = this.settings.hasEvaluationJob === true ? report : { Metrics: Train?.Metrics };
        return { ...common, Action: 'Gate', Gate: { ...GATE, ...this.settings.gate }, Evaluation };
      }
      case 'Register': {
        const Request = JSON.stringify({
          ...PACKAGE,
          ModelApprovalStatus: this.settings.approvalStatus ?? 'PendingManualApproval',
        });
        return { ...common, Action: 'Register', Request, Values, Metric: 'auc', Decision, Training: Train! };
      }
      case 'Finish':
        return { ...common, Action: 'Finish', Outcome: outcomeOf(results), Decision, Registration };
    }
  }

  /** Sets the status that descriptions of an execution contain. */
  public describeAs(arn: string, status: string): void {
    const state = { ...this.execution(arn), status: status as Status };
    this.histories.get(arn)?.push({ from: this.clock, state });
  }

  private remember(execution: Execution): void {
    const history = this.histories.get(execution.arn) ?? [];
    this.histories.set(execution.arn, history);
    history.push({ from: this.clock, state: { ...execution } });
  }

  protected override async send(command: unknown): Promise<unknown> {
    const milliseconds = this.latency();
    if (milliseconds > 0) await this.sleep(milliseconds);
    return super.send(command);
  }

  protected override perform(call: string, input: object): unknown {
    const operation = (this.operations as Record<string, ((input: never) => unknown) | undefined>)[call];
    if (operation !== undefined) return operation(input as never);
    const output = super.perform(call, input);
    if (call.startsWith('Create')) this.check(input as Record<string, string>);
    return output;
  }

  /** At most one job of a workflow runs. */
  private check({ TrainingJobName, ProcessingJobName }: Record<string, string>): void {
    const created = this.jobs.get(TrainingJobName ?? ProcessingJobName)!;
    const others = this.busy.filter(({ name }) => name !== created.name);
    if (others.length > 0)
      this.violations.push(`${created.name} was created while ${others[0].name} is ${others[0].status}`);
    this.onCreated(created);
  }

  private readonly operations = {
    DescribeExecution: ({ executionArn }: { executionArn: string }): object => {
      const seen = this.clock - this.lag('execution');
      const state = this.histories
        .get(executionArn)
        ?.filter(({ from }) => from <= seen)
        .at(-1)?.state;
      if (state === undefined) throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist');
      const { status, stopDate, redriveCount, error, cause } = state;
      return { status, stopDate, redriveCount, error, cause };
    },
    StopExecution: ({ executionArn }: { executionArn: string }): object => {
      this.execution(executionArn);
      this.endExecution(executionArn, 'ABORTED');
      return {};
    },
    StartExecution: ({ name, input }: { name: string; input: string }): object => ({
      executionArn: this.start(name, JSON.parse(input)),
    }),
    GetItem: ({ Key }: { Key: Item }): object => ({ Item: structuredClone(this.items.get(Key.Name.S!)) }),
    UpdateItem: ({ Key, ...update }: UpdateItemCommandInput): object => {
      const item = this.items.get(Key!.Name.S!) ?? { ...Key };
      requireCondition(item, update);
      const [, sets = '', removes = ''] = /^(?:SET (.*?))? ?(?:REMOVE (.*))?$/.exec(update.UpdateExpression!)!;
      for (const assignment of sets.split(', ').filter(Boolean)) {
        const [name, value] = assignment.split(' = ');
        item[name] = update.ExpressionAttributeValues![value];
      }
      for (const name of removes.split(', ').filter(Boolean)) delete item[name];
      this.items.set(Key!.Name.S!, item);
      return {};
    },
    PutItem: ({ Item, ...condition }: PutItemCommandInput): object => {
      requireCondition(this.items.get(Item!.Name.S!) ?? {}, condition);
      this.items.set(Item!.Name.S!, Item!);
      return {};
    },
    PutEvents: ({ Entries }: { Entries: { Source: string; Detail: string }[] }): object => {
      const ErrorCode = this.failedEntries.shift();
      if (ErrorCode !== undefined) return { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'failed' }] };
      const detail = JSON.parse(Entries[0].Detail) as OutcomeDetail;
      this.events.push({ at: this.clock, detail, source: Entries[0].Source });
      return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
    },
    PutMetricData: ({ Namespace, MetricData = [] }: PutMetricDataCommandInput): object => {
      const [{ MetricName: name = '', Dimensions: [dimension] = [] }] = MetricData;
      if (dimension.Name === 'MonitorName')
        this.reported.push(
          Object.fromEntries(
            MetricData.map(({ MetricName = '', Value }): [string, number | undefined] => [MetricName, Value]),
          ),
        );
      else this.metrics.push({ namespace: Namespace!, name });
      return {};
    },
    ListObjectsV2: ({ Prefix = '', ContinuationToken, StartAfter = '' }: ListObjectsV2CommandInput): object => {
      const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix) && key > StartAfter).sort();
      const from = Number(ContinuationToken ?? 0);
      const Contents = keys
        .slice(from, from + 1000)
        .map((Key) => ({ Key, LastModified: new Date(this.objects.get(Key)!.time) }));
      return { Contents, NextContinuationToken: from + 1000 < keys.length ? String(from + 1000) : undefined };
    },
    GetObject: ({ Bucket, Key }: { Bucket: string; Key: string }): object => {
      const object = this.objects.get(`s3://${Bucket}/${Key}`);
      if (object === undefined) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
      return { Body: { transformToString: () => Promise.resolve(object.body) } };
    },
    PutObject: ({ Bucket, Key, Body }: { Bucket: string; Key: string; Body: string }): object => {
      this.objects.set(`s3://${Bucket}/${Key}`, { time: this.clock, body: Body });
      return {};
    },
    CreateModelPackage: (request: Record<string, unknown>): object => {
      const known = this.tokens.get(request.ClientToken as string);
      if (known !== undefined) return { ModelPackageArn: known };
      const arn = `arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/${this.packages.length + 1}`;
      const metadata = request.CustomerMetadataProperties as Record<string, string>;
      this.packages.push({ arn, request, metadata, status: request.ModelApprovalStatus as string });
      this.tokens.set(request.ClientToken as string, arn);
      return { ModelPackageArn: arn };
    },
    ListModelPackages: ({ NextToken }: { NextToken?: string }): object => {
      // The first page of a filtered list is empty.
      if (NextToken === undefined) return { ModelPackageSummaryList: [], NextToken: '1' };
      const approved = this.packages.filter(({ status }) => status === 'Approved' || this.isListLagging);
      return { ModelPackageSummaryList: approved.slice(-1).map(({ arn }) => ({ ModelPackageArn: arn })) };
    },
    DescribeModelPackage: ({ ModelPackageName }: { ModelPackageName: string }): object => {
      const found = this.packages.find(({ arn }) => arn === ModelPackageName);
      return { CustomerMetadataProperties: found?.metadata, ModelApprovalStatus: found?.status };
    },
  };
}

function valuesOf({ ModelData = '', TrainingJobName = '' }: Partial<RunJobOutput> = {}): Record<string, string> {
  return { ModelData, TrainingJobName };
}

function outcomeOf({ Gate: decision }: Execution['results']): 'Rejected' | 'Registered' {
  return decision?.IsAccepted === false ? 'Rejected' : 'Registered';
}

const STEPS = ['Train', 'Evaluate', 'Gate', 'Register', 'Finish'] as const;
const TAGS = '[{"Key":"team","Value":"fraud"}]';
const TRAINING = JSON.stringify({
  RoleArn: 'role',
  InputDataConfig: [
    { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/' } } },
  ],
} satisfies Partial<JobRequests['training']>);
const PROCESSING = JSON.stringify({
  RoleArn: 'role',
  Environment: { MODEL: '{{ModelData}}', SELF: '{{JobName}}', OTHER: '{{x}}' },
});
const GATE: Gate = { Metric: 'auc', ObjectiveType: 'Maximize', Tolerance: 0, BaselineGroup: 'churn' };
const PACKAGE = {
  ModelPackageGroupName: 'churn',
  InferenceSpecification: { Containers: [{ Image: 'image', ModelDataUrl: '{{ModelData}}' }] },
  CustomerMetadataProperties: { team: 'fraud' },
};

/** Throws the error of Amazon DynamoDB if an item does not fulfil a condition. */
function requireCondition(
  item: Item,
  {
    ConditionExpression: condition,
    ExpressionAttributeValues: values = {},
    ExpressionAttributeNames: names = {},
  }: Pick<UpdateItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues' | 'ExpressionAttributeNames'>,
): void {
  if (condition === undefined) return;
  const valueOf = (attribute?: AttributeValue): unknown =>
    attribute?.N === undefined ? (attribute?.S ?? attribute?.BOOL) : Number(attribute.N);
  const attributeOf = (name: string): unknown => valueOf(item[names[name] ?? name]);
  const script = condition
    .replace(/attribute_not_exists\((\S+?)\)/g, (_, name: string) => String(attributeOf(name) === undefined))
    .replace(/(\S*?[\w#]+) (=|<=|<) (:\w+)/g, (_, name: string, operator: string, value: string) => {
      const [left, right] = [attributeOf(name.replace(/^\(+/, '')), valueOf(values[value])] as never[];
      const isFulfilled =
        left !== undefined && (operator === '=' ? left === right : operator === '<' ? left < right : left <= right);
      return `${/^\(*/.exec(name)![0]}${isFulfilled}`;
    })
    .replaceAll('AND', '&&')
    .replaceAll('OR', '||');
  if (!isTrue(script)) throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed');
}

/** Evaluates an expression of "true", "false", "&&", "||" and parentheses. */
function isTrue(script: string): boolean {
  let text = script;
  while (text !== 'true' && text !== 'false') {
    const next = text
      .replace(/\((true|false)\)/, '$1')
      .replace(/(true|false) && (true|false)/, (_, a: string, b: string) => String(a === 'true' && b === 'true'))
      .replace(/(?<=^|\()(true|false) \|\| (true|false)(?=$|\)| \|\|)/, (_, a: string, b: string) =>
        String(a === 'true' || b === 'true'),
      );
    if (next === text) throw new Error(`The simulation does not support ${script}`);
    text = next;
  }
  return text === 'true';
}
export { FUNCTION_MS };
