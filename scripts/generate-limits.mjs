// Generates the limits of the SageMaker API from the service model in botocore:
//
//   npm run generate -- path/to/botocore/data/sagemaker/2017-07-24/service-2.json[.gz]
//
// Writes lib/private/limits.json (one entry for each shape with a limit), the constants of lib/common/instance-type.ts, and
// local/aws-model/api.json (the inputs of the operations of the local service, with their constraints). The models of the other services
// with constraints, in the same botocore, lead to local/aws-model/cloudwatch.json and local/aws-model/application-auto-scaling.json.
//
//   npm run generate -- --check [path/to/service-2.json[.gz]]
//
// Compares the tables with those of a service model, by default of the botocore that Python imports. Outdated tables are a warning: a
// release of botocore must not fail the build.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { format, resolveConfig } from 'prettier';

const OPERATIONS = [
  'CreateAlgorithm',
  'CreateTrainingJob',
  'CreateHyperParameterTuningJob',
  'CreateModelPackage',
  'CreateModelPackageGroup',
  'UpdateModelPackage',
  'CreateModel',
  'CreateEndpointConfig',
  'CreateEndpoint',
  'UpdateEndpoint',
  'CreateTransformJob',
  'CreateProcessingJob',
  'CreateInferenceComponent',
  'CreatePipeline',
  'StartPipelineExecution',
];
const INSTANCE_TYPES = {
  training: 'TrainingInstanceType',
  transform: 'TransformInstanceType',
  processing: 'ProcessingInstanceType',
  endpoint: 'ProductionVariantInstanceType',
};

/** Converts a Java pattern to JavaScript. A pattern that every value matches is omitted; `.*` is not one: it excludes line breaks. */
function pattern(text) {
  if (text === undefined || text === '[\\S\\s]*') return undefined;
  return text
    .replace(/\$\{\d+,\d+\}$/, '')
    .replaceAll('\\p{Alnum}', 'a-zA-Z0-9')
    .replaceAll('\\p{Print}', '[\\x20-\\x7E]');
}

