import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import type { ServiceFixture } from '../fixture';

const StackName = 'Stack';

/** A client for the stack `Stack`. */
export class StackClient {
  constructor(private readonly service: ServiceFixture) {}

  public async create(template: object, more: Partial<CreateStackCommandInput> = {}): Promise<Stack> {
    const TemplateBody = JSON.stringify(template);
    await this.service.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, ...more }));
    return this.settled();
  }

  /** Sends an update without a template, and with all parameters as they are, if the request does not have others. */
  public async update(more: Partial<UpdateStackCommandInput> = {}): Promise<Stack> {
    await this.service.cloudformation.send(new UpdateStackCommand({ StackName, ...(await this.kept(more)), ...more }));
    return this.settled();
  }

  public updateTo(template: object, more: Partial<UpdateStackCommandInput> = {}): Promise<Stack> {
    return this.update({ TemplateBody: JSON.stringify(template), ...more });
  }

  /** The stack, as soon as no operation is in progress. */
  public async settled(): Promise<Stack> {
    for (;;) {
      const stack = await this.describe();
      if (!/_IN_PROGRESS$/.test(stack.StackStatus ?? '')) return stack;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  public async describe(): Promise<Stack> {
    const { Stacks: [stack] = [] } = await this.service.cloudformation.send(new DescribeStacksCommand({ StackName }));
    return stack;
  }

  /** The events, the oldest first. */
  public async events(): Promise<StackEvent[]> {
    const command = new DescribeStackEventsCommand({ StackName });
    return ((await this.service.cloudformation.send(command)).StackEvents ?? []).reverse();
  }

  private async kept({ TemplateBody }: Partial<UpdateStackCommandInput>): Promise<Partial<UpdateStackCommandInput>> {
    const { Parameters = [] } = await this.describe();
    return {
      ...(TemplateBody === undefined ? { UsePreviousTemplate: true } : {}),
      Parameters: Parameters.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    };
  }
}

/** A resource that is created at once. */
export const parameter = (Name: string, Value: unknown, more: object = {}): object => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Type: 'String', Value },
  ...more,
});
