import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../../aws-model/service-error';
import type { Clock } from '../../clock';
import type { Alarms } from '../../cloudwatch';
import type { Wire } from '../../wire/record';
import type { Fleet, InstanceCounts } from './fleet';

interface Size {
  readonly Type?: string;
  readonly Value?: number;
}

/** The deployment configuration of an endpoint or an inference component. */
export interface DeploymentConfiguration extends Omit<Wire<DeploymentConfig>, 'RollingUpdatePolicy'> {
  readonly RollingUpdatePolicy?: {
    readonly MaximumBatchSize?: Size;
    readonly WaitIntervalInSeconds?: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
}

/** How an update replaces a fleet. */
interface Policy {
  /** The instances are replaced in batches. Otherwise, all new ones start before the first request goes to them. */
  readonly isRolling: boolean;

  /** The shares of the traffic that go to the new fleet, one after the other. */
  readonly shares: number[];

  /** The baking period after each step, and the time after the last one before the old instances are terminated. */
  readonly waitSeconds: number;
  readonly terminationWaitSeconds: number;
  readonly timeoutSeconds?: number;
  readonly alarms: string[];
}

/** The stage of a deployment, as DescribeEndpoint returns it. */
export type Stage = 'Creating' | 'ActivatingTraffic' | 'Baking';

interface Services {
  readonly clock: Clock;
  readonly alarms: Alarms;
}

/** The fleets of a deployment, and the instance counts of their variants. */
export interface Fleets {
  readonly old?: Fleet;
  readonly oldCounts: InstanceCounts;
  readonly next: Fleet;
  readonly nextCounts: InstanceCounts;
}

/** How often the alarms are evaluated. */
const CHECK_MS = 10_000;

/** The longest time that a deployment without alarms waits: nothing could happen in that time that rolls it back. */
const UNWATCHED_WAIT_MS = 500;

const WATCHED =
  'Alarms can roll back this update: its waiting times pass as on AWS. `byoa local advance` moves the time forward.';

/** The replacement of a fleet by another one, as the deployment configuration specifies it. */
export class Deployment {
  public readonly start: number;
  public stage: Stage = 'Creating';
  public stageStart: number;

  /** The share of the requests that goes to the new fleet. */
  public share = 0;
  private readonly policy: Policy;

  constructor(
    private readonly services: Services,
    config: DeploymentConfiguration | undefined,
    counts: InstanceCounts,
  ) {
    this.policy = policyOf(
      config,
      Object.values(counts).reduce((sum, count) => sum + count, 0),
    );
    this.start = this.stageStart = services.clock.now();
  }

  /** Notes for the user: about the waiting times of an update with alarms, and about alarms that have no effect. */
  public get notes(): string[] {
    const unknown = this.policy.alarms.filter((name) => this.services.alarms.find(name) === undefined);
    return [
      ...(this.isWatched ? [WATCHED] : []),
      ...unknown.map((name) => `The alarm "${name}" does not exist: it cannot roll back this update.`),
    ];
  }

  /** Whether alarms can roll back the deployment. Only then are its waiting times not shortened. */
  private get isWatched(): boolean {
    return this.policy.alarms.length > 0;
  }

  /**
   * Replaces the old fleet.
   * @throws an error if the deployment has to be rolled back
   */
  public async run(fleets: Fleets, stop: AbortSignal): Promise<void> {
    const { shares, waitSeconds, terminationWaitSeconds } = this.policy;
    if (fleets.old === undefined) return fleets.next.scaleTo(fleets.nextCounts);
    fleets.next.checkAlarms(this.policy.alarms);
    for (const share of shares) {
      this.enter('Creating');
      await this.startInstances(fleets, share);
      this.enter('ActivatingTraffic');
      this.share = share;
      await this.bake(waitSeconds, stop);
      if (this.policy.isRolling) await fleets.old.scaleTo(scaled(fleets.oldCounts, 1 - share, Math.floor));
    }
    await this.bake(terminationWaitSeconds, stop);
  }

