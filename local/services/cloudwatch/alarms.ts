import type { AlarmHistoryItem, HistoryItemType, MetricDataQuery, StateValue } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import { AccessDenied } from '../iam';
import type { Store } from '../store';
import type { Wire } from '../wire/record';
import { type Alarm, type Datapoint, type Evaluation, evaluate, evaluationRange, queriesOf } from './alarm';
import { alarmStateChangeOf } from './state-change';
import type { Metrics } from './metrics';
import { Queries } from './queries';

/** The intervals of the evaluations: of alarms with a period of less than a minute, and of the others. */
const FINE_MS = 10_000;
const COARSE_MS = 60_000;

/** CloudWatch keeps the history for 30 days. */
const MAX_HISTORY_ITEMS = 1000;

const ACTIONS = { ALARM: 'AlarmActions', OK: 'OKActions', INSUFFICIENT_DATA: 'InsufficientDataActions' } as const;

/** Carries out an action of an alarm that has a new state, or, with `isRepeated`, is still in this state. */
export type AlarmAction = (arn: string, alarm: Alarm, change: StateChange) => void;

export interface StateChange {
  readonly before: StateValue;
  readonly isRepeated: boolean;

  /** The value of the last period; undefined if there is none, or if the state was set. */
  readonly value?: number;
}

interface NewState extends Evaluation {
  readonly data?: string;
  readonly value?: number;
}

type HistoryItem = Wire<AlarmHistoryItem>;

/** The alarms, which evaluate their metrics in every period of the clock of the service. */
export class Alarms {
  private readonly store: Store<Alarm>;
  private readonly histories: Store<HistoryItem[]>;
  private readonly actions = new Map<string, AlarmAction>();
  private readonly closed = new AbortController();

  constructor(
    private readonly context: Context,
    private readonly metrics: Metrics,
  ) {
    this.store = context.store<Alarm>('alarms');
    this.histories = context.store<HistoryItem[]>('alarm-histories');
  }

  /** Carries out the actions whose ARNs contain the name of a service. */
  public onAction(service: string, action: AlarmAction): void {
    this.actions.set(service, action);
  }

  /** The alarms among the given ones that are in the state ALARM. Names of alarms that do not exist are ignored. */
  public alarmsInAlarm(names: readonly string[]): string[] {
    return names.filter((name) => this.store.get(name)?.StateValue === 'ALARM');
  }

  public list(): Alarm[] {
    return this.store.list();
  }

  public find(name: string): Alarm | undefined {
    return this.store.get(name);
  }

  public history(name: string): HistoryItem[] {
    return this.histories.get(name) ?? [];
  }

  /** All history items, also those of alarms that were deleted. */
  public allHistory(): HistoryItem[] {
    return this.histories.list().flat();
  }

  /** Creates an alarm, or replaces its configuration. The state of an existing alarm does not change. */
  public put(configuration: Omit<Wire<Partial<Alarm>>, 'AlarmName'> & { readonly AlarmName: string }): Alarm {
    const { AlarmName } = configuration;
    const now = this.seconds();
    const existing = this.store.get(AlarmName);
    const state = existing ?? {
      StateValue: 'INSUFFICIENT_DATA' as const,
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: now,
      StateTransitionedTimestamp: now,
    };
    const {
      StateValue: value,
      StateReason,
      StateReasonData,
      StateUpdatedTimestamp,
      StateTransitionedTimestamp,
    } = state as Alarm;
    const alarm = this.store.put(AlarmName, {
      ActionsEnabled: true,
      ...configuration,
      AlarmArn: this.context.arn('cloudwatch', `alarm:${AlarmName}`),
      AlarmConfigurationUpdatedTimestamp: now,
      ...{ StateValue: value, StateReason, StateReasonData, StateUpdatedTimestamp, StateTransitionedTimestamp },
    });
    const verb = existing === undefined ? 'created' : 'updated';
    this.record(alarm, 'ConfigurationUpdate', `Alarm "${AlarmName}" ${verb}`, {
      type: verb === 'created' ? 'Create' : 'Update',
    });
    return alarm;
  }

  public delete(name: string): void {
    const alarm = this.store.get(name);
    if (alarm === undefined) return;
    this.store.delete(name);
    this.record(alarm, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { type: 'Delete' });
  }

  public enableActions(name: string, ActionsEnabled: boolean): void {
    if (this.store.get(name) === undefined) return;
    this.store.update(name, { ActionsEnabled });
  }

