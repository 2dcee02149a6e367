import {
  CustomResource,
  Duration,
  Names,
  Resource,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ReconcileOutput, Release, ReleaseParameterProperties } from '../handlers/release-contract';
import { RELEASE, WORKFLOW } from '../private/grants';
import { handlerFunction } from '../private/handler-function';
import { LockTable } from '../private/lock-table';
import { Outcomes } from '../private/outcomes';
import { requireUniqueName } from '../private/physical-name';
import { addRetries, executionsOf, newStateMachine } from '../private/state-machine';
import { grantReports } from '../private/workflow-handler';
import type { ContinuousDeploymentProps } from './continuous-deployment-props';
import { checkContinuousDeployment } from './continuous-deployment-validation';
import { ShadowComparison } from './shadow-comparison';
import { capturedIn, grantShadowTest, renderShadowTest } from './shadow-test';

/** The time between two checks that no event causes. */
const INTERVAL = Duration.hours(1);

/** The statuses of a stack after which it can be updated again, or in which it requires a person. */
const ENDED = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

/** The outcome of a release. Each is an event on the default event bus and a metric. */
export enum ReleaseOutcome {
  /** The hosting stack serves the newest approved version. */
  RELEASED = 'Released',

  /** The container or the smoke test of the version has failed. The stack was rolled back, and the version is rejected. */
  ROLLED_BACK = 'RolledBack',

  /**
   * The responses of the version in the shadow variant differ from those of the released one, or an alarm of its test was in ALARM. The
   * version is rejected.
   */
  REJECTED = 'Rejected',

  /** The hosting stack does not exist yet. */
  SKIPPED = 'Skipped',

  /** All attempts have failed, for example because of a quota, and the version is not blamed. It is tried again after 6 hours. */
  FAILED = 'Failed',

  /** A person is required, for example because the state of the stack allows no update, or no version is approved any more. */
  BLOCKED = 'Blocked',
}

/**
 * Releases the newest approved version of a model package group by an update of the hosting stack. CloudFormation remains the only owner of
 * the endpoint: its deployment policy, rollback alarms, scaling and smoke test apply.
 *
 * The approval of a version, the end of another update of the stack, and an hourly schedule start a check of what is approved and
 * what is released. If the container or the smoke test of a version fails, the stack is rolled back and the version is rejected. Any
 * other failure, for example a quota, is tried again.
 *
 * With `shadowTest`, a version first serves in the shadow variant of the endpoint, and is only released if its responses agree with those
 * of the released version.
 *
 * A user who can change the function of the deployment can update the hosting stack with the execution role of the stack. Restrict that
 * role to the resources of the stack.
 *
 * @resource AWS::StepFunctions::StateMachine
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-approve.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const group: sagemaker.ModelPackageGroup;
 *
 * new sagemaker.ContinuousDeployment(this, 'Releases', {
 *   group,
 *   parameterName: '/churn/released-version',
 *   stackName: 'ChurnHosting',
 * });
 */
export class ContinuousDeployment extends Resource {
  /**
   * The state machine.
   *
   * @attribute
   */
  public readonly stateMachine: sfn.IStateMachine;

  /**
   * The name of the state machine, which is the name of the deployment in its events and metrics.
   *
   * @attribute
   */
  public readonly stateMachineName: string;

