import { XMLBuilder } from 'fast-xml-parser';
import { type ComparisonResult, type RequestResult, SIDES, type SideResult } from './compare';

const SHOWN_DISAGREEMENTS = 20;

/** The report of a comparison, in the format of the option. */
export type ComparisonFormat = keyof typeof FORMATS;

const FORMATS = { text, json, junit } satisfies Record<string, (result: ComparisonResult, min: number) => string>;
export const COMPARISON_FORMATS = Object.keys(FORMATS) as ComparisonFormat[];

export function comparisonReport(format: ComparisonFormat, result: ComparisonResult, minAgreement: number): string {
  return FORMATS[format](result, minAgreement);
}

function json(result: ComparisonResult): string {
  return JSON.stringify(result, undefined, 2);
}

function text(result: ComparisonResult, minAgreement: number): string {
  const { a, b } = result.sides;
  const rows: [string, string, string][] = [
    ['', 'a', 'b'],
    ['source', a.source, b.source],
    ['errors', String(a.errorCount), String(b.errorCount)],
    ...(['p50', 'p90', 'p99'] as const).map((name): [string, string, string] => [
      `latency ${name}`,
      milliseconds(a, name),
      milliseconds(b, name),
    ]),
    ['memory', mebibytes(a), mebibytes(b)],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const table = rows.map(([name, ofA, ofB]) => `${name.padEnd(widths[0])}  ${ofA.padEnd(widths[1])}  ${ofB}`.trimEnd());
  const { disagreements } = result;
  const shown = disagreements.slice(0, SHOWN_DISAGREEMENTS).map((one) => `  ${one.request}: ${described(one)}`);
  const rest = disagreements.length - shown.length;
  return [
    ...table,
    '',
    summary(result, minAgreement),
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; use --format json`] : []),
  ].join('\n');
}

function summary({ agreement, requestCount, disagreements }: ComparisonResult, minAgreement: number): string {
  const counts = `${requestCount - disagreements.length} of ${requestCount} requests have the same response (${percent(agreement)})`;
  return agreement < minAgreement ? `${counts}, less than --min-agreement ${percent(minAgreement)}` : counts;
}

function percent(part: number): string {
  // Rounded down: 99.99 % is not complete.
  return `${Math.floor(part * 1000) / 10} %`;
}

function described({ difference, errors }: RequestResult): string {
  if (difference !== undefined) return `${difference.at} is ${difference.a} in a, and ${difference.b} in b`;
  return SIDES.flatMap((side) => errors?.[side] && `${side}: ${errors[side]}`)
    .filter(Boolean)
    .join('; ');
}

function milliseconds({ latency }: SideResult, name: 'p50' | 'p90' | 'p99'): string {
  return latency === undefined ? 'no response' : `${latency[name].toFixed(1)} ms`;
}

function mebibytes({ memoryBytes }: SideResult): string {
  return memoryBytes === undefined ? 'unknown' : `${Math.round(memoryBytes / 1024 ** 2)} MiB`;
}

/** A test case per disagreement, which fails if there are too many of them, and one for the agreement. */
function junit(result: ComparisonResult, minAgreement: number): string {
  const isFailed = result.agreement < minAgreement;
  const cases = result.disagreements.map((one) => ({
    '@_name': one.request,
    '@_classname': 'byoa.compare',
    [isFailed ? 'failure' : 'skipped']: { '@_message': described(one) },
  }));
  const message = summary(result, minAgreement);
  const agreement = {
    '@_name': 'Agreement',
    '@_classname': 'byoa.compare',
    ...(isFailed ? { failure: { '@_message': message } } : { 'system-out': message }),
  };
  const suite = {
    '@_name': `byoa compare ${result.sides.a.source} ${result.sides.b.source}`,
    '@_tests': cases.length + 1,
    '@_failures': isFailed ? cases.length + 1 : 0,
    '@_skipped': isFailed ? 0 : cases.length,
    testcase: [agreement, ...cases],
  };
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const xml = { '@_version': '1.0', '@_encoding': 'UTF-8' };
  return builder.build({ '?xml': xml, testsuites: { testsuite: suite } }).trimEnd();
}
