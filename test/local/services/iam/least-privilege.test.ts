import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { App } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { LifecycleStack } from '../../../../examples/breast-cancer/lifecycle-stack';
import type { EvaluatedAccess } from '../../../../local/services/iam';
import type { Statement } from '../../../../local/services/iam/evaluation/document';
import { evaluate } from '../../../../local/services/iam/evaluation/evaluation';
import { type Program, serving } from '../../fake-engine';
import { publish } from '../cloud-assembly';
import { ServiceFixture } from '../fixture';

const StackName = 'Lifecycle';

/** The example, with a hyperparameter that starts another training job. */
function appWith(epochs: string): App {
  const app = new App();
  const { trainingJob } = new LifecycleStack(app, StackName, { layout: 'combined' });
  trainingJob.addRequestOverride('HyperParameters.epochs', epochs);
  return app;
}

const serve = serving(() => ({
  listener: (message, response) => {
    message.resume();
    response.end('ok');
  },
}));

/** The program of the training container and of the inference container. */
const program: Program = (inside) => {
  inside.print('train:loss=0.5;');
  if (!inside.spec.command.includes('train')) return serve(inside);
  writeFileSync(`${inside.host('/opt/ml/model')}/model.json`, '{}');
  return 0;
};

const service = ServiceFixture.forEachTest();
let accesses: EvaluatedAccess[] = [];

beforeEach(async () => {
  accesses = [];
  await service.restart({ program, enforceIam: true, onAccess: (access) => accesses.push(access) });
});

async function settled(name = StackName): Promise<string> {
  for (;;) {
    const { Stacks: [stack] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack.StackStatus ?? '';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function create(epochs: string, prepare = (template: string): string => template): Promise<string> {
  const TemplateBody = prepare(JSON.stringify(await publish(service, appWith(epochs), StackName)));
  await service.cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  return settled();
}

async function update(epochs: string): Promise<string> {
  const TemplateBody = JSON.stringify(await publish(service, appWith(epochs), StackName));
  await service.cloudformation.send(
    new UpdateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  return settled();
}

async function remove(): Promise<string> {
  const { Stacks = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName }));
  await service.cloudformation.send(new DeleteStackCommand({ StackName }));
  return settled(Stacks[0].StackId);
}

/** A statement of a role: of its identity-based policies, or of its trust policy. */
interface OwnedStatement {
  readonly role: string;
  readonly statement: Statement;
}

const isEqual = (a: Statement, b: Statement): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The statements that allow something, each once. */
function statements(): OwnedStatement[] {
  const all = accesses.flatMap(({ request, policies }): OwnedStatement[] => [
    ...policies.identity.map((statement) => ({ role: request.principal.role ?? '', statement })),
    ...(request.action === 'sts:AssumeRole' ? (policies.resource ?? []) : []).map((statement) => ({
      role: request.resource,
      statement,
    })),
  ]);
  const isFirst = (one: OwnedStatement, index: number): boolean =>
    all.findIndex(({ role, statement }) => role === one.role && isEqual(statement, one.statement)) === index;
  return all.filter(isFirst);
}

/** Whether one of the requests would have been denied without a statement. */
function isNecessary({ role, statement }: OwnedStatement): boolean {
  const without = (all: Statement[] | undefined): Statement[] => (all ?? []).filter((one) => !isEqual(one, statement));
  return accesses.some(({ request, policies }) => {
    const isOwn = [request.principal.role, request.resource].includes(role);
    const rest = { ...policies, identity: without(policies.identity), resource: without(policies.resource) };
    return isOwn && evaluate(rest, request).decision !== 'allowed';
  });
}

describe('The permissions of the example', () => {
  test('suffice to train, to deploy an endpoint, to update both and to delete them, and each of them is necessary', async () => {
    expect([await create('1'), await update('2'), await remove()]).toEqual([
      'CREATE_COMPLETE',
      'UPDATE_COMPLETE',
      'DELETE_COMPLETE',
    ]);
    expect(accesses.map(({ message }) => message).filter((message) => message !== '')).toEqual([]);
    const roles = ['SageMakerImagesRole', 'SageMakerJobsRole', 'SageMakerJobsWaiterRole', 'TrainRole', 'ModelRole'];
    const nameOf = (arn: string): string => roles.find((name) => arn.includes(`-${name}`)) ?? arn;
    expect([...new Set(statements().map(({ role }) => nameOf(role)))].sort()).toEqual([...roles].sort());
    const superfluous = statements().filter((one) => !isNecessary(one));
    expect(
      superfluous.map(({ role, statement }) => `${nameOf(role)}: ${statement.action.values.join(', ')}`).sort(),
    ).toEqual([]);
  });

  test('are required: without one of them, the stack fails with the reason', async () => {
    const withoutRead = (template: string): string => template.replaceAll('"s3:GetObject*"', '"s3:GetObjectTagging"');
    expect(await create('1', withoutRead)).toBe('ROLLBACK_COMPLETE');
    const { StackEvents = [] } = await service.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n')).toMatch(
      /ClientError: Data download failed: User: .*Lifecycle-TrainRole.*SageMaker is not authorized to perform: s3:GetObject/,
    );
  });
});
