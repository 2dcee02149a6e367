import {
  type ITaggableV2,
  Lazy,
  Stack,
  TagManager,
  TagType,
  aws_events as events,
  aws_iam as iam,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { S3Location } from '../common/s3-location';
import type { ComparisonJob } from '../handlers/release-contract';
import { JOB, PASSED_TO_SAGEMAKER } from '../private/grants';
import { KINDS } from '../private/job-kinds';
import { HANDLER_TAGS, SUFFIX_LENGTH, jobNamePrefix, tagList } from '../private/job-resource';
import limits from '../private/limits.json';
import { placeholder } from '../private/placeholder';
import { tagsWithStackTags, validateTags } from '../private/tags';
import { nestedJson } from '../private/nested-json';
import { grantDecrypt } from '../private/unapplied-grant';
import { type ValidationErrors, isKnown } from '../private/validation';
import { ProcessingInput } from '../processing/processing-input';
import type { ProcessingEvaluationOptions } from './evaluation';
import { type BoundReport, bindReport, checkReport } from './processing-report';

/** The names of the inputs with the captured data, which are part of their paths in the container. */
const PRODUCTION = 'production';
const SHADOW = 'shadow';

/** The folder of the manifests, next to the folders of the jobs. */
const MANIFESTS = 'manifests';

/** The environment variables of the container, as those of a monitor. */
const ENVIRONMENT = {
  endpoint: 'sagemaker_endpoint_name',
  start: 'start_time',
  end: 'end_time',
} as const;

/**
 * Options of a comparison by a processing job. The container finds the captured data in `/opt/ml/processing/input/production` and
 * `/opt/ml/processing/input/shadow`, in folders of hours (`YYYY/MM/DD/HH`), and the times of the start and of the end of the test in the
 * environment variables `start_time` and `end_time`, for example `2026-11-30T04:05:06Z`. `sagemaker_endpoint_name` is the name of the endpoint.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export interface ShadowComparisonOptions extends ProcessingEvaluationOptions {
  /**
   * The worst value of the metric with which the version is released: it must be at least the threshold if the metric is maximized, or at
   * most if it is minimized.
   */
  readonly threshold: number;
}

/** Validates the comparison of a shadow test. */
export function checkComparison(scope: Construct, errors: ValidationErrors, options: ShadowComparisonOptions): void {
  const { threshold, inputs = {}, environment = {} } = options;
  errors.within('comparison', (inner) => {
    checkReport(scope, inner, options);
    inner.when(
      isKnown(threshold) && !Number.isFinite(threshold),
      `\`threshold\` must be a finite number, got: ${threshold}`,
    );
    for (const [property, names, added, max] of [
      ['inputs', Object.keys(inputs), [PRODUCTION, SHADOW], limits.shapes.ProcessingInputs.max],
      ['environment', Object.keys(environment), Object.values(ENVIRONMENT), limits.shapes.ProcessingEnvironmentMap.max],
    ] as const) {
      const taken = names.filter((name) => added.some((other) => other === name));
      inner.when(
        taken.length > 0,
        `\`${property}\` must not contain ${taken.join(', ')}, which the shadow test adds. Use another name`,
      );
      inner.when(
        names.length <= max && names.length + added.length > max,
        `\`${property}\` must have at most ${max - added.length} entries, since the shadow test adds ${added.join(', ')}, got ${names.length}`,
      );
    }
  });
}

/** The captured data of an endpoint. */
interface ComparedData {
  readonly endpointName: string;

  /** The S3 locations of the two variants. */
  readonly captured: S3Location[];
  readonly captureEncryptionKey?: kms.IKey;
}

/** The handler that runs the job, with a policy for its permissions. */
interface Handler {
  readonly role: iam.IRole;
  readonly policy: iam.Policy;
}

/** The processing job that compares the captured data of the two variants. Its tags are those of the jobs. */
export class ShadowComparison extends Construct implements ITaggableV2 {
  public readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, KINDS.processing.resourceType);

  /** The job, as the handler knows it. */
  public readonly job: ComparisonJob;

  private readonly report: BoundReport;
  private readonly manifests: S3Location;

  constructor(
    scope: Construct,
    private readonly options: ShadowComparisonOptions,
    { endpointName, captured, captureEncryptionKey }: ComparedData,
  ) {
    super(scope, 'Comparison');
    validateTags(this, this.cdkTagManager, HANDLER_TAGS);
    const environment = {
      ...options.environment,
      [ENVIRONMENT.endpoint]: endpointName,
      [ENVIRONMENT.start]: placeholder('StartTime'),
      [ENVIRONMENT.end]: placeholder('EndTime'),
    };
    const manifestsIn = (location: S3Location): S3Location =>
      S3Location.fromBucket(location.bucket, `${location._folder.keyPrefix}${MANIFESTS}`);
    this.report = bindReport(this, 'comparison', { ...options, environment }, (location) => {
      const read = [...captured, manifestsIn(location)];
      return {
        [PRODUCTION]: ProcessingInput._fromManifests(placeholder('ProductionManifest'), read),
        [SHADOW]: ProcessingInput._fromManifests(placeholder('ShadowManifest'), read),
      };
    });
    this.manifests = manifestsIn(this.report.location);
    if (captureEncryptionKey !== undefined) grantDecrypt(captureEncryptionKey, this.report.role);
    this.job = this.render();
  }

  /** Grants the handler permission to run the job, to write its manifests, and to read its report. */
  public grantRun({ role, policy }: Handler): void {
    const { apiNoun, arn, endVerb } = KINDS.processing;
    const { location, encryptionKey, role: executionRole } = this.report;
    // The name of a job ends with a hash of the version.
    const jobs = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: arn,
      resourceName: `${this.job.Prefix}--*`,
    });
    policy.addStatements(
      new iam.PolicyStatement({ actions: JOB.run(apiNoun, endVerb), resources: [jobs] }),
      new iam.PolicyStatement({
        actions: [...JOB.passRole],
        resources: [executionRole.roleArn],
        conditions: PASSED_TO_SAGEMAKER,
      }),
    );
    this.manifests.grantWrite(role);
    location.grantRead(role);
    if (encryptionKey !== undefined) grantDecrypt(encryptionKey, role);
  }

  /** Starts a check when a job has ended. */
  public onEnd(target: events.IRuleTarget): void {
    new events.Rule(this, 'Ended', {
      description: 'The comparison of a shadow test has ended',
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Processing Job State Change'],
        detail: {
          ProcessingJobName: events.Match.prefix(`${this.job.Prefix}--`),
          ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
      },
      targets: [target],
    });
  }

  private render(): ComparisonJob {
    const stack = Stack.of(this);
    const { objective, threshold } = this.options;
    return {
      Prefix: jobNamePrefix(this, this, KINDS.processing.maxNameLength - SUFFIX_LENGTH),
      Request: nestedJson(this, this.report.request),
      Tags: Lazy.string({
        produce: () => stack.toJsonString(tagList(tagsWithStackTags(this, this.cdkTagManager))),
      }),
      Manifests: this.manifests.uri,
      Report: this.report.report,
      Metric: objective.metricName,
      ObjectiveType: objective.objectiveType,
      Threshold: threshold,
    };
  }
}
