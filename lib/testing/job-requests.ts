import { assertions } from 'aws-cdk-lib';
import { type Noun, requestsOf } from './requests-of';
import type { Resources } from './template-json';

/**
 * The requests that create the jobs of a template, for unit tests of a stack. A template contains them as JSON text, which the methods of
 * `Template` cannot compare.
 *
 * Requests have the member names of the SageMaker API, without the name of the job, which is generated at deployment. Values
 * that are only known at deployment are intrinsic functions, as in other properties of a template. The
 * methods also find the jobs that the steps of workflows, schedules and monitors run. Values that a step only knows when it runs
 * are placeholders: `{{ModelData}}`, `{{TrainingJobName}}`, `{{JobName}}`.
 *
 * The expected request can contain matchers (`Match`) and captures (`Capture`) of `aws-cdk-lib/assertions`. Members that it does not
 * contain are not compared.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/testing.html
 *
 * @example
 * import { assertions } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const requests = sagemaker.testing.JobRequests.fromTemplate(assertions.Template.fromStack(this));
 * requests.hasTrainingJob({ HyperParameters: { max_depth: '8' } });
 * requests.transformJobCountIs(0);
 */
export class JobRequests {
  /**
   * Reads the requests of a template.
   *
   * @param template the template of a stack or a nested stack
   * @throws an error if a request is not JSON text whose members are known at synthesis
   */
  public static fromTemplate(template: assertions.Template): JobRequests {
    return new JobRequests(template);
  }

  private readonly requests: assertions.Template;

  private constructor(template: assertions.Template) {
    const { Resources = {} } = template.toJSON() as { readonly Resources?: Resources };
    this.requests = assertions.Template.fromJSON(
      { Resources: requestsOf(Resources) },
      { skipCyclicalDependenciesCheck: true },
    );
  }

  /**
   * Asserts that the template contains a training job with a request.
   *
   * @param request the expected members of the request
   * @throws an error with the closest matches if there is no such job
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
   */
  public hasTrainingJob(request: unknown): void {
    this.has('TrainingJob', request);
  }

  /**
   * Finds the requests of training jobs, by the logical id of the job, or `<logical id of the state machine>.<name of the step>`.
   *
   * @param request the expected members of the requests. All requests match by default
   */
  public findTrainingJobs(request: unknown = {}): Record<string, Record<string, unknown>> {
    return this.find('TrainingJob', request);
  }

  /**
   * Asserts the number of training jobs, without those that a tuning job runs.
   *
   * @param count the expected number
   * @throws an error if the template has another number of training jobs
   */
  public trainingJobCountIs(count: number): void {
    this.countIs('TrainingJob', count);
  }

  /**
   * Asserts that the template contains a tuning job with a request.
   *
   * @param request the expected members of the request
   * @throws an error with the closest matches if there is no such job
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
   */
  public hasTuningJob(request: unknown): void {
    this.has('HyperParameterTuningJob', request);
  }

  /**
   * Finds the requests of tuning jobs, by the logical id of the job, or `<logical id of the state machine>.<name of the step>`.
   *
   * @param request the expected members of the requests. All requests match by default
   */
  public findTuningJobs(request: unknown = {}): Record<string, Record<string, unknown>> {
    return this.find('HyperParameterTuningJob', request);
  }

  /**
   * Asserts the number of tuning jobs.
   *
   * @param count the expected number
   * @throws an error if the template has another number of tuning jobs
   */
  public tuningJobCountIs(count: number): void {
    this.countIs('HyperParameterTuningJob', count);
  }

  /**
   * Asserts that the template contains a processing job with a request.
   *
   * @param request the expected members of the request
   * @throws an error with the closest matches if there is no such job
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
   */
  public hasProcessingJob(request: unknown): void {
    this.has('ProcessingJob', request);
  }

  /**
   * Finds the requests of processing jobs, by the logical id of the job, or `<logical id of the state machine>.<name of the step>`.
   *
   * @param request the expected members of the requests. All requests match by default
   */
  public findProcessingJobs(request: unknown = {}): Record<string, Record<string, unknown>> {
    return this.find('ProcessingJob', request);
  }

  /**
   * Asserts the number of processing jobs.
   *
   * @param count the expected number
   * @throws an error if the template has another number of processing jobs
   */
  public processingJobCountIs(count: number): void {
    this.countIs('ProcessingJob', count);
  }

  /**
   * Asserts that the template contains a batch transform job with a request.
   *
   * @param request the expected members of the request
   * @throws an error with the closest matches if there is no such job
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
   */
  public hasTransformJob(request: unknown): void {
    this.has('TransformJob', request);
  }

  /**
   * Finds the requests of batch transform jobs, by the logical id of the job, or `<logical id of the state machine>.<name of the step>`.
   *
   * @param request the expected members of the requests. All requests match by default
   */
  public findTransformJobs(request: unknown = {}): Record<string, Record<string, unknown>> {
    return this.find('TransformJob', request);
  }

  /**
   * Asserts the number of batch transform jobs.
   *
   * @param count the expected number
   * @throws an error if the template has another number of batch transform jobs
   */
  public transformJobCountIs(count: number): void {
    this.countIs('TransformJob', count);
  }

  /**
   * Asserts that a training workflow of the template registers model versions with a request.
   *
   * @param request the expected members of the request
   * @throws an error with the closest matches if there is no such workflow
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
   */
  public hasRegistration(request: unknown): void {
    this.has('ModelPackage', request);
  }

  /**
   * Finds the requests with which training workflows register model versions, by `<logical id of the state machine>.<name of the step>`.
   *
   * @param request the expected members of the requests. All requests match by default
   */
  public findRegistrations(request: unknown = {}): Record<string, Record<string, unknown>> {
    return this.find('ModelPackage', request);
  }

  /**
   * Asserts the number of training workflows that register model versions.
   *
   * @param count the expected number
   * @throws an error if the template has another number of them
   */
  public registrationCountIs(count: number): void {
    this.countIs('ModelPackage', count);
  }

  private has(noun: Noun, request: unknown): void {
    this.requests.hasResourceProperties(noun, request);
  }

  private find(noun: Noun, request: unknown): Record<string, Record<string, unknown>> {
    const found = this.requests.findResources(noun, { Properties: request });
    return Object.fromEntries(
      Object.entries(found).map(([id, { Properties }]) => [id, Properties as Record<string, unknown>]),
    );
  }

  private countIs(noun: Noun, count: number): void {
    this.requests.resourceCountIs(noun, count);
  }
}