  /** Sets the state until the next evaluation. */
  public setState(name: string, state: NewState): void {
    const alarm = this.store.get(name);
    if (alarm === undefined) throw new ServiceError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
    this.change(alarm, state);
  }

  /** Evaluates the alarms until the service is closed. */
  public async run(): Promise<void> {
    for (;;) {
      const isFine = this.store.list().some((alarm) => intervalOf(alarm) === FINE_MS);
      const time = await this.context.clock
        .tick(isFine ? FINE_MS : COARSE_MS, this.closed.signal)
        .catch(() => undefined);
      if (time === undefined) return;
      for (const alarm of this.store.list()) {
        if (time % intervalOf(alarm) === 0) this.evaluate(alarm, time);
      }
    }
  }

  public close(): void {
    this.closed.abort();
  }

  private evaluate(alarm: Alarm, time: number): void {
    const range = this.datapoints(alarm, time);
    const { state, reason } = evaluate(alarm, range);
    const value = range.at(-1)?.value;
    if (state !== alarm.StateValue) this.change(alarm, { state, reason, value });
    else this.act(alarm, { before: state, isRepeated: true, value });
  }

  /** The values of the periods up to a time. */
  private datapoints(alarm: Alarm, end: number): Datapoint[] {
    const queries = queriesOf(alarm);
    const id = returned(queries);
    const all = new Queries(queries);
    const period = all.periodOf(id);
    const count = evaluationRange(alarm);
    const start = end - count * period;
    const values = all.values(this.metrics, id, () => ({ start, end }));
    return Array.from({ length: count }, (_, index) => start + index * period).map((time) => ({
      time,
      value: values.get(time),
    }));
  }

  private change(before: Alarm, { state, reason, data, value }: NewState): void {
    const now = this.seconds();
    const isTransition = state !== before.StateValue;
    const alarm = this.store.update(before.AlarmName, {
      StateValue: state,
      StateReason: reason.slice(0, 1023),
      StateReasonData: data,
      StateUpdatedTimestamp: now,
      ...(isTransition && { StateTransitionedTimestamp: now }),
    });
    if (!isTransition) return;
    this.record(alarm, 'StateUpdate', `Alarm updated from ${before.StateValue} to ${state}`, {
      oldState: { stateValue: before.StateValue, stateReason: before.StateReason },
      newState: { stateValue: state, stateReason: alarm.StateReason },
    });
    this.context.events.publish('serviceEvent', alarmStateChangeOf(before, alarm));
    this.act(alarm, { before: before.StateValue, isRepeated: false, value });
  }

  private act(alarm: Alarm, change: StateChange): void {
    if (alarm.ActionsEnabled !== true) return;
    for (const arn of alarm[ACTIONS[alarm.StateValue]] ?? []) {
      const failure = this.carryOut(arn, alarm, change);
      if (change.isRepeated) continue;
      const [summary, actionState] =
        failure === undefined
          ? [`Successfully executed action ${arn}`, 'Succeeded']
          : [`Failed to execute action ${arn}: ${failure}`, 'Failed'];
      this.record(alarm, 'Action', summary, { actionState, stateUpdateTimestamp: alarm.StateUpdatedTimestamp });
    }
  }

  /** Returns why an action has failed; undefined if it has succeeded. */
  private carryOut(arn: string, alarm: Alarm, change: StateChange): string | undefined {
    const action = this.actions.get(arn.split(':')[2]);
    if (action === undefined) return notSupported('cloudwatch', 'the action');
    try {
      return void action(arn, alarm, change);
    } catch (error) {
      if (error instanceof AccessDenied) return error.message;
      throw error;
    }
  }

  private record({ AlarmName }: Alarm, type: HistoryItemType, HistorySummary: string, data: object): void {
    const item: HistoryItem = {
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: this.seconds(),
      HistoryItemType: type,
      HistorySummary: HistorySummary.slice(0, 255),
      HistoryData: JSON.stringify({ version: '1.0', ...data }),
    };
    this.histories.put(AlarmName, [...this.history(AlarmName), item].slice(-MAX_HISTORY_ITEMS));
  }

  private seconds(): number {
    return this.context.clock.now() / 1000;
  }
}

/** The ID of the query whose values an alarm evaluates. */
function returned(queries: readonly MetricDataQuery[]): string {
  return queries.find(({ ReturnData = true }) => ReturnData)?.Id ?? '';
}

function intervalOf(alarm: Alarm): number {
  const queries = queriesOf(alarm);
  return new Queries(queries).periodOf(returned(queries)) < COARSE_MS ? FINE_MS : COARSE_MS;
}
