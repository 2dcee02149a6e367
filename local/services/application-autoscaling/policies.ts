import type { PutScalingPolicyRequest, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { randomUUID } from 'node:crypto';
import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { type Alarm, type Alarms, type StateChange, putMetricAlarm } from '../cloudwatch';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Wire } from '../wire/record';
import type { TargetId } from './dimensions';
import { checkSteps, steppedCapacity } from './step-scaling';
import { type ScalableTargets, type Target, keyOf } from './targets';
import { trackedCapacity, trackingAlarms } from './target-tracking';

/** The record of a scaling policy, as DescribeScalingPolicies returns it. */
export type Policy = Wire<ScalingPolicy> & TargetId & { readonly PolicyName: string; readonly PolicyARN: string };

/** The default of cooldowns for SageMaker. */
const DEFAULT_COOLDOWN_SECONDS = 300;

/** The policies that scale a target when alarms are in ALARM. */
export class ScalingPolicies {
  private readonly store: Store<Policy>;

  constructor(
    private readonly context: Context,
    private readonly alarms: Alarms,
    private readonly targets: ScalableTargets,
  ) {
    this.store = context.store<Policy>('scaling-policies');
    alarms.onAction('autoscaling', (arn, alarm, change) => this.scale(arn, alarm, change));
  }

  public list(): Policy[] {
    return this.store.list();
  }

  public put(input: Wire<PutScalingPolicyRequest>): Policy {
    const { PolicyName = '', ResourceId = '', ScalableDimension = '' } = input;
    const target = this.targets.existing({ ResourceId, ScalableDimension });
    const before = this.of(target).find((policy) => policy.PolicyName === PolicyName);
    const { PolicyType = before?.PolicyType ?? 'StepScaling' } = input;
    const { StepScalingPolicyConfiguration: step, TargetTrackingScalingPolicyConfiguration: tracking } = input;
    checkPolicy(PolicyType, input);
    const PolicyARN = before?.PolicyARN ?? this.arnOf(target, PolicyName);
    const policy = {
      ...{ PolicyARN, PolicyName, ServiceNamespace: 'sagemaker' as const, ResourceId, PolicyType },
      ScalableDimension: ScalableDimension as Policy['ScalableDimension'],
      StepScalingPolicyConfiguration: step,
      TargetTrackingScalingPolicyConfiguration: tracking,
      CreationTime: before?.CreationTime ?? this.context.clock.now() / 1000,
    };
    const alarms = this.putAlarms(policy, before?.Alarms ?? []);
    return this.store.put(PolicyARN, { ...policy, Alarms: alarms });
  }

  public delete(id: TargetId, name: string): void {
    const policy = this.of(id).find(({ PolicyName }) => PolicyName === name);
    if (policy === undefined) {
      throw new ServiceError('ObjectNotFoundException', `No scaling policy found for policy name: ${name}`);
    }
    this.remove(policy);
  }

  public deleteAll(id: TargetId): void {
    this.of(id).forEach((policy) => this.remove(policy));
  }

  public find(arn: string): Policy | undefined {
    return this.store.get(arn);
  }

  private of(id: TargetId): Policy[] {
    return this.store.list().filter((policy) => keyOf(policy) === keyOf(id));
  }

  private remove({ PolicyARN, Alarms: alarms = [], PolicyType }: Policy): void {
    this.store.delete(PolicyARN);
    if (PolicyType === 'TargetTrackingScaling') alarms.forEach(({ AlarmName = '' }) => this.alarms.delete(AlarmName));
  }