  /** Restores the instances that a rolling deployment has replaced. */
  public async rollBack({ old, oldCounts }: Fleets): Promise<void> {
    if (this.policy.isRolling) await old?.scaleTo(oldCounts);
  }

  private startInstances({ next, nextCounts }: Fleets, share: number): Promise<void> {
    return next.scaleTo(this.policy.isRolling ? scaled(nextCounts, share, Math.ceil) : nextCounts);
  }

  private async bake(seconds: number, stop: AbortSignal): Promise<void> {
    const { clock } = this.services;
    this.enter('Baking');
    const end = clock.now() + (this.isWatched ? seconds * 1000 : Math.min(seconds * 1000, UNWATCHED_WAIT_MS));
    for (;;) {
      this.check();
      const left = end - clock.now();
      if (left <= 0) return;
      await clock.wait(Math.min(left, CHECK_MS), stop);
    }
  }

  private check(): void {
    const { clock, alarms } = this.services;
    const inAlarm = alarms.alarmsInAlarm(this.policy.alarms);
    if (inAlarm.length > 0) {
      throw new Error(`The deployment was rolled back, because these alarms are in ALARM: ${inAlarm.join(', ')}.`);
    }
    const { timeoutSeconds = Infinity } = this.policy;
    if (clock.now() - this.start > timeoutSeconds * 1000) {
      throw new Error(`The deployment was rolled back, because it took longer than ${timeoutSeconds} seconds.`);
    }
  }

  private enter(stage: Stage): void {
    this.stage = stage;
    this.stageStart = this.services.clock.now();
  }
}

/** Validates a deployment configuration. */
export function checkDeployment(config: DeploymentConfiguration | undefined): void {
  policyOf(config, 1);
}

function policyOf(config: DeploymentConfiguration = {}, instanceCount: number): Policy {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling, AutoRollbackConfiguration } = config;
  if (blueGreen !== undefined && rolling !== undefined) {
    throw validationError('A deployment has either a BlueGreenUpdatePolicy or a RollingUpdatePolicy.');
  }
  const { TrafficRoutingConfiguration: routing } = blueGreen ?? {};
  const share = (member: string, size: Size | undefined): number => {
    if (size === undefined) throw validationError(`${member} is required for this deployment.`);
    const value = size.Value ?? 0;
    return Math.min(size.Type === 'CAPACITY_PERCENT' ? value / 100 : value / instanceCount, 1);
  };
  const shares = (): number[] => {
    if (rolling !== undefined) return equalSteps(share('MaximumBatchSize', rolling.MaximumBatchSize));
    if (routing?.Type === 'LINEAR') return equalSteps(share('LinearStepSize', routing.LinearStepSize));
    return routing?.Type === 'CANARY' ? [share('CanarySize', routing.CanarySize), 1] : [1];
  };
  return {
    isRolling: rolling !== undefined,
    shares: shares(),
    waitSeconds: (rolling ?? routing)?.WaitIntervalInSeconds ?? 0,
    terminationWaitSeconds: blueGreen?.TerminationWaitInSeconds ?? 0,
    timeoutSeconds: (rolling ?? blueGreen)?.MaximumExecutionTimeoutInSeconds,
    alarms: (AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName = '' }) => AlarmName),
  };
}

/** The shares up to 1, with the same difference between them. */
function equalSteps(step: number): number[] {
  const count = Math.ceil(1 / step);
  return Array.from({ length: count }, (_, index) => Math.min(step * (index + 1), 1));
}

function scaled(counts: InstanceCounts, share: number, round: (count: number) => number): InstanceCounts {
  // Three steps of 0.1 are not exactly 0.3.
  const of = (count: number): number => round(Number((count * share).toFixed(6)));
  return Object.fromEntries(Object.entries(counts).map(([variant, count]) => [variant, of(count)]));
}