  /** The alarm that a person is required. It has no actions until they are added. */
  public readonly blockedAlarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: ContinuousDeploymentProps) {
    super(scope, id);
    checkContinuousDeployment(this, props);
    this.stateMachineName = props.stateMachineName ?? Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    requireUniqueName(this, 'stateMachineName', this.stateMachineName);
    const { table } = LockTable.of(this);
    const { shadowTest } = props;
    const comparison =
      shadowTest?.comparison &&
      new ShadowComparison(this, shadowTest.comparison, { ...shadowTest, captured: capturedIn(shadowTest) });
    const release: Release = {
      Name: this.stateMachineName,
      Table: table.tableName,
      StackName: props.stackName,
      ParameterName: props.parameterName,
      Group: props.group.modelPackageGroupName,
      ...(shadowTest && { ShadowTest: renderShadowTest(shadowTest, comparison?.job) }),
    };
    const handler = handlerFunction(this, {
      name: 'release',
      description: 'Releases the newest approved version of a model package group',
      timeout: Duration.minutes(5),
      retryAttempts: 2,
      // The captured data that is compared is held in memory.
      memorySize: shadowTest === undefined ? undefined : 2048,
      services: ['cloudformation', 'sagemaker.api', 'ssm', 'states', 'dynamodb', 'events', 'monitoring', 's3'],
    });
    const policy = this.grantRelease(handler.role, props);
    comparison?.grantRun({ role: handler.role, policy });
    this.stateMachine = this.newStateMachine(handler.function, release);
    this.startOnEvents(props);
    comparison?.onEnd(new targets.SfnStateMachine(this.stateMachine));
    const stack = Stack.of(this);
    const properties: ReleaseParameterProperties = { Release: stack.toJsonString(release) };
    const parameter = new CustomResource(this, 'Parameter', {
      serviceToken: handler.function.functionArn,
      resourceType: 'Custom::SageMakerReleaseParameter',
      properties,
    });
    parameter.node.addDependency(policy, handler.role, this.stateMachine, ...(comparison ? [comparison] : []));
    this.blockedAlarm = this.metric(ReleaseOutcome.BLOCKED, { period: INTERVAL }).createAlarm(this, 'Blocked', {
      alarmDescription: `The continuous deployment to stack ${props.stackName} requires a person. Its events contain the reason.`,
      threshold: 1,
      // Each check repeats the outcome, and a period can be without one.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * Creates an EventBridge rule that matches the outcomes of releases.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onOutcome(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.outcomes.rule(id, options);
  }

  /**
   * Creates an EventBridge rule that matches when a version was released.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onReleased(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.outcomes.rule(id, options, ReleaseOutcome.RELEASED);
  }

  /**
   * Creates an EventBridge rule that matches when a version was rolled back and rejected.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRolledBack(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.outcomes.rule(id, options, ReleaseOutcome.ROLLED_BACK);
  }

  /**
   * Creates an EventBridge rule that matches when a version has not passed its shadow test.
   *
   * @param id the construct ID of the rule
   * @param options the target and further options of the rule
   */
  public onRejected(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.outcomes.rule(id, options, ReleaseOutcome.REJECTED);
  }

  /**
   * Returns the metric of the number of releases with an outcome.
   *
   * @param outcome the outcome
   * @param options the metric options
   */
  public metric(outcome: ReleaseOutcome, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.outcomes.metric(outcome, options);
  }

  private get outcomes(): Outcomes {
    return new Outcomes(this, 'Continuous Deployment Outcome', this.stateMachineName);
  }

  /** Grants the handler its permissions. They are not in the default policy of the role, on which the function depends. */
  private grantRelease(
    role: iam.Role,
    {
      group,
      stackName,
      parameterName,
      shadowTest,
      stackParameters = [],
      bootstrapQualifier,
    }: ContinuousDeploymentProps,
  ): iam.Policy {
    const stack = Stack.of(this);
    const { table } = LockTable.of(this);
    const policy = new iam.Policy(this, 'Rights', { roles: [role] });
    const allow = (actions: readonly string[], ...resources: string[]): void =>
      policy.addStatements(new iam.PolicyStatement({ actions: [...actions], resources }));
    const parameterArn = (name: string): string =>
      stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });
    // The wildcard is the generated ID of the stack.
    allow(
      RELEASE.updateStack,
      stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stackName}/*` }),
    );
    const parameters = [parameterName, ...(shadowTest === undefined ? [] : [shadowTest.parameterName])].map(
      parameterArn,
    );
    allow(RELEASE.putParameter, ...parameters);
    // CloudFormation reads the parameters of the stack when it updates it.
    const qualifier = bootstrapQualifier ?? stack.synthesizer.bootstrapQualifier;
    const bootstrap = qualifier === undefined ? [] : [parameterArn(`/cdk-bootstrap/${qualifier}/version`)];
    const others = stackParameters.map((parameter) => parameter.parameterArn);
    allow(RELEASE.readParameters, ...parameters, ...bootstrap, ...others);
    allow(RELEASE.lock, table.tableArn);
    allow(WORKFLOW.watchExecutions, executionsOf(this, this.stateMachineName));
    table.encryptionKey?.grantEncryptDecrypt(role);
    if (shadowTest !== undefined) grantShadowTest(shadowTest, role, policy);
    group.grantApprove(role);
    grantReports(role);
    return policy;
  }

  /** Repeats the step of the handler until nothing is left to do. */
  private newStateMachine(handler: tasks.LambdaInvokeProps['lambdaFunction'], release: Release): sfn.StateMachine {
    const member = (name: keyof ReconcileOutput): string => `$.${name}`;
    const reconcile = new tasks.LambdaInvoke(this, 'Reconcile', {
      lambdaFunction: handler,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      payload: sfn.TaskInput.fromObject({
        Action: 'Reconcile',
        Release: release,
        Execution: sfn.JsonPath.executionId,
      }),
    });
    addRetries(reconcile);
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath(member('WaitSeconds')) });
    const isFinished = new sfn.Choice(this, 'Is finished')
      .when(sfn.Condition.booleanEquals(member('IsFinished'), true), new sfn.Succeed(this, 'Finished'))
      .otherwise(wait.next(reconcile));
    return newStateMachine(this, this.stateMachineName, reconcile.next(isFinished));
  }

  /** Starts a check when a version is approved or rejected, when the stack becomes idle, and every hour, since events can be lost. */
  private startOnEvents({ group, stackName }: ContinuousDeploymentProps): void {
    const target = new targets.SfnStateMachine(this.stateMachine);
    new events.Rule(this, 'Approval', {
      description: 'A version was registered, approved or rejected',
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: [group.modelPackageGroupName] },
      },
      targets: [target],
    });
    const stackId = Stack.of(this).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stackName}/`,
    });
    new events.Rule(this, 'StackUpdate', {
      description: 'An update of the hosting stack has ended',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: { 'stack-id': events.Match.prefix(stackId), 'status-details': { status: ENDED } },
      },
      targets: [target],
    });
    new events.Rule(this, 'Hourly', {
      description: 'Events can be lost',
      schedule: events.Schedule.rate(INTERVAL),
      targets: [target],
    });
  }
}
