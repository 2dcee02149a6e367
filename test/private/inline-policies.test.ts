import { Fn, NestedStack, type Stack, aws_iam as iam } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { InstanceType, TrainingJob, TrainingResources } from '../../lib';
import { newWorkflow } from '../continuous-fixtures';
import { image, newStack, placedStack } from '../stacks';

const RULE = 'The inline policies of a role must have at most 10240 characters, got at least ';
const FIX =
  ' policies: each job, workflow and smoke test of a stack adds one to the role of its handler. Move some of them to another stack';

/** The error of the synthesis, or an empty text if there is none. */
function synthesisError(stack: Stack): string {
  try {
    Template.fromStack(stack);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function addJobs(stack: Stack, count: number): void {
  const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
  for (let index = 0; index < count; index++) new TrainingJob(stack, `Job${index}`, { image: image(), resources });
}

function withJobs(stack: Stack, count: number): string {
  addJobs(stack, count);
  return synthesisError(stack);
}

function withWorkflows(stack: Stack, count: number): string {
  for (let index = 0; index < count; index++) {
    newWorkflow(new Construct(stack, `Workflow${index}`) as Stack, { stateMachineName: `workflow-${index}` });
  }
  return synthesisError(stack);
}

describe('The policies of a handler', () => {
  test('with the permissions for 20 jobs are accepted, and for 30 jobs are refused, in a stack with and without an account', () => {
    for (const create of [newStack, placedStack]) {
      expect(withJobs(create(), 20)).toBe('');
      expect(withJobs(create(), 30)).toMatch(new RegExp(`/SageMakerJobs/Role\\] ${RULE}1\\d{4} in 32${FIX}`));
    }
  });

  test('with the permissions for 10 workflows are accepted, and for 14 workflows are refused', () => {
    expect(withWorkflows(placedStack(), 10)).toBe('');
    expect(withWorkflows(placedStack(), 14)).toMatch(
      new RegExp(`/SageMakerWorkflows/Role\\] ${RULE}1\\d{4} in 15${FIX}`),
    );
  });

  test('of other roles do not count', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    const resources = Array.from({ length: 200 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name-${index}/*`);
    new iam.Policy(stack, 'Policy', { roles: [role] }).addStatements(
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources }),
    );
    expect(withJobs(stack, 1)).toBe('');
  });

  test('of nested stacks do not count, which have a role with the same logical id', () => {
    const stack = placedStack();
    addJobs(new NestedStack(stack, 'A'), 15);
    addJobs(new NestedStack(stack, 'B'), 15);
    expect(withJobs(stack, 15)).toBe('');
  });

  test('are only refused if they are too long with any value that is known at deployment', () => {
    const accepts = (imported: (name: string) => string): string => {
      const stack = placedStack();
      const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
      for (let index = 0; index < 21; index++) {
        const role = iam.Role.fromRoleArn(
          stack,
          `Role${index}`,
          imported(`a-long-name-of-an-export-${index}-`.repeat(20)),
        );
        new TrainingJob(stack, `Job${index}`, { image: image(), resources, role });
      }
      return synthesisError(stack);
    };
    expect(accepts((name) => Fn.importValue(name))).toBe('');
    expect(accepts((name) => `arn:aws:iam::111122223333:role/${name}`)).toContain(RULE);
  });
});
