import type { InputRecord } from '../contract/records';
import type { ExecutionLineage } from './execution';
import { type Fact, isMissing } from './fact';
import type { InputsLineage } from './inputs';
import type { Lineage } from './lineage';
import type { TrainingLineage } from './training';
import type { ContainerLineage } from './version';
import type { VersionedObject } from './versions';

/** The format of a report. */
export type LineageFormat = 'text' | 'json';

/** A line of the report: a name, its value, and lines that belong to it. */
interface Line {
  readonly name: string;
  readonly value?: string;
  readonly lines?: Line[];
}

export function lineageReport(format: LineageFormat, lineage: Lineage): string {
  return format === 'json' ? JSON.stringify(lineage, undefined, 2) : linesOf(lineage).flatMap(text()).join('\n');
}

const INDENT = 2;
const NAME_WIDTH = 22;

/** Renders a line with those that belong to it. The values are aligned. */
function text(depth = 0): (line: Line) => string[] {
  return ({ name, value, lines = [] }) => [
    `${' '.repeat(depth)}${value === undefined ? name : `${name.padEnd(NAME_WIDTH - depth)}  ${value}`}`,
    ...lines.flatMap(text(depth + INDENT)),
  ];
}

function linesOf(lineage: Lineage): Line[] {
  const { modelPackageArn, status, approvalStatus, createdAt = '', createdBy, description } = lineage;
  return [
    {
      name: 'Version',
      value: modelPackageArn,
      lines: [
        { name: 'status', value: [status, approvalStatus].filter(Boolean).join(', ') },
        { name: 'registered', value: createdBy === undefined ? createdAt : `${createdAt} by ${createdBy}` },
        ...(description === undefined ? [] : [{ name: 'description', value: description }]),
        {
          name: 'commit',
          value: shown(lineage.commit, ({ commitId, repository }) =>
            [commitId, repository].filter(Boolean).join(' in '),
          ),
        },
      ],
    },
    ...lineage.containers.map(container),
    training(lineage.trainingJob),
    {
      name: 'Evaluation',
      lines: [...pairs(lineage.metrics), { name: 'report', value: shown(lineage.evaluationReport, same) }],
    },
    execution(lineage.execution),
  ];
}

function container({ image, digest, modelDataUrl, modelDataETag }: ContainerLineage): Line {
  return {
    name: 'Container',
    lines: [
      { name: 'image', value: image },
      { name: 'digest', value: shown(digest, same) },
      ...(modelDataUrl === undefined ? [] : [{ name: 'model data', value: modelDataUrl }]),
      { name: 'ETag', value: shown(modelDataETag, same) },
    ],
  };
}

function training(fact: Fact<TrainingLineage>): Line {
  if (isMissing(fact)) return { name: 'Training job', value: shown(fact, same) };
  const { createdAt = '', endedAt, tuningJobArn, algorithm, image } = fact;
  return {
    name: 'Training job',
    value: fact.trainingJobName,
    lines: [
      { name: 'status', value: `${fact.status}, ${createdAt} to ${endedAt ?? 'now'}, ${fact.instances}` },
      ...(tuningJobArn === undefined ? [] : [{ name: 'best job of', value: tuningJobArn }]),
      ...(algorithm === undefined ? [] : [{ name: 'algorithm', value: algorithm }]),
      { name: 'image', value: shown(image, (found) => found.image) },
      ...(isMissing(image) ? [] : [{ name: 'digest', value: shown(image.digest, same) }]),
      ...(fact.role === undefined ? [] : [{ name: 'role', value: fact.role }]),
      { name: 'hyperparameters', lines: pairs(fact.hyperparameters) },
      { name: 'metrics', lines: pairs(fact.metrics) },
      inputs(fact.inputs),
    ],
  };
}

function inputs({ channels, recorded, now, versions, isUnchanged }: InputsLineage): Line {
  return {
    name: 'inputs',
    lines: [
      ...channels.map(({ channel, source, dataType, contentType }) => ({
        name: channel,
        value: `${source} (${[dataType, contentType].filter(Boolean).join(', ')})`,
      })),
      { name: 'when created', value: shown(recorded, objects) },
      { name: 'now', value: isUnchanged === true ? 'unchanged' : shown(now, objects) },
      { name: 'versions', value: shown(versions, ({ length }) => `${length} objects`), lines: versionLines(versions) },
    ],
  };
}

/** So many versions are part of the text. The JSON contains all of them. */
const MAX_VERSIONS = 10;

function versionLines(versions: Fact<VersionedObject[]>): Line[] {
  if (isMissing(versions)) return [];
  const lines = versions.slice(0, MAX_VERSIONS).map(({ uri, versionId }) => ({ name: versionId, value: uri }));
  const others = versions.length - lines.length;
  return others === 0 ? lines : [...lines, { name: `and ${others} more: --format json prints them` }];
}

function objects({ objects: total, bytes, newest, sha256, isPartial }: InputRecord): string {
  const count = `${isPartial ? 'the first ' : ''}${total} objects`;
  const newestText = newest === undefined ? '' : `, newest ${newest}`;
  return `${count}, ${bytes} bytes${newestText}, sha256 ${sha256}`;
}

function execution(fact: Fact<ExecutionLineage>): Line {
  if (isMissing(fact)) return { name: 'Workflow execution', value: shown(fact, same) };
  const { executionArn, details } = fact;
  if (isMissing(details))
    return {
      name: 'Workflow execution',
      value: executionArn,
      lines: [{ name: 'status', value: shown(details, same) }],
    };
  const { status, startedAt = '', endedAt = 'now', redriveCount, input } = details;
  const redrives = redriveCount === 0 ? '' : `, redriven ${redriveCount} times`;
  return {
    name: 'Workflow execution',
    value: executionArn,
    lines: [
      { name: 'status', value: `${status}, ${startedAt} to ${endedAt}${redrives}` },
      { name: 'input', value: JSON.stringify(input) },
    ],
  };
}

function pairs(values: Record<string, string | number>): Line[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
}

function shown<T>(fact: Fact<T>, show: (known: T) => string): string {
  return isMissing(fact) ? `unknown: ${fact.missing}` : show(fact);
}

const same = (text: string): string => text;