  /** Creates or updates the alarms of a target tracking policy. Their names remain the same. */
  private putAlarms(policy: Policy, before: Alarmed[]): Alarmed[] {
    const { TargetTrackingScalingPolicyConfiguration: configuration, ResourceId, PolicyARN } = policy;
    if (configuration === undefined) return [];
    const { high, low } = trackingAlarms(policy, configuration);
    const put = (level: 'AlarmHigh' | 'AlarmLow', alarm: PutMetricAlarmInput): Alarmed => {
      const { AlarmName = `TargetTracking-${ResourceId}-${level}-${randomUUID()}` } =
        before.find(({ AlarmName: name = '' }) => name.includes(`-${level}-`)) ?? {};
      putMetricAlarm(this.alarms, {
        ...(alarm as Wire<PutMetricAlarmInput>),
        AlarmName,
        AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${PolicyARN}.`,
        AlarmActions: [PolicyARN],
      });
      return { AlarmName, AlarmARN: this.alarms.find(AlarmName)?.AlarmArn };
    };
    const alarms = [put('AlarmHigh', high), ...(low === undefined ? [] : [put('AlarmLow', low)])];
    const stale = before.filter(({ AlarmName }) => !alarms.some((alarm) => alarm.AlarmName === AlarmName));
    stale.forEach(({ AlarmName = '' }) => this.alarms.delete(AlarmName));
    return alarms;
  }

  /** Scales the target of a policy, whose alarm is in ALARM. */
  private scale(arn: string, alarm: Alarm, change: StateChange): void {
    const policy = this.store.get(arn);
    const target = policy && this.targets.find(policy);
    if (policy === undefined || target === undefined) return;
    const cause = `monitor alarm ${alarm.AlarmName} in state ${alarm.StateValue} triggered policy ${policy.PolicyName}`;
    if (policy.PolicyType === 'StepScaling') this.step(policy, target, alarm, change, cause);
    else this.track(policy, target, alarm, change, cause);
  }

  private step(
    policy: Policy,
    target: Target,
    { Threshold = 0 }: Alarm,
    { value = Threshold }: StateChange,
    cause: string,
  ): void {
    const { StepScalingPolicyConfiguration: configuration = {} } = policy;
    const { Cooldown = DEFAULT_COOLDOWN_SECONDS } = configuration;
    const capacityFrom = (current: number): number => steppedCapacity(configuration, current, value - Threshold);
    const current = this.targets.capacity(target);
    if (current === undefined) return;
    if (capacityFrom(current) >= current) this.scaleOut(target, current, capacityFrom, Cooldown, cause);
    else this.scaleIn(target, current, capacityFrom, Cooldown, cause);
  }

  private track(policy: Policy, target: Target, alarm: Alarm, { value }: StateChange, cause: string): void {
    const { TargetTrackingScalingPolicyConfiguration: configuration = { TargetValue: undefined } } = policy;
    const { TargetValue = 1, ScaleOutCooldown, ScaleInCooldown } = configuration;
    const current = this.targets.capacity(target);
    if (value === undefined || current === undefined) return;
    const capacityFrom = (from: number): number => trackedCapacity(from, value, TargetValue);
    const [high] = policy.Alarms ?? [];
    if (alarm.AlarmName === high.AlarmName) {
      this.scaleOut(target, current, capacityFrom, ScaleOutCooldown ?? DEFAULT_COOLDOWN_SECONDS, cause);
    } else if (this.of(target).every((other) => this.allowsScaleIn(other))) {
      this.scaleIn(target, current, capacityFrom, ScaleInCooldown ?? DEFAULT_COOLDOWN_SECONDS, cause);
    }
  }

  /** Whether a policy would remove capacity too: capacity is only removed if all policies that track a target agree. */
  private allowsScaleIn({ Alarms: [, low] = [] }: Policy): boolean {
    return low === undefined || this.alarms.alarmsInAlarm([low.AlarmName ?? '']).length > 0;
  }

  /** During the cooldown, only a larger scale-out than the previous one adds capacity. */
  private scaleOut(target: Target, current: number, capacityFrom: CapacityFrom, cooldown: number, cause: string): void {
    if (target.SuspendedState?.DynamicScalingOutSuspended === true) return;
    const { out } = this.targets.lastChanges(target);
    const isCoolingDown = out !== undefined && this.context.clock.now() < out.time + cooldown * 1000;
    const from = isCoolingDown ? out.from : current;
    const desired = capacityFrom(from);
    if (desired > current) this.targets.scale(target, desired, cause, from);
  }

  private scaleIn(target: Target, current: number, capacityFrom: CapacityFrom, cooldown: number, cause: string): void {
    if (target.SuspendedState?.DynamicScalingInSuspended === true) return;
    const last = this.targets.lastChanges(target).in;
    if (last !== undefined && this.context.clock.now() < last.time + cooldown * 1000) return;
    const desired = capacityFrom(current);
    if (desired < current) this.targets.scale(target, desired, cause);
  }

  private arnOf({ ResourceId }: TargetId, name: string): string {
    const { region, account } = this.context;
    const resource = `resource/sagemaker/${ResourceId}:policyName/${name}`;
    return `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:${resource}`;
  }
}

function checkPolicy(type: string, input: Wire<PutScalingPolicyRequest>): void {
  if (type !== 'StepScaling' && type !== 'TargetTrackingScaling') {
    throw validationError(notSupported('application-auto-scaling', `the policy type ${type}`));
  }
  const member = `${type}PolicyConfiguration` as const;
  const configuration = input[member];
  if (configuration === undefined) throw validationError(`${member} is required for ${type}.`);
  if (type === 'StepScaling') checkSteps(input.StepScalingPolicyConfiguration ?? {});
}

type Alarmed = NonNullable<Policy['Alarms']>[number];

/** The capacity that a policy wants, instead of the current one. */
type CapacityFrom = (current: number) => number;
