import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { type Plan, planOf } from '../../../local/plan';
import { directoryWith } from '../check/check-engine';

/** The output directory of an app with one stack. */
export function synthesized(build: (stack: Stack) => unknown, props: StackProps = {}, id = 'Stack'): string {
  const app = new App();
  build(new Stack(app, id, props));
  return app.synth().directory;
}

/** The plan of an app with one stack. */
export const planned = (build: (stack: Stack) => unknown, props: StackProps = {}): Plan =>
  planOf(synthesized(build, props));

/** The plan of an app with a stack for each function. */
export function plannedEach(fixtures: ((stack: Stack) => unknown)[]): Plan {
  const app = new App();
  fixtures.forEach((build, index) => build(new Stack(app, `Stack${index}`)));
  return planOf(app.synth().directory);
}

/** The output directory of an app with a stack of any template. */
export function assemblyOf(template: unknown, environment?: string): string {
  const stack = {
    type: 'aws:cloudformation:stack',
    environment,
    properties: { templateFile: 'Stack.template.json' },
  };
  return directoryWith({
    'manifest.json': JSON.stringify({ version: '48.0.0', artifacts: { Stack: stack } }),
    'Stack.template.json': JSON.stringify(template),
  });
}

/** The plan of a stack with resources of the L1 level. */
export const plannedTemplate = (Resources: object, sections: object = {}): Plan =>
  planOf(assemblyOf({ Resources, ...sections }));
