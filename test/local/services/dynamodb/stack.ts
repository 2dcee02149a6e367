import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ServiceFixture } from '../fixture';

/** The resources of a stack of the CDK. */
export function resourcesOf(build: (stack: Stack) => void): Record<string, object> {
  const stack = new Stack(new App({ outdir: mkdtempSync(path.join(tmpdir(), 'table-')) }), 'Stack', {
    env: { region: 'us-east-1' },
  });
  build(stack);
  return (Template.fromStack(stack).toJSON() as { Resources: Record<string, object> }).Resources;
}

/** Deploys resources as the stack `Stack`. Returns its status, and the output `Value`. */
export async function deploy(
  service: ServiceFixture,
  Resources: object,
  output?: unknown,
): Promise<{ status?: string; value?: string }> {
  const StackName = 'Stack';
  const Outputs = output === undefined ? undefined : { Value: { Value: output } };
  const TemplateBody = JSON.stringify({ Resources, Outputs });
  const client = service.cloudformation;
  const { Stacks: existing = [] } = await client.send(new DescribeStacksCommand({}));
  if (existing.length > 0) await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
  else await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  for (;;) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { StackStatus: status, Outputs: outputs = [] } = stack;
    if (status?.endsWith('_IN_PROGRESS') !== true) return { status, value: outputs[0]?.OutputValue };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
