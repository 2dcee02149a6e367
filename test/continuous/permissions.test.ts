import { type Stack, aws_ec2 as ec2, aws_kms as kms } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HandlerConfig } from '../../lib';
import {
  newDeployment,
  newTransformSchedule,
  newWorkflow,
  processingEvaluation,
  startAutomatically,
  testedEndpoint,
} from '../continuous-fixtures';
import { ACCOUNT, REGION, placedStack } from '../stacks';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: { readonly Service: string };
  readonly Condition?: object;
}

/** A value of a template as text: without the partition, region and account of the stack, and the hashes of logical ids. */
function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value
      .replace(/(?<=\{\w+)[0-9A-F]{8}(?=[.}])/, '')
      .replace('arn:{AWS::Partition}:', 'arn:')
      .replace(`:${REGION}:${ACCOUNT}:`, '::');
  }
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (Ref !== undefined) return textOf(`{${Ref as string}}`);
  if (attribute !== undefined) return textOf(`{${(attribute as string[]).join('.')}}`);
  if (join !== undefined) return textOf((join as [string, unknown[]])[1].map(textOf).join(''));
  return Object.entries(value)
    .map(([name, member]) => `${name} ${textOf(member)}`)
    .join(', ');
}

function lineOf({ Effect, Action, Resource, Principal, Condition }: Statement): string {
  const subject =
    Principal === undefined ? `${textOf(Action)} on ${textOf(Resource)}` : `assumed by ${Principal.Service}`;
  return `${Effect === 'Deny' ? 'not ' : ''}${subject}${Condition === undefined ? '' : ` if ${textOf(Condition)}`}`;
}

/** The statements of the roles of a stack that no job or model assumes, sorted. */
function rolesIn(stack: Stack): Record<string, string[]> {
  const template = Template.fromStack(stack);
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => {
    const { AssumeRolePolicyDocument, ManagedPolicyArns } = Properties as {
      AssumeRolePolicyDocument: { Statement: Statement[] };
      ManagedPolicyArns?: unknown;
    };
    expect(ManagedPolicyArns).toBeUndefined();
    return { id, statements: [...AssumeRolePolicyDocument.Statement] };
  });
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const { Roles, PolicyDocument } = Properties as {
      Roles: { Ref: string }[];
      PolicyDocument: { Statement: Statement[] };
    };
    roles.find(({ id }) => id === Roles[0].Ref)?.statements.push(...PolicyDocument.Statement);
  }
  return Object.fromEntries(
    roles
      .filter(({ statements }) => statements[0].Principal?.Service !== 'sagemaker.amazonaws.com')
      .map(({ id, statements }) => [id.slice(0, -8), statements.map(lineOf).sort()]),
  );
}

const NETWORK =
  'ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ' +
  'ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses on *';

type Roles = Record<string, string[]>;

