import type { AttributeValue, DeleteItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { ReconcileOutput, Release, ShadowTest } from '../../../lib/handlers/release-contract';
import type { Dependencies } from '../../../lib/handlers/release/dependencies';
import { type ParameterEvent, handle } from '../../../lib/handlers/release/handler';
import { ServiceError, World } from '../jobs/simulation';

export const RELEASE: Release = {
  Name: 'Release',
  Table: 'Locks',
  StackName: 'hosting',
  ParameterName: '/churn/released',
  Group: 'churn',
};
export const SHADOW_TEST: ShadowTest = {
  ParameterName: '/churn/shadow',
  Bucket: 'capture',
  ProductionPrefix: 'churn/main/',
  ShadowPrefix: 'churn/shadow/',
  DurationSeconds: 2 * 3600,
  MaxDurationSeconds: 6 * 3600,
  MinRequests: 10,
  MinAgreement: 0.9,
  Tolerance: 0,
};
/** A test that two alarms can end. */
export const ALARM_TEST: ShadowTest = {
  ...SHADOW_TEST,
  Alarms: { Names: ['shadow-errors', 'shadow-latency'], Types: ['MetricAlarm'] },
};
/** A test whose comparison is a processing job. */
export const JOB_TEST: ShadowTest = {
  ...SHADOW_TEST,
  Comparison: {
    Prefix: 'training-comparison',
    Request: JSON.stringify({
      RoleArn: 'role',
      ProcessingInputs: [
        { InputName: 'production', S3Input: { S3Uri: '{{ProductionManifest}}' } },
        { InputName: 'shadow', S3Input: { S3Uri: '{{ShadowManifest}}' } },
      ],
      Environment: { start_time: '{{StartTime}}', end_time: '{{EndTime}}' },
    }),
    Tags: '[{"Key":"team","Value":"churn"}]',
    Manifests: 's3://reports/comparison/manifests',
    Report: 's3://reports/comparison/{{JobName}}/report/evaluation.json',
    Metric: 'lift',
    ObjectiveType: 'Maximize',
    Threshold: 0.9,
  },
};
export const PING = 'The primary container for production variant AllTraffic did not pass the ping health check.';
export const QUOTA = 'The account-level service limit for ml.m5.xlarge is 0 Instances (ResourceLimitExceeded)';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/hosting/1a2b';
const FUNCTION_MS = 5 * 60_000;
const MINUTE = 60_000;

export function arnOf(number: number): string {
  return `arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/${number}`;
}

/** A state over time, for reads that lag behind. */
class History<T> {
  private readonly states: { readonly from: number; readonly value: T }[];

  constructor(value: T) {
    this.states = [{ from: 0, value }];
  }

  public get value(): T {
    return this.states.at(-1)!.value;
  }

  public set(from: number, value: T): void {
    this.states.push({ from, value });
  }

  /** The state at a time. */
  public at(time: number): T {
    return (this.states.filter(({ from }) => from <= time).at(-1) ?? this.states[0]).value;
  }

  /** Whether a state was the current one at any time since then. */
  public was(value: T, since: number): boolean {
    return this.at(since) === value || this.states.some((state) => state.from > since && state.value === value);
  }
}

interface StackState {
  readonly status: string;
  readonly released: string;
  readonly shadow: string;
}

interface StackEvent {
  readonly Timestamp: Date;
  readonly ClientRequestToken?: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

interface Execution {
  readonly arn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
}

/** A change of the state of an alarm. */
interface AlarmChange {
  readonly name: string;
  readonly time: number;
  readonly state: string;
  readonly reason: string;
}

/** The end of a call: an error before or after its effect, or the death of the function. */
export type Interruption = { readonly error?: Error; readonly isAfter: boolean };

/** An update that the stack performs. */
interface Update {
  readonly token?: string;

  /** The released version. */
  readonly arn: string;
  readonly shadow: string;

  /** The versions that were not in service before. */
  readonly added: string[];
  readonly isOwn: boolean;
  readonly start: number;
  result?: 'succeeded' | 'version failed' | 'other failure' | 'cancelled';
}

type Item = Record<string, AttributeValue>;

/** The processing jobs of a world, which compare the version that the shadow variant serves. They complete, unless a test ends them. */
class ComparisonJobs extends World {
  /** The part that compares well, by version: by default all of it. */
  public readonly metrics = new Map<string, number>();

  /** The reasons for which the next jobs fail. */
  public readonly failures: string[] = [];
  public durationMs = 10 * MINUTE;

  constructor(private readonly world: Pick<ReleaseWorld, 'now' | 'sleep' | 'nudge'>) {
    super();
  }

  public request(call: string, input: object): unknown {
    this.clock = this.world.now();
    const isNew =
      call === 'CreateProcessingJob' && !this.jobs.has((input as { ProcessingJobName: string }).ProcessingJobName);
    const output = this.perform(call, input);
    if (isNew) this.start((input as { ProcessingJobName: string }).ProcessingJobName);
    return output;
  }

  public override at(milliseconds: number, act: () => void): void {
    void this.world.sleep(milliseconds).then(() => {
      this.clock = this.world.now();
      act();
    });
  }

  public override end(...[name, ...result]: Parameters<World['end']>): void {
    super.end(name, ...result);
    this.world.nudge();
  }

  private start(name: string): void {
    this.at(this.durationMs, () => {
      const reason = this.failures.shift();
      this.end(name, reason === undefined ? 'Completed' : 'Failed', reason);
    });
  }
}

/**
 * A simulation of a deployed continuous deployment: the hosting stack, the registry, the parameter, the table of locks and the
 * executions of the state machine. Reads can lag behind. The clock only advances while work is awaited.
 */
export class ReleaseWorld {
  public readonly versions = new Map<string, History<string>>();

  /** The reason for which the container or the smoke test of a version fails. */
  public readonly broken = new Map<string, { readonly reason: string; readonly type: string }>();
  public readonly served = new Set<string>();
  public readonly updates: Update[] = [];
  public readonly outcomes: {
    readonly outcome: string;
    readonly modelPackageArn?: string;
    readonly reason?: string;
    readonly agreement?: string;
  }[] = [];
  public readonly metrics: string[] = [];
  public readonly requests: { readonly call: string; readonly input: never }[] = [];
  public readonly responses: { readonly Status: string; readonly Reason?: string }[] = [];
  public readonly executions: Execution[] = [];
  public readonly items = new Map<string, Item>();
  public readonly violations: string[] = [];
  public parameter: string | undefined = 'none';
  public shadowParameter: string | undefined = 'none';

  /** The part of the requests for which the shadow variant has the same response as production, by version: by default all of them. */
  public readonly agreements = new Map<string, number>();

  /** The jobs of comparisons, and the objects that the handler has written for them. */
  public readonly comparisons = new ComparisonJobs(this);
  public readonly objects = new Map<string, string>();

  /** The names of the alarms that exist. */
  public readonly alarms = new Set(ALARM_TEST.Alarms!.Names);

  /** The length at which the data of a history item is cut off. */
  public maxHistoryData = 4095;
  private readonly alarmChanges: AlarmChange[] = [];

  /** The number of requests that are captured during a test. */
  public requestCount = 20;
  public hasRole = true;
  public parameterNames: string[];

  /** The reasons for which the next updates fail, which are not those of the version. */
  public readonly otherFailures: string[] = [];

  /** Whether the next rollback fails. */
  public isRollbackFailing = false;
  public updateMs = 10 * MINUTE;
  public cleanupMs = MINUTE;

  /** The age of what a read returns. */
  public lag = (_call: string): number => 0;
  public fault = (_call: string): Interruption | undefined => undefined;

  /** How long a call takes until it has an effect. */
  public latency = (_call: string): number => 20;

  /** The delays after which a nudge is delivered; none if it is lost. */
  public delays = (): number[] => [1000];
  private stack = new History<StackState | undefined>(undefined);
  private readonly events: StackEvent[] = [];
  private readonly approvedAt = new Map<string, number>();
  private readonly unapprovedAt = new Map<string, number>();
  private readonly timers: { readonly at: number; readonly ring: () => void }[] = [];
  private clock = 100 * MINUTE;
  private pending = 0;
  private hasReleased = false;

  /** The time since which the shadow variant serves a version, and the versions that it has served for long enough. */
  private shadowSince = 0;
  private readonly tested = new Set<string>();
  private readonly failedTests = new Set<string>();

  /** The deployment, with or without a shadow test. */
  constructor(public shadowTest?: ShadowTest) {
    this.parameterNames = ['Release', ...(shadowTest === undefined ? [] : ['Shadow']), 'BootstrapVersion'];
  }

  public get release(): Release {
    return { ...RELEASE, ShadowTest: this.shadowTest };
  }

  public now(): number {
    return this.clock;
  }

  public get state(): StackState | undefined {
    return this.stack.value;
  }

  public get running(): Execution[] {
    return this.executions.filter(({ status }) => status === 'RUNNING');
  }

  public get isIdle(): boolean {
    return this.state === undefined || !this.state.status.endsWith('_IN_PROGRESS');
  }

  /** Sets the approval status of a version, and sends the event. */
  public setStatus(number: number, status: string): void {
    const arn = arnOf(number);
    const version = this.versions.get(arn) ?? new History('');
    this.versions.set(arn, version);
    version.set(this.clock, status);
    (status === 'Approved' ? this.approvedAt : this.unapprovedAt).set(arn, this.clock);
    this.nudge();
  }

  public approve(...numbers: number[]): void {
    numbers.forEach((number) => this.setStatus(number, 'Approved'));
  }

  public delete(number: number): void {
    this.versions.get(arnOf(number))!.set(this.clock, 'Deleted');
  }

  public statusOf(number: number): string | undefined {
    return this.versions.get(arnOf(number))?.value;
  }

  public break(number: number, reason = PING, type = 'AWS::SageMaker::Endpoint'): void {
    this.broken.set(arnOf(number), { reason, type });
  }

  /** Sets the state of an alarm. */
  public setAlarm(name: string, state: 'OK' | 'ALARM', reason = `${name}: ${state}`): void {
    if (this.alarmState(name).state === state) return;
    this.alarmChanges.push({ name, time: this.clock, state, reason });
  }

  private alarmState(name: string): Pick<AlarmChange, 'state' | 'reason'> {
    const last = this.alarmChanges.filter((change) => change.name === name).at(-1);
    return last ?? { state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' };
  }

  /** Creates the hosting stack. */
  public createStack(status = 'CREATE_COMPLETE'): void {
    const released = this.parameter ?? 'none';
    if (released !== 'none') this.serve(released);
    this.setStack({ status, released, shadow: this.shadowParameter ?? 'none' });
  }

  public setStack(state: StackState | undefined): void {
    this.stack.set(this.clock, state);
    if (this.isIdle) this.nudge();
  }

  /** Another deployment of the stack, which always changes something. */
  public deployByUser(): void {
    if (this.state === undefined || !this.canUpdate()) return;
    void this.performUpdate(undefined, false);
  }

  /** Cancels the update that is in progress. */
  public cancel(): void {
    const update = this.updates.at(-1);
    if (this.state?.status === 'UPDATE_IN_PROGRESS' && update?.result === undefined) update!.result = 'cancelled';
  }

  /** Delivers an event that starts an execution. */
  public nudge(delays = this.delays()): void {
    delays.forEach((delay) => this.after(delay, () => this.start()));
  }

  public start(): Execution {
    const arn = `arn:aws:states:eu-west-1:111122223333:execution:Release:${this.executions.length + 1}`;
    const execution: Execution = { arn, status: 'RUNNING' };
    this.executions.push(execution);
    void this.runExecution(execution);
    return execution;
  }

  /** Advances the clock until no execution runs and nothing is in progress. */
  public untilIdle(): Promise<void> {
    return this.advance(() => this.pending === 0 && this.running.length === 0 && this.isIdle);
  }

  public async pass(milliseconds: number): Promise<void> {
    let isOver = false;
    void this.sleep(milliseconds).then(() => (isOver = true));
    await this.advance(() => isOver);
  }

  /** Sends an event of the custom resource. */
  public async resource(
    RequestType: ParameterEvent['RequestType'],
    old?: Partial<Release>,
  ): Promise<string | undefined> {
    const event: ParameterEvent = {
      RequestType,
      ResponseURL: 'https://response',
      RequestId: '1',
      StackId: 'stack',
      LogicalResourceId: 'Parameter',
      ResourceProperties: { Release: JSON.stringify(this.release) },
      ...(old && { OldResourceProperties: { Release: JSON.stringify({ ...this.release, ...old }) } }),
    };
    let isOver = false;
    void handle(event, this.dependencies('resource'), this.clock + FUNCTION_MS).finally(() => (isOver = true));
    await this.advance(() => isOver);
    return this.responses.at(-1)?.Status;
  }

  private async runExecution(execution: Execution): Promise<void> {
    const isRunning = (): boolean => execution.status === 'RUNNING';
    let failures = 0;
    while (isRunning()) {
      try {
        const output = await this.reconcile(execution);
        failures = 0;
        if (!isRunning()) return;
        if (output.IsFinished) execution.status = 'SUCCEEDED';
        else await this.sleep(output.WaitSeconds * 1000);
      } catch {
        if (++failures > 10) execution.status = 'FAILED';
        await this.sleep(Math.min(30_000 * 2 ** failures, 600_000));
      }
    }
  }

  private reconcile({ arn }: Execution): Promise<ReconcileOutput> {
    const died = this.sleep(FUNCTION_MS).then(() => Promise.reject(new Error('Task timed out')));
    const input = { Action: 'Reconcile', Release: this.release, Execution: arn } as const;
    const output = handle(input, this.dependencies(arn), this.clock + FUNCTION_MS) as Promise<ReconcileOutput>;
    return Promise.race([output, died]);
  }

  /** The dependencies of a function. A function that has died does nothing any more. */
  private dependencies(execution: string): Dependencies {
    let isDead = false;
    const end = this.clock + FUNCTION_MS;
    const never = new Promise<never>(() => undefined);
    const send = async (command: unknown): Promise<unknown> => {
      const { constructor, input } = command as { constructor: { name: string }; input: never };
      const call = constructor.name.replace('Command', '');
      await this.sleep(this.latency(call));
      if (isDead || this.clock >= end) return never;
      const fault = this.fault(call);
      if (fault === undefined || fault.isAfter) {
        const output = await this.perform(call, input, execution);
        if (fault === undefined) return output;
      }
      if (fault.error !== undefined) throw fault.error;
      isDead = true;
      return never;
    };
    const client = { send } as never;
    return {
      cloudformation: client,
      sagemaker: client,
      ssm: client,
      stepFunctions: client,
      dynamodb: client,
      events: client,
      cloudwatch: client,
      s3: client,
      put: (_, body) => {
        this.responses.push(JSON.parse(body) as never);
        return Promise.resolve(200);
      },
      sleep: (milliseconds) => (isDead ? never : this.sleep(milliseconds)),
      now: () => this.clock,
      random: () => 1,
    };
  }

  private perform(call: string, input: never, execution: string): unknown {
    this.requests.push({ call, input });
    const isOwner = this.items.get(RELEASE.Name)?.Execution?.S === execution;
    const isAlive = this.running.some(({ arn }) => arn === execution);
    if (['PutParameter', 'UpdateStack'].includes(call) && isAlive && !isOwner) {
      this.violations.push(`${execution} performs ${call} without the lock`);
    }
    if (/ProcessingJob$|Tags$/.test(call)) return this.comparisons.request(call, input);
    return (this.operations as Record<string, (input: never) => unknown>)[call](input);
  }

  private readonly operations = {
    DescribeStacks: (): object => {
      const state = this.stack.at(this.clock - this.lag('DescribeStacks'));
      if (state === undefined) throw new ServiceError('ValidationError', 'Stack with id hosting does not exist');
      const Parameters = this.parameterNames.map((ParameterKey) => ({
        ParameterKey,
        ...this.parameterOf(ParameterKey, state),
      }));
      const RoleARN = this.hasRole ? 'arn:aws:iam::111122223333:role/cfn' : undefined;
      const Stack = {
        StackId: STACK_ID,
        StackStatus: state.status,
        RoleARN,
        Capabilities: ['CAPABILITY_IAM'],
        Parameters,
      };
      return { Stacks: [Stack] };
    },
    DescribeStackEvents: ({ NextToken = '0' }: { NextToken?: string }): object => {
      const until = this.clock - this.lag('DescribeStackEvents');
      const visible = this.events.filter(({ Timestamp }) => Timestamp.getTime() <= until).reverse();
      const next = Number(NextToken) + 5;
      const StackEvents = visible.slice(Number(NextToken), next);
      return { StackEvents, NextToken: next < visible.length ? String(next) : undefined };
    },
    UpdateStack: ({ ClientRequestToken }: { ClientRequestToken: string }): object => {
      if (this.updates.some(({ token }) => token === ClientRequestToken)) return {};
      if (!this.canUpdate()) {
        throw new ServiceError(
          'ValidationError',
          `Stack:${STACK_ID} is in ${this.state?.status} state and can not be updated.`,
        );
      }
      if (this.parameter === this.state!.released && this.shadowParameter === this.state!.shadow) {
        throw new ServiceError('ValidationError', 'No updates are to be performed.');
      }
      this.checkUpdate(this.parameter!, this.shadowParameter!);
      void this.performUpdate(ClientRequestToken, true);
      return {};
    },
    ListModelPackages: ({ NextToken }: { NextToken?: string }): object => {
      // The first page of a filtered list is empty.
      if (NextToken === undefined) return { ModelPackageSummaryList: [], NextToken: '1' };
      const until = this.clock - this.lag('ListModelPackages');
      const approved = [...this.versions].filter(([, history]) => history.at(until) === 'Approved');
      return { ModelPackageSummaryList: approved.map(([ModelPackageArn]) => ({ ModelPackageArn })).reverse() };
    },
    DescribeModelPackage: ({ ModelPackageName }: { ModelPackageName: string }): object => {
      const status = this.versions.get(ModelPackageName)?.at(this.clock - this.lag('DescribeModelPackage'));
      if (status === undefined || status === 'Deleted') {
        throw new ServiceError('ValidationException', `ModelPackage ${ModelPackageName} does not exist.`);
      }
      return { ModelPackageArn: ModelPackageName, ModelApprovalStatus: status };
    },
    UpdateModelPackage: ({
      ModelPackageArn: arn,
      ApprovalDescription,
    }: {
      ModelPackageArn: string;
      ApprovalDescription: string;
    }): object => {
      if (!/^.{0,1024}$/.test(ApprovalDescription)) {
        throw new ServiceError('ValidationException', `approvalDescription: ${JSON.stringify(ApprovalDescription)}`);
      }
      if (this.versions.get(arn)?.value === 'Deleted') {
        throw new ServiceError('ValidationException', `ModelPackage ${arn} does not exist.`);
      }
      const last = this.updates.filter(({ added }) => added.includes(arn)).at(-1);
      if (last?.result !== 'version failed' && !this.failedTests.has(arn))
        this.violations.push(`${arn} is rejected after: ${last?.result}`);
      if (this.served.has(arn)) this.violations.push(`${arn} has served and is rejected`);
      this.versions.get(arn)!.set(this.clock, 'Rejected');
      this.unapprovedAt.set(arn, this.clock);
      this.nudge();
      return {};
    },
    GetParameter: ({ Name }: { Name: string }): object => {
      const Value = Name === SHADOW_TEST.ParameterName ? this.shadowParameter : this.parameter;
      if (Value === undefined) throw new ServiceError('ParameterNotFound', 'Parameter not found.');
      return { Parameter: { Value } };
    },
    PutParameter: ({ Name, Value, Overwrite }: { Name: string; Value: string; Overwrite: boolean }): object => {
      const isShadow = Name === SHADOW_TEST.ParameterName;
      const existing = isShadow ? this.shadowParameter : this.parameter;
      if (!Overwrite && existing !== undefined) throw new ServiceError('ParameterAlreadyExists', 'It exists.');
      if (!isShadow && Value === 'none' && this.hasReleased) this.violations.push('The parameter returns to none');
      if (isShadow) this.shadowParameter = Value;
      else this.parameter = Value;
      return {};
    },
    ListObjectsV2: ({ Prefix }: { Prefix: string }): object => {
      if (this.clock < this.shadowSince + SHADOW_TEST.DurationSeconds * 1000)
        this.violations.push('The responses are compared too early');
      const hour = new Date(this.clock).toISOString().slice(0, 13).replace(/\D/g, '/');
      return { Contents: [{ Key: `${Prefix}${hour}/00-00-000-1.jsonl`, Size: 1000 }] };
    },
    PutObject: ({ Bucket, Key, Body }: { Bucket: string; Key: string; Body: string }): object => {
      this.objects.set(`s3://${Bucket}/${Key}`, Body);
      return {};
    },
    GetObject: ({ Bucket, Key }: { Bucket: string; Key: string }): object => {
      if (Bucket === 'reports') return { Body: { transformToString: () => Promise.resolve(this.reportOf(Key)) } };
      const isShadow = Key.startsWith(SHADOW_TEST.ShadowPrefix);
      const agreement = isShadow ? this.compared(this.state!.shadow) : 1;
      const text = [...Array(this.requestCount).keys()]
        .map((index) => this.captureLine(index, index < agreement * this.requestCount ? 'yes' : 'no'))
        .join('\n');
      return { Body: { transformToString: () => Promise.resolve(text) } };
    },
    DescribeAlarms: ({ AlarmNames, NextToken = '0' }: { AlarmNames: string[]; NextToken?: string }): object => {
      const index = Number(NextToken);
      const found = AlarmNames.filter((name) => this.alarms.has(name));
      const MetricAlarms = found.slice(index, index + 1).map((AlarmName) => {
        const { state, reason } = this.alarmState(AlarmName);
        const isOver = this.clock >= this.shadowSince + SHADOW_TEST.DurationSeconds * 1000;
        if (state === 'ALARM' && isOver) this.failedTests.add(this.state!.shadow);
        return { AlarmName, StateValue: state, StateReason: reason };
      });
      return { MetricAlarms, NextToken: index + 1 < found.length ? String(index + 1) : undefined };
    },
    DescribeAlarmHistory: (query: { AlarmName: string; StartDate: Date; NextToken?: string }): object => {
      const changes = this.alarmChanges.filter(
        ({ name, time }) => name === query.AlarmName && time >= query.StartDate.getTime(),
      );
      // Clocks differ by up to 5 minutes.
      const isIn = ({ time, state }: AlarmChange): boolean =>
        state === 'ALARM' && time >= this.shadowSince - 5 * MINUTE;
      if (changes.some(isIn)) this.failedTests.add(this.state!.shadow);
      const index = Number(query.NextToken ?? '0');
      const AlarmHistoryItems = changes.slice(index, index + 1).map(({ state, reason }) => ({
        HistorySummary: `Alarm updated to ${state}`,
        HistoryData: JSON.stringify({ newState: { stateValue: state, stateReason: reason } }).slice(
          0,
          this.maxHistoryData,
        ),
      }));
      return { AlarmHistoryItems, NextToken: index + 1 < changes.length ? String(index + 1) : undefined };
    },
    GetItem: ({ Key }: { Key: Item }): object => ({ Item: structuredClone(this.items.get(Key.Name.S!)) }),
    PutItem: ({ Item, ...condition }: { Item: Item } & Condition): object => {
      require(this.items.get(Item.Name.S!) ?? {}, condition);
      this.items.set(Item.Name.S!, Item);
      return {};
    },
    DeleteItem: ({ Key, ...condition }: DeleteItemCommandInput): object => {
      require(this.items.get(Key!.Name.S!) ?? {}, condition);
      this.items.delete(Key!.Name.S!);
      return {};
    },
    UpdateItem: ({ Key, ...update }: UpdateItemCommandInput): object => {
      const item = structuredClone(this.items.get(Key!.Name.S!) ?? { ...Key });
      require(item, update);
      const [, sets = '', removes = ''] = /^(?:SET (.*?))? ?(?:REMOVE (.*))?$/.exec(update.UpdateExpression!)!;
      for (const assignment of sets.split(', ').filter(Boolean)) {
        const [name, value] = assignment.split(' = ');
        item[name] = update.ExpressionAttributeValues![value];
      }
      for (const name of removes.split(', ').filter(Boolean)) delete item[name];
      this.items.set(Key!.Name.S!, item);
      return {};
    },
    DescribeExecution: ({ executionArn }: { executionArn: string }): object => {
      const execution = this.executions.find(({ arn }) => arn === executionArn);
      if (execution === undefined) throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist');
      return { status: execution.status };
    },
    StopExecution: ({ executionArn }: { executionArn: string }): object => {
      const execution = this.executions.find(({ arn }) => arn === executionArn)!;
      if (execution.status === 'RUNNING') execution.status = 'ABORTED';
      return {};
    },
    PutEvents: ({ Entries }: { Entries: { Detail: string }[] }): object => {
      this.outcomes.push(JSON.parse(Entries[0].Detail) as never);
      return { FailedEntryCount: 0 };
    },
    PutMetricData: ({ MetricData }: { MetricData: { MetricName: string }[] }): object => {
      this.metrics.push(MetricData[0].MetricName);
      return {};
    },
  };

  private canUpdate(): boolean {
    return /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(this.state?.status ?? '');
  }

  private parameterOf(key: string, { released, shadow }: StackState): object {
    const values: Record<string, [string, string]> = {
      Release: [RELEASE.ParameterName, released],
      Shadow: [SHADOW_TEST.ParameterName, shadow],
    };
    const [ParameterValue, ResolvedValue] = values[key] ?? [`/${key}`, '1'];
    return { ParameterValue, ResolvedValue };
  }

  /** The agreement of the version in the shadow variant, which the deployment compares. */
  private compared(arn: string): number {
    const agreement = this.agreements.get(arn) ?? 1;
    if (agreement < SHADOW_TEST.MinAgreement) this.failedTests.add(arn);
    this.noteTest();
    return agreement;
  }

  /** The report of a job about the version in the shadow variant. */
  private reportOf(key: string): string {
    if (!this.comparisons.jobs.has(key.split('/')[1]))
      this.violations.push(`${key} is read, but no job has written it`);
    const { shadow } = this.state!;
    const lift = this.comparisons.metrics.get(shadow) ?? 1;
    if (lift < 0.9) this.failedTests.add(shadow);
    return JSON.stringify({ lift });
  }

  private captureLine(index: number, response: string): string {
    return JSON.stringify({
      captureData: {
        endpointInput: { data: `request ${index}`, encoding: 'CSV', mode: 'INPUT' },
        endpointOutput: { data: response, encoding: 'CSV', mode: 'OUTPUT', observedContentType: 'text/csv' },
      },
      eventMetadata: { eventId: String(index), inferenceTime: new Date(this.clock).toISOString() },
    });
  }

  /** Checks the rules of an update by the deployment. */
  private checkUpdate(arn: string, shadow: string): void {
    const { released, shadow: before } = this.state!;
    this.noteTest();
    if (shadow !== before && shadow !== 'none') this.checkAdded(shadow);
    if (arn === released) return;
    this.checkAdded(arn);
    const number = (of: string): number => Number(of.split('/').at(-1));
    const isNewer = released === 'none' || number(arn) > number(released);
    const isTested =
      this.shadowTest === undefined || released === 'none' || this.served.has(arn) || this.tested.has(arn);
    if (isNewer && !isTested) this.violations.push(`${arn} is released without a test`);
    if (isNewer) return;
    // A description can lag behind the approval.
    const status = this.versions.get(released)!.value;
    const isRecent = this.clock - (this.approvedAt.get(released) ?? 0) < 3 * MINUTE;
    if (status === 'Approved' && !isRecent)
      this.violations.push(`${arn} replaces ${released}, which is newer and approved`);
  }

  /** Checks the rules of a version that an update adds. */
  private checkAdded(arn: string): void {
    // Reads lag behind, and a function takes its time.
    if (!this.versions.get(arn)!.was('Approved', this.clock - FUNCTION_MS))
      this.violations.push(`${arn} is released, but not approved`);
    const last = this.updates.filter((update) => update.added.includes(arn) && update.isOwn).at(-1);
    const isFailed = last?.result === 'version failed' && !this.served.has(arn);
    if (isFailed && (this.approvedAt.get(arn) ?? 0) < last.start)
      this.violations.push(`${arn} is released again after its failure`);
  }

  /** Records the version in the shadow variant if it has been there for the duration of a test. */
  private noteTest(): void {
    const { shadow } = this.state!;
    if (this.clock >= this.shadowSince + SHADOW_TEST.DurationSeconds * 1000) this.tested.add(shadow);
  }

  private async performUpdate(token: string | undefined, isOwn: boolean): Promise<void> {
    this.pending++;
    const { released, shadow } = this.state!;
    const before = { released, shadow };
    const after = { released: this.parameter!, shadow: this.shadowParameter! };
    const added = [
      ...(after.released === released ? [] : [after.released]),
      ...(after.shadow === shadow || after.shadow === 'none' ? [] : [after.shadow]),
    ];
    const update: Update = { token, arn: after.released, shadow: after.shadow, added, isOwn, start: this.clock };
    this.updates.push(update);
    this.setStack({ status: 'UPDATE_IN_PROGRESS', ...after });
    this.record(token, STACK, 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.record(token, ENDPOINT, 'UPDATE_IN_PROGRESS');
    await this.sleep(this.updateMs);
    const isUnchanged = after.released === released && after.shadow === shadow;
    const failure = isUnchanged ? undefined : this.failureOf(update);
    if (failure === undefined) {
      update.result = 'succeeded';
      this.serve(after.released);
      if (after.shadow !== shadow) this.shadowSince = this.clock;
      await this.endUpdate(token, 'UPDATE_COMPLETE', after);
    } else {
      if (failure.type === 'cancelled')
        this.record('Console-Cancel', STACK, 'UPDATE_ROLLBACK_IN_PROGRESS', failure.reason);
      else this.record(token, { ...ENDPOINT, ResourceType: failure.type }, 'UPDATE_FAILED', failure.reason);
      this.record(token, { ...ENDPOINT, LogicalResourceId: 'Other' }, 'UPDATE_FAILED', 'Resource update cancelled');
      this.setStack({ status: 'UPDATE_ROLLBACK_IN_PROGRESS', ...after });
      await this.sleep(this.updateMs);
      const status = this.isRollbackFailing ? 'UPDATE_ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_COMPLETE';
      await this.endUpdate(token, status, before);
    }
    this.pending--;
  }

  private failureOf(update: Update): { readonly reason: string; readonly type: string } | undefined {
    if (update.result === 'cancelled') return { reason: 'User Initiated', type: 'cancelled' };
    const reason = this.otherFailures.shift();
    if (reason !== undefined) {
      update.result = 'other failure';
      return { reason, type: 'AWS::SageMaker::Endpoint' };
    }
    const failure = update.added.map((arn) => this.broken.get(arn)).find((one) => one !== undefined);
    if (failure !== undefined) update.result = 'version failed';
    return failure;
  }

  private async endUpdate(
    token: string | undefined,
    status: string,
    hosted: Pick<StackState, 'released' | 'shadow'>,
  ): Promise<void> {
    if (status.endsWith('COMPLETE')) {
      this.setStack({ status: `${status}_CLEANUP_IN_PROGRESS`, ...hosted });
      this.record(token, STACK, `${status}_CLEANUP_IN_PROGRESS`);
      await this.sleep(this.cleanupMs);
    }
    this.record(token, STACK, status);
    this.setStack({ status, ...hosted });
  }

  private record(
    token: string | undefined,
    resource: Resource,
    ResourceStatus: string,
    ResourceStatusReason?: string,
  ): void {
    this.events.push({
      Timestamp: new Date(this.clock),
      ClientRequestToken: token,
      ...resource,
      ResourceStatus,
      ResourceStatusReason,
    });
  }

  private serve(arn: string): void {
    this.served.add(arn);
    if (arn !== 'none') this.hasReleased = true;
  }

  private after(milliseconds: number, act: () => void): void {
    this.pending++;
    const ring = (): void => {
      this.pending--;
      act();
    };
    this.timers.push({ at: this.clock + milliseconds, ring });
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((ring) => this.timers.push({ at: this.clock + milliseconds, ring }));
  }

  private async advance(isDone: () => boolean): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone()) return;
      let next = 0;
      this.timers.forEach(({ at }, index) => (next = at < this.timers[next].at ? index : next));
      const [timer] = this.timers.splice(next, 1);
      if (timer === undefined) throw new Error('Nothing happens any more');
      this.clock = Math.max(this.clock, timer.at);
      timer.ring();
    }
  }
}

type Resource = Pick<StackEvent, 'ResourceType' | 'LogicalResourceId' | 'PhysicalResourceId'>;
const STACK: Resource = {
  ResourceType: 'AWS::CloudFormation::Stack',
  LogicalResourceId: 'hosting',
  PhysicalResourceId: STACK_ID,
};
const ENDPOINT: Resource = {
  ResourceType: 'AWS::SageMaker::Endpoint',
  LogicalResourceId: 'Endpoint',
  PhysicalResourceId: 'churn',
};

type Condition = Pick<UpdateItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>;

/** Throws the error of Amazon DynamoDB if an item does not fulfil a condition. */
function require(
  item: Item,
  { ConditionExpression: condition, ExpressionAttributeValues: values = {} }: Condition,
): void {
  if (condition === undefined) return;
  const valueOf = (value?: AttributeValue): unknown =>
    value?.S ?? value?.BOOL ?? (value?.N === undefined ? undefined : Number(value.N));
  let text = condition
    .replace(/attribute_not_exists\((\w+)\)/g, (_, name: string) => String(item[name] === undefined))
    .replace(/(\w+) (=|<=) (:\w+)/g, (_, name: string, operator: string, value: string) => {
      const [left, right] = [valueOf(item[name]), valueOf(values[value])] as never[];
      return String(left !== undefined && (operator === '=' ? left === right : left <= right));
    });
  for (let before = ''; text !== before;) {
    before = text;
    text = text
      .replace(/\((true|false)\)/, '$1')
      .replace(/(true|false) AND (true|false)/, (_, a, b) => String(a === 'true' && b === 'true'));
    if (text === before)
      text = text.replace(/(true|false) OR (true|false)/, (_, a, b) => String(a === 'true' || b === 'true'));
  }
  if (text === 'false') throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed');
  if (text !== 'true') throw new Error(`The simulation does not support ${condition}`);
}