function collect({ shapes, operations }) {
  const limits = {};
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const { type, min, max, enum: values, members = {}, member, key, value, ...shape } = shapes[name];
    const isInstanceType = Object.values(INSTANCE_TYPES).includes(name);
    const limit = { min, max, pattern: pattern(shape.pattern), values: isInstanceType ? undefined : values };
    const isLimited = ['integer', 'long'].includes(type) || Object.values(limit).some((part) => part !== undefined);
    // Most shapes are strings.
    if (isLimited) limits[name] = { type: type === 'string' ? undefined : type, ...limit };
    [...Object.values(members), member, key, value].forEach((part) => part && visit(part.shape));
  };
  OPERATIONS.forEach((operation) => visit(operations[operation].input.shape));
  return Object.fromEntries(Object.entries(limits).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const natural = new Intl.Collator('en', { numeric: true });
const constantName = (type) => type.toUpperCase().replace(/[.-]/g, '_');

function instanceTypeConstants(types) {
  return types
    .map((type) => `  /** ${type} */\n  public static readonly ${constantName(type)} = InstanceType.of('${type}');\n`)
    .join('\n');
}

const PYTHONS = ['.cache/venv/bin/python', 'python3'];
const MODEL = 'data/sagemaker/2017-07-24/service-2.json';

/** The service model of the newest botocore that a Python imports. */
function installedModel() {
  const models = PYTHONS.flatMap((python) => {
    try {
      const command = 'import botocore, os; print(os.path.dirname(botocore.__file__))';
      const directory = execFileSync(python, ['-c', command], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return [`${MODEL}.gz`, MODEL].map((name) => path.join(directory.trim(), name)).filter(existsSync);
    } catch {
      return [];
    }
  });
  return models.sort((a, b) => natural.compare(versionOf(b), versionOf(a)))[0];
}

/** The version of the botocore that contains a service model. */
function versionOf(file) {
  const init = path.join(path.dirname(file), '../../../__init__.py');
  const version = existsSync(init) && /^__version__ = '(.*)'/m.exec(readFileSync(init, 'utf8'))?.[1];
  return `botocore ${version || '(unknown version)'}`;
}

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const file = args.find((arg) => arg !== '--check') ?? (isCheck ? installedModel() : undefined);
if (!file && isCheck) {
  console.log('The age of the tables is unknown: Python does not import botocore, and no service model was specified.');
  process.exit();
}
if (!file) throw new Error('Usage: npm run generate -- [--check] path/to/service-2.json[.gz]');
function readModel(name) {
  const bytes = readFileSync(name);
  return JSON.parse(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}
const model = readModel(file);

const instanceTypes = Object.fromEntries(
  Object.entries(INSTANCE_TYPES).map(([use, shape]) => [use, [...model.shapes[shape].enum].sort(natural.compare)]),
);
const lines = (object) =>
  Object.entries(object)
    .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');
const outputs = {};
outputs['lib/private/limits.json'] = `{
  "source": "${versionOf(file)}",
  "apiVersion": "${model.metadata.apiVersion}",
  "shapes": {
${lines(collect(model))}
  },
  "instanceTypes": {
${lines(instanceTypes)}
  }
}
`;

/** The inputs of operations with their members, required members and limits. The prefix distinguishes shapes of several services. */
function inputsOf({ shapes, operations }, names, prefix = '') {
  const named = (part) => part && `${prefix}${part.shape}`;
  const inputs = Object.fromEntries(names.map((name) => [name, named(operations[name].input)]));
  const kept = {};
  const visit = (name) => {
    if (`${prefix}${name}` in kept) return;
    const { type, required, members = {}, member, key, value, min, max, enum: values, ...shape } = shapes[name];
    kept[`${prefix}${name}`] = {
      type,
      required,
      members:
        type === 'structure' ? Object.fromEntries(Object.entries(members).map(([n, m]) => [n, named(m)])) : undefined,
      member: named(member),
      key: named(key),
      value: named(value),
      min,
      max,
      pattern: pattern(shape.pattern),
      values,
    };
    [...Object.values(members), member, key, value].forEach((part) => part && visit(part.shape));
  };
  names.forEach((name) => visit(operations[name].input.shape));
  return { inputs, shapes: kept };
}

const membersOf = ({ shapes }, name) => Object.keys(shapes[name].members);

/** The List operations: the list in the output, the members of its items, and the defaults that the documentation states. */
function listsOf(model, names) {
  const defaultOf = ({ documentation = '' }) => /default is (\w+)/.exec(documentation.replace(/<[^>]+>/g, ''))?.[1];
  const lists = names
    .filter((name) => name.startsWith('List'))
    .flatMap((name) => {
      const { input, output } = model.operations[name];
      const { SortBy, SortOrder } = model.shapes[input.shape].members;
      if (SortBy === undefined) return [];
      const outputs = Object.entries(model.shapes[output.shape].members);
      const [[list, { shape }]] = outputs.filter(([member]) => member !== 'NextToken');
      const noun = /^List(.+?)s(For|$)/.exec(name)[1];
      const members = membersOf(model, model.shapes[shape].member.shape);
      return [[name, { output: list, noun, members, sortBy: defaultOf(SortBy), sortOrder: defaultOf(SortOrder) }]];
    });
  return Object.fromEntries(lists);
}

/** The members of the outputs of the Describe operations. */
function descriptionsOf(model, names) {
  const describes = names.filter((name) => name.startsWith('Describe'));
  return Object.fromEntries(describes.map((name) => [name, membersOf(model, model.operations[name].output.shape)]));
}

/** The members of the resources that Search finds. */
function searchRecordsOf(model, names) {
  const { members } = model.shapes.SearchRecord;
  return Object.fromEntries(names.map((name) => [name, membersOf(model, members[name].shape)]));
}

const NOUNS = [
  ...['Algorithm', 'Model', 'EndpointConfig', 'Endpoint', 'InferenceComponent'],
  ...['ModelPackage', 'ModelPackageGroup'],
];
const LOCAL = [
  ...NOUNS.flatMap((noun) => [`Create${noun}`, `Describe${noun}`, `Delete${noun}`, `List${noun}s`]),
  ...['TrainingJob', 'TransformJob', 'ProcessingJob'].flatMap((noun) => [
    `Create${noun}`,
    `Describe${noun}`,
    `Stop${noun}`,
    `List${noun}s`,
  ]),
  ...['Create', 'Describe', 'Stop', 'Delete'].map((verb) => `${verb}HyperParameterTuningJob`),
  'ListHyperParameterTuningJobs',
  'ListTrainingJobsForHyperParameterTuningJob',
  ...['UpdateEndpointWeightsAndCapacities', 'UpdateInferenceComponent', 'UpdateInferenceComponentRuntimeConfig'],
  ...['UpdateEndpoint', 'UpdateModelPackage', 'AddTags', 'ListTags', 'DeleteTags', 'Search'],
];
const SEARCHED = ['TrainingJob', 'HyperParameterTuningJob', 'ModelPackage', 'ModelPackageGroup', 'Endpoint'];
outputs['local/aws-model/api.json'] = `${JSON.stringify({
  ...inputsOf(model, LOCAL),
  lists: listsOf(model, LOCAL),
  descriptions: descriptionsOf(model, LOCAL),
  searchRecords: searchRecordsOf(model, SEARCHED),
})}\n`;

const OTHERS = {
  cloudwatch: {
    directory: 'cloudwatch/2010-08-01',
    operations: [
      ...['PutMetricData', 'GetMetricData', 'GetMetricStatistics', 'ListMetrics', 'PutMetricAlarm', 'DescribeAlarms'],
      ...['DescribeAlarmHistory', 'DeleteAlarms', 'SetAlarmState', 'EnableAlarmActions', 'DisableAlarmActions'],
    ],
  },
  'application-auto-scaling': {
    directory: 'application-autoscaling/2016-02-06',
    operations: [
      ...['RegisterScalableTarget', 'DescribeScalableTargets', 'DeregisterScalableTarget'],
      ...['PutScalingPolicy', 'DescribeScalingPolicies', 'DeleteScalingPolicy', 'DescribeScalingActivities'],
      ...['PutScheduledAction', 'DescribeScheduledActions', 'DeleteScheduledAction'],
    ],
  },
};
for (const [name, { directory, operations }] of Object.entries(OTHERS)) {
  const other = path.join(path.dirname(file), '../..', directory, path.basename(file));
  // A single service model is without those of the other services.
  if (!existsSync(other)) continue;
  outputs[`local/aws-model/${name}.json`] = `${JSON.stringify(inputsOf(readModel(other), operations, `${name}.`))}\n`;
}

const target = 'lib/common/instance-type.ts';
const all = [...new Set(Object.values(instanceTypes).flat())].sort(natural.compare);
const [head, , tail] = readFileSync(target, 'utf8').split(
  /(?<=\/\/ <constants>\n)([\s\S]*?)(?=[ ]*\/\/ <\/constants>)/,
);
const source = `${head}${instanceTypeConstants(all)}${tail}`;
outputs[target] = await format(source, { ...(await resolveConfig(target)), parser: 'typescript' });

/** Warns about tables that differ from those of the service model. */
function check() {
  const { source: inUse, instanceTypes: known } = JSON.parse(readFileSync('lib/private/limits.json', 'utf8'));
  const withoutSource = (text) => text.replace(/^ *"source": .*\n/m, '');
  const outdated = Object.entries(outputs).filter(
    ([name, text]) => withoutSource(readFileSync(name, 'utf8')) !== withoutSource(text),
  );
  const isOlder = inUse !== undefined && natural.compare(versionOf(file), inUse) < 0;
  if (outdated.length === 0 || isOlder) {
    return console.log(`The tables (${inUse}) are ${isOlder ? 'newer than' : 'equal to'} those of ${versionOf(file)}.`);
  }
  const unknown = all.filter((type) => !Object.values(known).flat().includes(type));
  console.warn(
    `warning: the tables are from ${inUse ?? 'an unknown version'}, and those of ${versionOf(file)} differ: ${outdated.map(([name]) => name).join(', ')}` +
      `${unknown.length === 0 ? '' : `; ${unknown.length} instance types are unknown (${unknown.slice(0, 3).join(', ')}, …)`}. ` +
      'Generate them with `npm run generate`.',
  );
}

if (isCheck) check();
else Object.entries(outputs).forEach(([name, text]) => writeFileSync(name, text));