/** The statements of all roles of a construct, and those that a VPC and a key of the handlers add. */
const CONSTRUCTS: [string, (stack: Stack) => unknown, Roles, Roles][] = [
  [
    'TrainingWorkflow',
    (stack) => startAutomatically(newWorkflow(stack, { evaluation: processingEvaluation(stack) })),
    {
      RetrainingWorkflowStateMachineRole: [
        'assumed by states.amazonaws.com if ArnEquals aws:SourceArn arn:states::stateMachine:retraining',
        'lambda:InvokeFunction on {SageMakerWorkflowsFunction.Arn} {SageMakerWorkflowsFunction.Arn}:*',
      ],
      RetrainingWorkflowStateMachineEventsRole: [
        'assumed by events.amazonaws.com',
        'states:StartExecution on {RetrainingWorkflowStateMachine}',
      ],
      SageMakerWorkflowsRole: [
        'assumed by lambda.amazonaws.com',
        'cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace cdk-sagemaker-algorithm',
        'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on {SageMakerLocksTable.Arn}',
        'events:PutEvents on arn:events::event-bus/default if StringEquals events:source cdk-sagemaker-algorithm',
        'iam:PassRole on {RetrainingEvaluationRole.Arn} if StringEquals iam:PassedToService sagemaker.amazonaws.com',
        'iam:PassRole on {RetrainingRole.Arn} if StringEquals iam:PassedToService sagemaker.amazonaws.com',
        'logs:CreateLogStream logs:PutLogEvents on {SageMakerWorkflowsLogs.Arn}',
        's3:GetObject* s3:GetBucket* s3:List* on arn:s3:::reports arn:s3:::reports/churn/*',
        's3:ListBucket on arn:s3:::data if StringEquals s3:prefix train/',
        'sagemaker:CreateModelPackage sagemaker:DescribeModelPackage on arn:sagemaker::model-package/churn/*',
        'sagemaker:CreateProcessingJob sagemaker:AddTags sagemaker:ListTags sagemaker:DescribeProcessingJob sagemaker:StopProcessingJob on arn:sagemaker::processing-job/stack-scfq-stack-retrainiflow-evaluate-ad7027b0--*',
        'sagemaker:CreateTrainingJob sagemaker:AddTags sagemaker:ListTags sagemaker:DescribeTrainingJob sagemaker:StopTrainingJob on arn:sagemaker::training-job/stack-scfq-stack-retrainiorkflow-train-19f55016--*',
        'sagemaker:DescribeModelPackage sagemaker:ListModelPackages on arn:sagemaker::model-package/churn/*',
        'sagemaker:DescribeModelPackageGroup on arn:sagemaker::model-package-group/churn',
        'sagemaker:DescribeModelPackageGroup sagemaker:CreateModelPackage on arn:sagemaker::model-package-group/churn',
        'sagemaker:ListModelPackages on *',
        'states:DescribeExecution states:StopExecution on arn:states::execution:retraining:*',
        'states:StartExecution on {RetrainingWorkflowStateMachine}',
      ],
      SchedulerRoleForTarget7385b6: [
        'assumed by scheduler.amazonaws.com if StringEquals aws:SourceAccount 111122223333, aws:SourceArn arn:scheduler::schedule-group/default',
        'states:StartExecution on {RetrainingWorkflowStateMachine}',
      ],
      SchedulerRoleForTargeta7d273: [
        'assumed by scheduler.amazonaws.com if StringEquals aws:SourceAccount 111122223333, aws:SourceArn arn:scheduler::schedule-group/default',
        'lambda:InvokeFunction on {SageMakerWorkflowsFunction.Arn} {SageMakerWorkflowsFunction.Arn}:*',
      ],
    },
    {
      RetrainingWorkflowStateMachineRole: [
        'kms:Decrypt kms:GenerateDataKey on {Key.Arn} if StringEquals kms:EncryptionContext:aws:states:stateMachineArn arn:states::stateMachine:retraining',
      ],
      SageMakerWorkflowsRole: [
        NETWORK,
        'kms:Decrypt kms:Encrypt kms:ReEncrypt* kms:GenerateDataKey* on {Key.Arn}',
        `not ${NETWORK} if ArnEquals lambda:SourceFunctionArn {SageMakerWorkflowsFunction.Arn}`,
      ],
    },
  ],
  [
    'ContinuousDeployment',
    (stack) => newDeployment(stack),
    {
      ReleaseRole: [
        'assumed by lambda.amazonaws.com',
        'cloudformation:DescribeStackEvents cloudformation:DescribeStacks cloudformation:UpdateStack on arn:cloudformation::stack/churn-hosting/*',
        'cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace cdk-sagemaker-algorithm',
        'dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on {SageMakerLocksTable.Arn}',
        'events:PutEvents on arn:events::event-bus/default if StringEquals events:source cdk-sagemaker-algorithm',
        'logs:CreateLogStream logs:PutLogEvents on {ReleaseLogs.Arn}',
        'sagemaker:DescribeModelPackage sagemaker:ListModelPackages sagemaker:UpdateModelPackage on arn:sagemaker::model-package/churn/*',
        'sagemaker:DescribeModelPackageGroup on arn:sagemaker::model-package-group/churn',
        'sagemaker:ListModelPackages on *',
        'ssm:GetParameter ssm:PutParameter on arn:ssm::parameter/churn/deployed',
        'ssm:GetParameters on arn:ssm::parameter/churn/deployed arn:ssm::parameter/cdk-bootstrap/hnb659fds/version',
        'states:DescribeExecution states:StopExecution on arn:states::execution:release:*',
      ],
      ReleaseStateMachineRole: [
        'assumed by states.amazonaws.com if ArnEquals aws:SourceArn arn:states::stateMachine:release',
        'lambda:InvokeFunction on {ReleaseFunction.Arn} {ReleaseFunction.Arn}:*',
      ],
      ReleaseStateMachineEventsRole: [
        'assumed by events.amazonaws.com',
        'states:StartExecution on {ReleaseStateMachine}',
      ],
    },
    {
      ReleaseRole: [
        NETWORK,
        'kms:Decrypt kms:Encrypt kms:ReEncrypt* kms:GenerateDataKey* on {Key.Arn}',
        `not ${NETWORK} if ArnEquals lambda:SourceFunctionArn {ReleaseFunction.Arn}`,
      ],
      ReleaseStateMachineRole: [
        'kms:Decrypt kms:GenerateDataKey on {Key.Arn} if StringEquals kms:EncryptionContext:aws:states:stateMachineArn arn:states::stateMachine:release',
      ],
    },
  ],
  [
    'TransformSchedule',
    (stack) => newTransformSchedule(stack),
    {
      NightlyWorkflowStateMachineRole: [
        'assumed by states.amazonaws.com if ArnEquals aws:SourceArn arn:states::stateMachine:nightly',
        'lambda:InvokeFunction on {SageMakerWorkflowsFunction.Arn} {SageMakerWorkflowsFunction.Arn}:*',
      ],
      NightlyScheduleRole: [
        'assumed by scheduler.amazonaws.com if StringEquals aws:SourceAccount 111122223333',
        'states:StartExecution on {NightlyWorkflowStateMachine}',
      ],
      SageMakerWorkflowsRole: [
        'assumed by lambda.amazonaws.com',
        'cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace cdk-sagemaker-algorithm',
        'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on {SageMakerLocksTable.Arn}',
        'events:PutEvents on arn:events::event-bus/default if StringEquals events:source cdk-sagemaker-algorithm',
        'logs:CreateLogStream logs:PutLogEvents on {SageMakerWorkflowsLogs.Arn}',
        'sagemaker:CreateTransformJob sagemaker:AddTags sagemaker:ListTags sagemaker:DescribeTransformJob sagemaker:StopTransformJob on arn:sagemaker::transform-job/stack-scfq-stack-nightly-low-transform-36ede3c6--*',
        'states:DescribeExecution states:StopExecution on arn:states::execution:nightly:*',
      ],
    },
    {
      NightlyWorkflowStateMachineRole: [
        'kms:Decrypt kms:GenerateDataKey on {Key.Arn} if StringEquals kms:EncryptionContext:aws:states:stateMachineArn arn:states::stateMachine:nightly',
      ],
      SageMakerWorkflowsRole: [
        NETWORK,
        'kms:Decrypt kms:Encrypt kms:ReEncrypt* kms:GenerateDataKey* on {Key.Arn}',
        `not ${NETWORK} if ArnEquals lambda:SourceFunctionArn {SageMakerWorkflowsFunction.Arn}`,
      ],
    },
  ],
  [
    'smoke test',
    testedEndpoint,
    {
      SageMakerSmokeTestsRole: [
        'assumed by lambda.amazonaws.com',
        'cloudformation:DescribeStacks on {AWS::StackId}',
        'logs:CreateLogStream logs:PutLogEvents on {SageMakerSmokeTestsLogs.Arn}',
        'sagemaker:DescribeEndpoint on arn:sagemaker::endpoint/churn',
        'sagemaker:InvokeEndpoint on arn:sagemaker::endpoint/churn',
      ],
    },
    {
      SageMakerSmokeTestsRole: [
        NETWORK,
        `not ${NETWORK} if ArnEquals lambda:SourceFunctionArn {SageMakerSmokeTestsFunction.Arn}`,
      ],
    },
  ],
];

describe.each(CONSTRUCTS)('The roles of a %s', (_, make, statements, inVpcWithKey) => {
  test('have exactly these permissions', () => {
    const stack = placedStack();
    make(stack);
    expect(rolesIn(stack)).toEqual(statements);
  });

  test('have exactly these further permissions with a VPC and a key of the handlers', () => {
    const stack = placedStack();
    HandlerConfig.of(stack).configure({
      vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }),
      encryptionKey: new kms.Key(stack, 'Key'),
    });
    make(stack);
    const expected = Object.entries(statements).map(([id, lines]) => [
      id,
      [...lines, ...(inVpcWithKey[id] ?? [])].sort(),
    ]);
    expect(rolesIn(stack)).toEqual(Object.fromEntries(expected));
  });
});

test('A TrainingWorkflow that evaluates by a metric of the training has no permission for processing jobs and reports', () => {
  const stack = placedStack();
  newWorkflow(stack);
  const lines = rolesIn(stack).SageMakerWorkflowsRole;
  expect(lines.filter((line) => /ProcessingJob|s3:Get/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('iam:PassRole'))).toHaveLength(1);
});
