import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import limits from '../../lib/private/limits.json';
import { type ChannelInput, type InputMode, type Metric, channelError } from '../container';
import { capturesGroup, isConditional, metricExpression } from '../contract';

/** Wrong options or arguments: each error names the option, the rule, the value and how to fix it. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';

  constructor(public readonly errors: string[]) {
    super(errors.join('\n'));
  }
}

/** Collects the errors of all options, so that the user reads them at once. */
export class ValidationErrors {
  public readonly list: string[] = [];

  public when(isError: boolean, error: string): void {
    if (isError) this.list.push(error);
  }

  public throwIfAny(): void {
    if (this.list.length > 0) throw new UsageError(this.list);
  }
}

/** The `NAME=VALUE` pairs of a repeatable option. */
export function pairs(errors: ValidationErrors, option: string, given: string[] = []): [string, string][] {
  return given.flatMap((text) => {
    const at = text.indexOf('=');
    errors.when(at < 1, `${option} must have the form NAME=VALUE, got: "${text}"`);
    return at < 1 ? [] : [[text.slice(0, at), text.slice(at + 1)] as [string, string]];
  });
}

/** The form of `--channel`. */
export const CHANNEL_FORM = 'NAME=DIR[,type=MIME][,mode=File|FastFile|Pipe][,compression=Gzip][,wrapper=RecordIO]';

/** The channels of `--channel`, each in the form above. */
export function channels(errors: ValidationErrors, given: string[] = []): ChannelInput[] {
  const inputs = pairs(errors, '--channel', given).map(([name, value]) => channel(errors, name, value));
  const names = inputs.map(({ name }) => name);
  checkUnique(errors, names, (name) => `--channel must name each channel once, got: "${name}" several times`);
  return inputs;
}

/** Adds an error for each text that occurs several times. */
export function checkUnique(errors: ValidationErrors, texts: string[], errorOf: (text: string) => string): void {
  for (const twice of new Set(texts.filter((text, index) => texts.indexOf(text) !== index)))
    errors.when(true, errorOf(twice));
}

function channel(errors: ValidationErrors, name: string, value: string): ChannelInput {
  const { directory, settings } = directoryAndSettings(value);
  const { type, mode = 'File', compression, wrapper, ...unknown } = settings;
  const when = (isError: boolean, error: string): void => errors.when(isError, `--channel ${name}: ${error}`);
  const { pattern = '', max } = limits.shapes.ChannelName;
  when(
    !new RegExp(`^(?:${pattern})$`).test(name) || name.length > max,
    `a name has at most ${max} letters, digits, dots, hyphens and underscores`,
  );
  when(!isDirectory(directory), `"${directory}" is not a directory`);
  if (isDirectory(directory)) {
    when(readdirSync(directory).length === 0, `"${directory}" is empty`);
    const error = channelError(directory);
    when(error !== undefined, error ?? '');
  }
  const modes = ['File', 'FastFile', 'Pipe'];
  when(!modes.includes(mode), `mode must be one of ${modes.join(', ')}, got: "${mode}"`);
  when(compression !== undefined && compression !== 'Gzip', `compression must be Gzip, got: "${compression}"`);
  when(wrapper !== undefined && wrapper !== 'RecordIO', `wrapper must be RecordIO, got: "${wrapper}"`);
  const isPiped = mode === 'Pipe' || (compression ?? wrapper) === undefined;
  when(!isPiped, `compression and wrapper require mode=Pipe, got: mode=${mode}`);
  for (const key of Object.keys(unknown)) {
    when(
      true,
      `unknown setting "${key}"; use type=MIME, mode=File|FastFile|Pipe, compression=Gzip or wrapper=RecordIO`,
    );
  }
  return {
    name,
    directory,
    contentType: type,
    inputMode: mode as InputMode,
    isCompressed: compression === 'Gzip',
    isRecordIo: wrapper === 'RecordIO',
  };
}

/** Splits a path, which may contain commas, from the settings after it: the longest existing directory, or else the shortest path. */
export function directoryAndSettings(value: string): { directory: string; settings: Record<string, string> } {
  const words = value.split(',');
  const lengths = words.map((_, index) => words.length - index);
  const fits = lengths.filter((length) => words.slice(length).every((word) => /^[a-z]+=/.test(word)));
  const pathOf = (length: number): string => words.slice(0, length).join(',');
  const length = fits.find((one) => isDirectory(pathOf(one))) ?? Math.min(...fits);
  const settings = words.slice(length).map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]);
  return { directory: pathOf(length), settings: Object.fromEntries(settings) };
}

