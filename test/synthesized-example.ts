import { App } from 'aws-cdk-lib';
import { exampleApp } from '../bin/app';

const CONTEXT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Synthesizes the example app and validates it with the bundled schema rules, which other tests skip because they are slow. */
export function synthesizedExample(layout: string, prepare: (app: App) => void = () => undefined): App {
  process.env.CDK_VALIDATION = 'true';
  try {
    const app = new App({ context: { ...CONTEXT, layout } });
    exampleApp(app);
    prepare(app);
    app.synth();
    return app;
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
}
