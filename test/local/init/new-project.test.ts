import recommendedFlags from 'aws-cdk-lib-newest/recommended-feature-flags.json';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CHOICES, type Given, choiceErrors, newProject, withDefaults } from '../../../local/init';

const STARTERS = path.join(__dirname, '..', '..', '..', 'assets', 'starters');
const LAYOUTS = CHOICES.layout;

/** All combinations of options that are valid. */
const combinations = CHOICES.language.flatMap((language) =>
  (language === 'python' ? CHOICES.framework : [undefined]).flatMap((framework) =>
    CHOICES.layout.flatMap((layout) =>
      CHOICES.app.flatMap((app) =>
        CHOICES.serving.map((serving): Given => ({ language, ...(framework && { framework }), layout, app, serving })),
      ),
    ),
  ),
);
const valid = combinations.filter((given) => choiceErrors(given).length === 0);

function projectOf(given: Given): Map<string, string> {
  const files = newProject('churn', withDefaults(given));
  return new Map([...files].map(([file, content]) => [file, content.toString()]));
}

describe('A new project', () => {
  test('is complete in all combinations, without placeholders and with valid JSON files', () => {
    expect(valid.length).toBeGreaterThan(190);
    for (const given of valid) {
      const project = projectOf(given);
      const needed = ['algorithm/Dockerfile', 'README.md', '.gitignore', '.gitattributes', '.github/workflows/ci.yml'];
      expect([...project.keys()]).toEqual(
        expect.arrayContaining([...needed, 'data/train/train.csv', 'requests/rows.csv', 'requests/expected.json']),
      );
      for (const [file, content] of project) {
        expect([file, file.startsWith('algorithm/') ? null : /\{\{\S/.exec(content)]).toEqual([file, null]);
        const isJson = /^[^/]*\.json$/.test(file);
        expect(() => isJson && (JSON.parse(content) as unknown)).not.toThrow();
      }
    }
  });

  test('pins the versions that the library is tested with', () => {
    const { version, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      version: string;
      devDependencies: Record<string, string>;
    };
    const project = projectOf({ serving: 'async' });
    const manifest = JSON.parse(project.get('package.json') ?? '') as Record<string, Record<string, string>>;
    expect(manifest.dependencies).toMatchObject({
      'cdk-sagemaker-algorithm': version,
      'aws-cdk-lib': devDependencies['aws-cdk-lib-newest'].replace('npm:aws-cdk-lib@', ''),
      constructs: devDependencies.constructs,
    });
    const clients = Object.entries(manifest.devDependencies).filter(([name]) => name.startsWith('@aws-sdk/'));
    expect(clients).toHaveLength(2);
    expect(new Set(clients.map(([, one]) => one)).size).toBe(1);
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((one) => !/^\d+\.\d+\.\d+$/.test(one))).toEqual([]);
    const requirements = projectOf({ app: 'python' }).get('requirements.txt');
    expect(requirements).toContain(`cdk-sagemaker-algorithm==${version}\n`);
  });

  test('has the feature flags that the CDK recommends', () => {
    const { app, context } = JSON.parse(projectOf({}).get('cdk.json') ?? '') as { app: string; context: object };
    expect(app).toBe('npx tsx bin/app.ts');
    expect(context).toEqual(recommendedFlags);
  });

  test('with separate images has a Dockerfile without the stage for one image, and checks both targets', () => {
    const [combined, split] = LAYOUTS.map((layout) => projectOf({ layout }));
    const stages = (project: Map<string, string>): string[] =>
      [...(project.get('algorithm/Dockerfile') ?? '').matchAll(/^FROM .* AS (\w+)$/gm)].map(([, stage]) => stage);
    expect(stages(combined)).toEqual([...stages(split), 'combined']);
    expect(stages(split)).toEqual(expect.arrayContaining(['training', 'inference']));
    expect(split.get('package.json')).toContain('--training-target training --inference-target inference');
    expect(split.get('test/container.test.ts')).toContain(
      "    trainingTarget: 'training',\n    inferenceTarget: 'inference',\n",
    );
    expect(combined.get('package.json')).not.toContain('--training-target');
  });

  test('accepts the number of epochs that its training program accepts', () => {
    expect(projectOf({}).get('algorithm/training.py')).toContain('"epochs": (int, 20, 1, 10000)');
    expect(projectOf({}).get('lib/algorithm.ts')).toContain("integer('epochs', { min: 1, max: 10_000,");
    expect(projectOf({ app: 'python' }).get('infrastructure/algorithm.py')).toContain(
      'integer("epochs", min=1, max=10000,',
    );
  });

  test('in TypeScript has a test that passes with each image store of Docker', () => {
    const code = projectOf({}).get('test/container.test.ts');
    expect(code).toContain("const skip = ['manifest'];\n");
    expect(code).toContain('await checkImage(request, { skip });\n');
  });

  test('without an app invokes the model by the path that its server has', () => {
    const readme = (serving: string): string => projectOf({ app: 'none', serving }).get('README.md') ?? '';
    expect(readme('realtime')).toContain('byoa invoke --url http://127.0.0.1:8080 --request requests/rows.csv');
    expect(readme('multi-model')).toContain('--port 8080 --env SAGEMAKER_MULTI_MODEL=true\ncurl');
    expect(readme('multi-model')).toContain('http://127.0.0.1:8080/models/example/invoke\n');
    expect(readme('multi-model')).not.toContain('byoa invoke');
  });

  test('for a multi-model endpoint has the server that loads models, and the label that SageMaker requires', () => {
    const project = projectOf({ serving: 'multi-model' });
    const server = readFileSync(path.join(STARTERS, 'languages', 'python', 'multi-model', 'serving.py'), 'utf8');
    expect(project.get('algorithm/serving.py')).toBe(server);
    expect(project.get('algorithm/Dockerfile')).toContain('com.amazonaws.sagemaker.capabilities.multi-models=true');
    expect(projectOf({}).get('algorithm/Dockerfile')).not.toContain('multi-models');
  });

  test('has the model of its framework', () => {
    for (const framework of CHOICES.framework) {
      const model = readFileSync(
        path.join(STARTERS, 'languages', 'python', 'frameworks', framework, 'model.py'),
        'utf8',
      );
      expect(projectOf({ framework }).get('algorithm/model.py')).toBe(model);
    }
  });
});
