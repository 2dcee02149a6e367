import { imageCheck, lines, servingCheck } from './check-options';
import type { Choices } from './choices';
import { type Files, type Values, assetsIn, below, filled } from './files';
import { VERSIONS } from './versions';

/** The files of a new project. */
export function newProject(name: string, choices: Choices): Files {
  return new Map([
    ...below('algorithm', algorithm(choices)),
    ...below('data', sampleData()),
    ...filled(templates(choices), values(name, choices)),
  ]);
}

/** The data of the example algorithm, without its request, which the project has in another folder. */
function sampleData(): Files {
  return new Map([...assetsIn('breast-cancer', 'data')].filter(([file]) => file !== 'request.csv'));
}

const PYTHON_FOLDERS = /^(frameworks|multi-model)\//;

/** The container: the starter of a language, with the files of the framework and of the kind of serving over it. */
function algorithm({ language, framework, layout, serving }: Choices): Files {
  const folder = ['starters', 'languages', language];
  const files = new Map([...assetsIn(...folder)].filter(([file]) => !PYTHON_FOLDERS.test(file)));
  const add = (...above: string[]): void =>
    assetsIn(...folder, ...above).forEach((content, file) => files.set(file, content));
  if (framework !== undefined) add('frameworks', framework);
  if (serving === 'multi-model') add('multi-model');
  const dockerfile = files.get('Dockerfile');
  if (layout === 'split' && dockerfile !== undefined) files.set('Dockerfile', withoutLastStage(dockerfile));
  return files;
}

/** Separate images do not need the stage for one image, which is the last one. */
function withoutLastStage(dockerfile: Buffer): Buffer {
  return dockerfile.subarray(0, dockerfile.lastIndexOf('\nFROM '));
}

/** The folders of the templates, from the bottom to the top. */
function templates({ app, layout, serving }: Choices): string[] {
  if (app === 'none') return ['all', 'none/starter'];
  const invocation = serving === 'realtime' || serving === 'serverless' ? 'endpoint' : serving;
  return [
    'all',
    `${app}/app`,
    'app',
    `${app}/starter`,
    `${app}/layout/${layout}`,
    `${app}/serving/${serving}`,
    `invoke/${invocation}`,
  ];
}

/** The purpose of the stack after the training. */
const SUMMARIES: Record<Choices['serving'], string> = {
  realtime: 'hosts it on a real-time endpoint',
  serverless: 'hosts it on a serverless endpoint',
  async: 'hosts it on an endpoint for asynchronous inference',
  batch: 'scores a file with a batch transform job',
  'multi-model': 'hosts it on a multi-model endpoint',
};

function values(name: string, { layout, serving }: Choices): Values {
  const image = imageCheck(layout === 'split' ? { training: 'training', inference: 'inference' } : undefined);
  const served = servingCheck(serving);
  return {
    ...VERSIONS,
    name,
    image: 'algorithm',
    summary: `A custom algorithm on Amazon SageMaker. The stack trains a model and ${SUMMARIES[serving]}.`,
    checkOptions: [...image.flags, ...SAMPLES, ...served.flags].join(' '),
    imageOptions: lines(image, '    '),
    servingOptions: lines(served, '      '),
    ...(serving === 'multi-model' ? MULTI_MODEL : ONE_MODEL),
  };
}

/** The commands that invoke the model in a container, in the README of a project without an app. */
const ONE_MODEL = {
  serveOptions: '',
  invocation: 'npx byoa invoke --url http://127.0.0.1:8080 --request requests/rows.csv    # in another shell',
};
const MULTI_MODEL = {
  serveOptions: ' --env SAGEMAKER_MULTI_MODEL=true',
  invocation: [
    `curl --data '{"model_name": "example", "url": "/opt/ml/model"}' http://127.0.0.1:8080/models    # in another shell: loads the model`,
    "curl --data-binary @requests/rows.csv --header 'Content-Type: text/csv' http://127.0.0.1:8080/models/example/invoke",
  ].join('\n'),
};

const SAMPLES = [
  '--channel train=data/train,type=text/csv --channel validation=data/validation,type=text/csv --hyperparameter epochs=5',
  '--request requests/rows.csv --request requests/rows.json',
];
