import { App } from 'aws-cdk-lib';
import { AlgorithmStack, type Layout } from '../examples/breast-cancer/algorithm-stack';
import { HostingStack } from '../examples/breast-cancer/hosting-stack';

/** The example lifecycle. Context: `layout` (combined or split), `modelKey` (the model to host). */
export function exampleApp(app = new App()): App {
  const layout: unknown = app.node.tryGetContext('layout') ?? 'combined';
  if (layout !== 'combined' && layout !== 'split') {
    throw new Error(`Context "layout" must be "combined" or "split", got: ${JSON.stringify(layout)}.`);
  }
  const modelKey = (app.node.tryGetContext('modelKey') as string | undefined) ?? 'breast-cancer/output/model.tar.gz';
  const { algorithm, bucket } = new AlgorithmStack(app, 'BreastCancerAlgorithm', { layout: layout satisfies Layout });
  new HostingStack(app, 'BreastCancerHosting', { algorithm, bucket, modelKey });
  return app;
}

if (require.main === module) exampleApp();
