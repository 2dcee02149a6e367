import type { Resource } from '../check/app/assembly';
import { type Known, at, combined, list, number, product, sum, text } from '../check/app/values';
import { type Endpoint, duringUpdate } from './endpoints';
import { type Job, jobCount } from './jobs';

/** A service quota of Amazon SageMaker AI, which is applied to each account and region. */
export interface Quota {
  /** The name in Service Quotas. */
  readonly name: string;

  /** Undefined if it is unknown: the AWS CLI finds it by the name. */
  readonly code?: string;

  /** The amount without which a job or an endpoint is rejected: the largest job, or the endpoints after the deployment. */
  readonly atLeast: Known<number>;

  /** The amount if all jobs run at the same time, and all endpoints have their maximum capacity while they are updated. */
  readonly atMost: Known<number>;
}

/**
 * The codes of quotas that do not depend on an instance type, as public repositories on GitHub use them together with the name of the quota: that
 * of processing jobs in one project, the others in at least two. The about 1,500 codes for instance types are not part of this table.
 */
const CODES: Record<string, string | undefined> = {
  'Number of instances across all training jobs': 'L-00C91CB5',
  'Number of instances across all processing jobs': 'L-F311B08F',
  'Number of instances across all transform jobs': 'L-60D2A6F0',
  'Number of instances across active endpoints': 'L-7A3DF611',
  'Maximum total concurrency that can be allocated across all serverless endpoints': 'L-96300102',
};

/** The amount of a quota that one job or endpoint needs. */
interface Demand {
  readonly name: string;
  readonly amount: Known<number>;

  /** The amount at most, which is that of `amount` for a job. */
  readonly peak: Known<number>;

  /** Whether it is used all the time, together with all other demands. */
  readonly isPermanent: boolean;
}

export function quotasOf(jobs: Job[], endpoints: Endpoint[], resources: Resource[]): Quota[] {
  const demands = [
    ...jobs.flatMap(demandsOfJob),
    ...endpoints.flatMap(demandsOfEndpoint),
    ...demandsOfOthers(resources),
  ];
  const names = [...new Set(demands.map(({ name }) => name))].sort(byInstanceTypeFirst);
  return names.map((name) => {
    const own = demands.filter((demand) => demand.name === name);
    const code = CODES[name];
    const permanent = own.filter(({ isPermanent }) => isPermanent).map(({ amount }) => amount);
    const single = own.filter(({ isPermanent }) => !isPermanent).map(({ amount }) => amount);
    return {
      name,
      ...(code === undefined ? {} : { code }),
      atLeast: combined([combined(permanent, sum), combined(single, (all) => Math.max(0, ...all))], sum),
      atMost: combined(
        own.map(({ peak }) => peak),
        sum,
      ),
    };
  });
}

/** The quotas of instance types, and after them those of all instances. */
function byInstanceTypeFirst(a: string, b: string): number {
  const rank = (name: string): string => `${name.startsWith('ml.') ? 0 : 1}${name}`;
  return rank(a) < rank(b) ? -1 : 1;
}

const NOUNS = { training: 'training', tuning: 'training', transform: 'transform', processing: 'processing' } as const;

function demandsOfJob(job: Job): Demand[] {
  const parallel = jobCount(job, 'parallel');
  const amounts = job.instances.map(({ type, count, usesSpot = false }) => ({
    type: typeName(type),
    noun: `${usesSpot ? 'spot ' : ''}${NOUNS[job.kind]}`,
    amount: combined([count, parallel], product),
  }));
  const inAllJobs = [...new Set(amounts.map(({ noun }) => noun))].map((noun) => {
    const own = amounts.filter((one) => one.noun === noun).map(({ amount }) => amount);
    return demand(
      `Number of instances across all ${noun} jobs`,
      combined(own, job.isOneOf === true ? (each) => Math.max(...each) : sum),
    );
  });
  const isKept = job.keepAliveSeconds !== undefined;
  return [
    ...amounts.map(({ type, noun, amount }) => demand(`${type} for ${noun} job usage`, amount)),
    ...inAllJobs,
    ...(isKept ? amounts : []).map(({ type, amount }) => demand(`${type} for training warm pool usage`, amount)),
  ];
}

/** The start of the name of a quota. */
function typeName(type: Known<string>): string {
  return type ?? 'ml.…';
}

function demand(name: string, amount: Known<number>): Demand {
  return { name, amount, peak: amount, isPermanent: false };
}

function demandsOfEndpoint(endpoint: Endpoint): Demand[] {
  return endpoint.variants.flatMap(({ instances, maxConcurrency }): Demand[] => {
    if (instances === undefined) {
      const name = 'Maximum total concurrency that can be allocated across all serverless endpoints';
      return [{ ...demand(name, maxConcurrency ?? null), isPermanent: true }];
    }
    const { types, count, max } = instances;
    const largest = combined([count, max], (both) => Math.max(...both));
    const amounts = { amount: count, peak: duringUpdate(endpoint, largest), isPermanent: true };
    return [
      ...types.map((type) => ({ name: `${typeName(type)} for endpoint usage`, ...amounts })),
      { name: 'Number of instances across active endpoints', ...amounts },
    ];
  });
}

/** Notebook instances and clusters, which have the instances all the time. */
function demandsOfOthers(resources: Resource[]): Demand[] {
  const notebooks = resources
    .filter(({ type }) => type === 'AWS::SageMaker::NotebookInstance')
    .flatMap(({ properties }) => [
      demand(`${typeName(text(properties.InstanceType))} for notebook instance usage`, 1),
      demand('Total number of notebook instances', 1),
    ]);
  const clusters = resources
    .filter(({ type }) => type === 'AWS::SageMaker::Cluster')
    .flatMap(({ properties }) =>
      list(properties.InstanceGroups).flatMap((group) => {
        const count = number(at(group, 'InstanceCount'));
        return [
          demand(`${typeName(text(at(group, 'InstanceType')))} for cluster usage`, count),
          demand('Total number of instances allowed across SageMaker HyperPod clusters', count),
        ];
      }),
    );
  return [...notebooks, ...clusters].map((one) => ({ ...one, isPermanent: true }));
}
