import { aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { RunJobOutput, Workflow, WorkflowInput, WorkflowJob } from '../handlers/workflow-contract';
import type { FailureName } from '../handlers/workflow/failure';
import { addRetries } from './state-machine';
import type { WorkflowHandler } from './workflow-handler';

/** The errors that a repetition does not fix: those of the handler, and what SageMaker refuses. */
const FINAL_ERRORS: string[] = [
  ...(['JobFailed', 'EvaluationFailed', 'ReportFailed', 'Locked'] satisfies FailureName[]),
  'ValidationException',
  'ValidationError',
  'ResourceNotFound',
];

type Input<Action extends WorkflowInput['Action']> = Omit<
  Extract<WorkflowInput, { readonly Action: Action }>,
  'Workflow' | 'Execution' | 'RedriveCount' | 'Input'
>;

/** The states of a state machine whose steps the handler of workflows performs. */
export class WorkflowSteps {
  private readonly skipped: sfn.Succeed;

  constructor(
    public readonly scope: Construct,
    private readonly handler: WorkflowHandler,
    private readonly workflow: Workflow,
  ) {
    this.skipped = new sfn.Succeed(scope, 'Skipped', { comment: 'Another execution is running' });
  }

  /** A step of the handler. Its output becomes a member of the state with the name of the step. */
  public step<Action extends 'RunJob' | 'Gate' | 'Register' | 'SelectData' | 'Report' | 'Finish'>(
    id: string,
    input: { [Member in keyof Input<Action>]: unknown } & { readonly Action: Action },
  ): tasks.LambdaInvoke {
    const step = new tasks.LambdaInvoke(this.scope, id, {
      lambdaFunction: this.handler.function,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      resultPath: input.Action === 'Finish' ? sfn.JsonPath.DISCARD : `$.${id}`,
      payload: sfn.TaskInput.fromObject({
        Workflow: this.workflow,
        Execution: sfn.JsonPath.executionId,
        RedriveCount: sfn.JsonPath.numberAt('$$.Execution.RedriveCount'),
        Input: sfn.JsonPath.objectAt('$$.Execution.Input'),
        ...input,
      }),
    });
    step.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
    addRetries(step);
    step.addCatch(this.skipped, { errors: ['Locked' satisfies FailureName], resultPath: sfn.JsonPath.DISCARD });
    return step;
  }

  /** Runs a job, repeats the step until the job has ended, and continues with the next state. The state machine fails if the job fails. */
  public job(
    id: string,
    job: WorkflowJob,
    { request, tags, values = {} }: { request: string; tags: string; values?: Record<string, string> },
    next: sfn.IChainable,
  ): sfn.IChainable {
    const run = this.step<'RunJob'>(id, { Action: 'RunJob', Job: job, Request: request, Tags: tags, Values: values });
    const member = (name: keyof RunJobOutput): string => `$.${id}.${name}`;
    const wait = new sfn.Wait(this.scope, `Wait for ${id}`, {
      time: sfn.WaitTime.secondsPath(member('WaitSeconds')),
    });
    const finished = new sfn.Choice(this.scope, `Is ${id} finished`)
      .when(sfn.Condition.booleanEquals(member('IsFinished'), true), next)
      .otherwise(wait.next(run));
    return run.next(finished);
  }
}
