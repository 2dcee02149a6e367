import {
  CustomResource,
  Lazy,
  Stack,
  type TagManager,
  Token,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { JobKind } from '../handlers/contract';
import type { EndInput, Workflow, WorkflowJob, WorkflowProperties } from '../handlers/workflow-contract';
import { JOB, PASSED_TO_SAGEMAKER, WORKFLOW } from './grants';
import { KINDS } from './job-kinds';
import { HANDLER_TAGS, SUFFIX_LENGTH, jobNamePrefix, tagList } from './job-resource';
import { executionsOf, newStateMachine } from './state-machine';
import { tagsWithStackTags, validateTags } from './tags';
import { WorkflowHandler } from './workflow-handler';
import { WorkflowSteps } from './workflow-steps';

interface WorkflowMachineProps {
  /** The name of the state machine, and of the workflow in events and metrics. */
  readonly name: string;

  /** The tags of the jobs. */
  readonly tags: TagManager;
}

/**
 * A state machine whose executions run jobs, one execution at a time. The jobs of an execution that fails, is stopped or whose stack is
 * deleted are stopped.
 */
export class WorkflowMachine extends Construct {
  public readonly handler: WorkflowHandler;
  public readonly steps: WorkflowSteps;

  /** The permissions of this workflow in the role of the handler. */
  public readonly policy: iam.Policy;

  /** The workflow, as the handler knows it. */
  public readonly workflow: Workflow;
  /**
   * Contains the resources whose logical ids contain the name. If the name changes, the state machine is replaced, and the execution of
   * the previous one is stopped while the permissions for it still exist.
   */
  private readonly named: Construct;
  private readonly jobs: WorkflowJob[] = [];
  private readonly roles: iam.IRole[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkflowMachineProps,
  ) {
    super(scope, id);
    this.handler = WorkflowHandler.of(this);
    this.workflow = { Name: props.name, Table: this.handler.table.tableName, Jobs: this.jobs };
    this.steps = new WorkflowSteps(new Construct(this, 'States'), this.handler, this.workflow);
    this.named = new Construct(new Construct(this, 'Named'), Token.isUnresolved(props.name) ? 'Name' : props.name);
    this.policy = new iam.Policy(this.named, 'Rights', { roles: [this.handler.role] });
    validateTags(this, props.tags, HANDLER_TAGS);
  }

  /** The tags of the jobs, as JSON. */
  public get tags(): string {
    const stack = Stack.of(this);
    return Lazy.string({ produce: () => stack.toJsonString(tagList(tagsWithStackTags(this, this.props.tags))) });
  }

  /**
   * Adds a job that executions run.
   *
   * @param role the execution role of the job. A transform job has none: it uses the role of its model
   */
  public addJob(kind: JobKind, id: string, role?: iam.IRole): WorkflowJob {
    const { apiNoun, arn, endVerb, maxNameLength } = KINDS[kind];
    const Prefix = jobNamePrefix(this, new Construct(this, id), maxNameLength - SUFFIX_LENGTH);
    const job = { Kind: kind, Prefix };
    this.jobs.push(job);
    // The name of a job ends with a hash of its execution.
    const arns = (resource: string): string =>
      Stack.of(this).formatArn({ service: 'sagemaker', resource, resourceName: `${Prefix}--*` });
    this.allow(JOB.run(apiNoun, endVerb), arns(arn));
    // The best training job of a tuning job has its name as a prefix.
    if (kind === 'tuning') this.allow(JOB.describe(KINDS.training.apiNoun), arns(KINDS.training.arn));
    if (role !== undefined) {
      this.allow([...JOB.passRole], role.roleArn, PASSED_TO_SAGEMAKER);
      this.roles.push(role);
    }
    return job;
  }

  /** Creates the state machine from its first state. */
  public create(states: sfn.IChainable): sfn.StateMachine {
    const stateMachine = newStateMachine(this, this.props.name, states);
    this.allow([...WORKFLOW.watchExecutions], executionsOf(this, this.props.name));
    this.reportEnd(stateMachine);
    this.stopWithStack(stateMachine);
    return stateMachine;
  }

  /** Adds a permission of the handler. */
  public allow(actions: string[], resource: string, conditions?: Record<string, unknown>): void {
    this.policy.addStatements(new iam.PolicyStatement({ actions, resources: [resource], conditions }));
  }

  /** Nothing runs in a state machine that has been stopped: the handler receives an event. */
  private reportEnd(stateMachine: sfn.StateMachine): void {
    const input: EndInput = {
      Action: 'End',
      Workflow: this.workflow,
      Execution: events.EventField.fromPath('$.detail.executionArn'),
    };
    new events.Rule(this, 'Ended', {
      description: 'Stops the jobs of executions that have failed or were stopped',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [new targets.LambdaFunction(this.handler.function, { event: events.RuleTargetInput.fromObject(input) })],
    });
  }

  /** When the stack is deleted, the running execution and its jobs are stopped before anything that they use is deleted. */
  private stopWithStack(stateMachine: sfn.StateMachine): void {
    const stack = Stack.of(this);
    const properties: { [Member in keyof WorkflowProperties]: unknown } = {
      Workflow: Lazy.string({ produce: () => stack.toJsonString(this.workflow) }),
    };
    const resource = new CustomResource(this.named, 'Stop', {
      serviceToken: this.handler.function.functionArn,
      resourceType: 'Custom::SageMakerWorkflow',
      properties,
    });
    resource.node.addDependency(this.handler, this.handler.table, this.policy, stateMachine, ...this.roles);
  }
}
