import { App } from 'aws-cdk-lib';
import { LifecycleStack } from '../examples/breast-cancer/lifecycle-stack';

/** The example app. The context value `layout` is `combined` or `split`. */
export function exampleApp(app = new App()): App {
  const layout: unknown = app.node.tryGetContext('layout') ?? 'combined';
  if (layout !== 'combined' && layout !== 'split') {
    throw new Error(`Context "layout" must be "combined" or "split", got: ${JSON.stringify(layout)}.`);
  }
  new LifecycleStack(app, 'BreastCancer', { layout });
  return app;
}

if (require.main === module) exampleApp();