/** The hyperparameters of a JSON file, overridden by those of `--hyperparameter`. All values become strings. */
export function hyperparameters(errors: ValidationErrors, file?: string, given?: string[]): Record<string, string> {
  const values = { ...fromFile(errors, file), ...Object.fromEntries(pairs(errors, '--hyperparameter', given)) };
  const { HyperParameters: all, HyperParameterKey: key, HyperParameterValue: text } = limits.shapes;
  errors.when(Object.keys(values).length > all.max, `--hyperparameter: a job has at most ${all.max} hyperparameters`);
  for (const [name, value] of Object.entries(values)) {
    errors.when(
      name.length > key.max,
      `--hyperparameter ${name.slice(0, 20)}…: a name has at most ${key.max} characters`,
    );
    errors.when(value.length > text.max, `--hyperparameter ${name}: a value has at most ${text.max} characters`);
  }
  return values;
}

function fromFile(errors: ValidationErrors, file?: string): Record<string, string> {
  if (file === undefined) return {};
  try {
    const values: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new Error('the file must contain one JSON object');
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
  } catch (error) {
    errors.when(true, `--hyperparameters ${file}: ${(error as Error).message}`);
    return {};
  }
}

/** The metric definitions, which are valid for the option if they are for `MetricDefinition.of`. */
export function metrics(errors: ValidationErrors, given?: string[]): Metric[] {
  return pairs(errors, '--metric', given).map(([name, regex]) => {
    const { MetricName, MetricRegex } = limits.shapes;
    errors.when(
      name.length > MetricName.max,
      `--metric ${name.slice(0, 20)}…: a name has at most ${MetricName.max} characters`,
    );
    errors.when(
      regex.length > MetricRegex.max,
      `--metric ${name}: an expression has at most ${MetricRegex.max} characters`,
    );
    try {
      const hasGroup = capturesGroup(metricExpression(regex));
      errors.when(
        !hasGroup,
        `--metric ${name} must capture the number in a group such as auc=([0-9.]+), got: "${regex}"`,
      );
    } catch (error) {
      errors.when(!isConditional(regex), `--metric ${name}: ${(error as Error).message}`);
    }
    return { name, regex };
  });
}

/** A whole number within limits. */
export function count(
  errors: ValidationErrors,
  option: string,
  text: string | undefined,
  [min, max]: [number, number],
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  errors.when(
    !Number.isInteger(value) || value < min || value > max,
    `${option} must be a whole number from ${min} to ${max}, got: "${text}"`,
  );
  return value;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The seconds of a time such as `90s`, `10m` or `2h`. */
export function seconds(errors: ValidationErrors, option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { amount, unit = 's' } = /^(?<amount>\d+)(?<unit>[smhd])?$/.exec(text)?.groups ?? {};
  errors.when(!(Number(amount) > 0), `${option} must be a time such as 90s, 10m or 2h, got: "${text}"`);
  return Number(amount) * UNITS[unit];
}

export function existing(errors: ValidationErrors, option: string, file?: string): void {
  errors.when(file !== undefined && file !== '-' && !existsSync(file), `${option}: "${file}" does not exist`);
}

export function httpUrl(errors: ValidationErrors, option: string, url?: string): void {
  const isHttp = url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
  errors.when(!isHttp, `${option} must be an HTTP URL such as http://127.0.0.1:8080, got: "${url}"`);
}

export function isDirectory(file: string): boolean {
  return existsSync(file) && statSync(file).isDirectory();
}

const CONTENT_TYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.jsonl': 'application/jsonlines',
  '.txt': 'text/plain',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.npy': 'application/x-npy',
  '.parquet': 'application/x-parquet',
};

/** The sample requests of `FILE[,type=MIME]`, and the content type of those without one. */
export function requests(
  errors: ValidationErrors,
  given: string[] = [],
  defaultType?: string,
): { file: string; contentType: string }[] {
  return given.map((text) => {
    const { file = '', type } = /^(?<file>.*?)(?:,type=(?<type>.+))?$/s.exec(text)?.groups ?? {};
    existing(errors, '--request', file);
    const contentType = type ?? defaultType ?? CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
    return { file, contentType };
  });
}
