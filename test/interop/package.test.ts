import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, run, scratch, synthesize, template } from './project';

const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { Algorithm, AlgorithmImages, Channel, ContainerImage, InstanceType } from 'cdk-sagemaker-algorithm';

const stack = new Stack(new App(), 'Consumer');
new Algorithm(stack, 'Algorithm', {
  images: AlgorithmImages.trainingOnly(ContainerImage.fromAsset('image')),
  channels: [Channel.file('train')],
  trainingInstanceTypes: [InstanceType.ML_M5_XLARGE],
});
`;

describe('The npm package, in an empty app with only aws-cdk-lib and constructs', () => {
  const app = scratch();

  beforeAll(() => {
    const [{ filename }] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--silent', '--pack-destination', app)) as {
      filename: string;
    }[];
    const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const newest = devDependencies['aws-cdk-lib-newest'].replace('npm:aws-cdk-lib@', '');
    const dependencies = {
      'aws-cdk-lib': newest,
      constructs: devDependencies.constructs,
      'cdk-sagemaker-algorithm': `file:${filename}`,
    };
    writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'consumer', private: true, dependencies }));
    writeFileSync(path.join(app, 'app.ts'), APP);
    // The options that aws-cdk-lib requires, and none that would hide an error in the types of the library.
    const lib = ['es2022', 'esnext.disposable'];
    const compilerOptions = {
      lib,
      strict: true,
      target: 'es2022',
      module: 'commonjs',
      moduleResolution: 'bundler',
      types: [],
    };
    writeFileSync(path.join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    cpSync(path.join(ROOT, 'test', 'fixtures', 'image'), path.join(app, 'image'), { recursive: true });
    run(app, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--silent');
  });

  test('type-checks', () => {
    expect(run(app, process.execPath, path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'))).toBe('');
  });

  test('synthesizes', () => {
    const assembly = synthesize(`${process.execPath} app.js`, 'combined', app);
    expect(JSON.stringify(template(assembly, 'Consumer'))).toContain('AWS::SageMaker::Algorithm');
  });

  test('contains the command line', () => {
    expect(run(app, 'npx', '--no-install', 'byoa', '--help')).toContain('Run a training job as SageMaker runs it');
  });

  test('creates a project that synthesizes with the installed package', () => {
    run(app, 'npx', '--no-install', 'byoa', 'init', 'starter', '--yes');
    const tsx = pathToFileURL(path.join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs'));
    const project = path.join(app, 'starter');
    const assembly = synthesize(`${process.execPath} --import ${tsx.href} bin/app.ts`, 'combined', project);
    expect(JSON.stringify(template(assembly, 'starter'))).toContain('AWS::SageMaker::Endpoint');
  });

  test('has no other dependencies', () => {
    const installed = JSON.parse(run(app, 'npm', 'ls', '--json', '--depth=1')) as {
      dependencies: Record<string, { dependencies?: object }>;
    };
    expect(Object.keys(installed.dependencies)).toEqual(['aws-cdk-lib', 'cdk-sagemaker-algorithm', 'constructs']);
    const peers = Object.keys(installed.dependencies['cdk-sagemaker-algorithm'].dependencies ?? {});
    expect(peers.sort()).toEqual(['aws-cdk-lib', 'constructs']);
  });
});
