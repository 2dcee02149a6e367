import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Tag } from '@aws-sdk/client-sagemaker';
import type { JobRequests } from '../contract';
import { JobFailure, ensureJob } from '../jobs/ensure';
import { JobService } from '../jobs/job-service';
import { processing } from '../jobs/kinds';
import { baseName, hash } from '../jobs/names';
import { createHash, resourceHash } from '../jobs/owners';
import { releaseAttempts } from '../jobs/release';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { ComparisonJob, ComparisonValues, Release, ShadowTest } from '../release-contract';
import { evaluate } from '../workflow/evaluate';
import { fill } from '../workflow/fill';
import { decide } from '../workflow/gate';
import { objectIn } from '../workflow/object';
import { listFiles } from './captured-data';
import type { Dependencies } from './dependencies';
import type { StartedComparison, Test } from './record';

/** The state of a comparison by a job. */
export type JobComparison =
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'completed'; readonly isPassed: boolean; readonly metric: number; readonly reason: string };

/** The time after which a job that has failed is tried again. */
const RETRY_MS = 24 * 60 * 60_000;

/** The deployment, and the test of a version by it. */
type Tested = Pick<Release, 'Name'> & { readonly test: Test };

/** Writes the manifests with which the job downloads what was captured of the two variants since the start of a test. */
export async function writeManifests(
  { Bucket, ProductionPrefix, ShadowPrefix }: ShadowTest,
  { Manifests }: ComparisonJob,
  tested: Tested,
  since: number,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const { ProductionManifest, ShadowManifest } = manifestsOf(Manifests, tested, since);
  for (const [prefix, uri] of [
    [ProductionPrefix, ProductionManifest],
    [ShadowPrefix, ShadowManifest],
  ]) {
    const files = await listFiles(Bucket, prefix, tested.test.since, dependencies, deadline);
    const manifest = [{ prefix: `s3://${Bucket}/${prefix}` }, ...files.map(({ key }) => key.slice(prefix.length))];
    const object = { ...objectIn(uri), Body: JSON.stringify(manifest), ContentType: 'application/json' };
    await retry(dependencies, deadline, isTemporary, () => dependencies.s3.send(new PutObjectCommand(object)));
  }
}

/** Runs the job, unless it exists, and reads its result. A job that has failed is tried again a day later. */
export async function runComparison(
  job: ComparisonJob,
  tested: Tested,
  comparison: StartedComparison,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<JobComparison> {
  const service = new JobService(processing, dependencies, deadline);
  const now = dependencies.now();
  const event = eventOf(job, attemptsUntil(now, comparison));
  const values: Omit<ComparisonValues, 'JobName'> = {
    ...manifestsOf(job.Manifests, tested, comparison.since),
    StartTime: timeOf(tested.test.since),
    EndTime: timeOf(comparison.since),
  };
  try {
    const { name: JobName, found } = await ensureJob(service, {
      base: baseOf(job, tested, comparison),
      identity: job.Request,
      owner: { resource: ownerOf(tested), create: event, since: now },
      event,
      userTags: JSON.parse(job.Tags) as Tag[],
      request: (name) => fill<JobRequests['processing']>(job.Request, { ...values, JobName: name }),
    });
    const current = found ?? (await service.findCreated(JobName));
    if (current?.state !== 'Completed') return { state: 'running' };
    return { state: 'completed', ...(await resultOf(job, JobName, dependencies, deadline)) };
  } catch (error) {
    // These errors require a person. All others are errors of the step, which is repeated.
    const { name, message } = error as Error;
    if (!(error instanceof JobFailure) && !FINAL_ERRORS.includes(name)) throw error;
    return { state: 'failed', reason: message };
  }
}

/** The errors of a report that is missing or has no metric, and of a request that SageMaker refuses. */
const FINAL_ERRORS = ['EvaluationFailed', 'ValidationException', 'ResourceLimitExceeded'];

async function resultOf(
  { Metric, ObjectiveType, Threshold, Report }: ComparisonJob,
  JobName: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<{ isPassed: boolean; metric: number; reason: string }> {
  const { metric, report } = await evaluate(Metric, { Report, JobName }, dependencies, deadline);
  const { isAccepted, reason } = decide({ Metric, ObjectiveType, Threshold, Tolerance: 0 }, metric);
  return { isPassed: isAccepted, metric, reason: `${reason}, in ${report}` };
}

/** Stops the jobs of a comparison that is not needed any more, and waits until they have ended. */
export async function stopComparison(
  job: ComparisonJob | undefined,
  { Name, test }: Pick<Release, 'Name'> & { readonly test?: Test },
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const comparison = test?.comparison;
  if (job === undefined || test === undefined || comparison === undefined) return;
  const service = new JobService(processing, dependencies, deadline);
  const until = dependencies.now();
  const creates = Array.from({ length: attemptsUntil(until, comparison) + 1 }, (_, number) => eventOf(job, number));
  const tested = { Name, test };
  await releaseAttempts(service, baseOf(job, tested, comparison), { resource: ownerOf(tested), creates, until });
}

/** The number of times that a failed job has been due again. */
function attemptsUntil(now: number, { since }: StartedComparison): number {
  return Math.max(0, Math.floor((now - since) / RETRY_MS));
}

/** A changed request, and each further attempt, is another event, which starts a job although one has failed. */
function eventOf({ Request }: ComparisonJob, number: number): string {
  return createHash(`${Request}#${number}`);
}

function baseOf({ Prefix }: ComparisonJob, { test }: Tested, { since }: StartedComparison): string {
  return baseName(Prefix, `${test.arn} ${since}`, '');
}

function ownerOf({ Name }: Tested): string {
  return resourceHash(Name, '');
}

/** The manifests of a comparison. Their names differ, so that a later comparison does not replace those of a job that is tried again. */
function manifestsOf(
  folder: string,
  { Name, test }: Tested,
  since: number,
): Pick<ComparisonValues, 'ProductionManifest' | 'ShadowManifest'> {
  const uri = `${folder}/${hash(`${Name} ${test.arn} ${since}`).slice(0, 16)}`;
  return { ProductionManifest: `${uri}-production.json`, ShadowManifest: `${uri}-shadow.json` };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, '');
}
