import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import limits from '../../lib/private/limits.json';
import type { ChannelInput, InputMode, Metric } from '../container';

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

/** `NAME=DIRECTORY[,type=MIME][,mode=File|FastFile|Pipe]`. */
export function channels(errors: ValidationErrors, given: string[] = []): ChannelInput[] {
  const inputs = pairs(errors, '--channel', given).map(([name, value]) => channel(errors, name, value));
  const names = inputs.map(({ name }) => name);
  for (const twice of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    errors.when(true, `--channel must name each channel once, got: "${twice}" several times`);
  }
  return inputs;
}

function channel(errors: ValidationErrors, name: string, value: string): ChannelInput {
  const [directory, ...settings] = value.split(',');
  const {
    type,
    mode = 'File',
    ...unknown
  } = Object.fromEntries(settings.map((setting) => setting.split('='))) as Record<string, string>;
  const { pattern = '', max } = limits.shapes.ChannelName;
  errors.when(
    !new RegExp(`^(?:${pattern})$`).test(name) || name.length > max,
    `--channel ${name}: a name has at most ${max} letters, digits, dots, hyphens and underscores`,
  );
  errors.when(!isDirectory(directory), `--channel ${name}: "${directory}" is not a directory`);
  errors.when(
    isDirectory(directory) && readdirSync(directory).length === 0,
    `--channel ${name}: "${directory}" is empty`,
  );
  const modes = ['File', 'FastFile', 'Pipe'];
  errors.when(!modes.includes(mode), `--channel ${name}: mode must be one of ${modes.join(', ')}, got: "${mode}"`);
  for (const key of Object.keys(unknown)) {
    errors.when(true, `--channel ${name}: unknown setting "${key}"; use type=MIME or mode=File|FastFile|Pipe`);
  }
  return { name, directory, contentType: type, inputMode: mode as InputMode };
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

export function metrics(errors: ValidationErrors, given?: string[]): Metric[] {
  return pairs(errors, '--metric', given).map(([name, regex]) => {
    try {
      new RegExp(regex.replaceAll('(?P<', '(?<'));
    } catch (error) {
      errors.when(true, `--metric ${name}: ${(error as Error).message}`);
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

/** The sample requests of `FILE[,type=MIME]`. */
export function requests(errors: ValidationErrors, given: string[] = []): { file: string; contentType: string }[] {
  return given.map((text) => {
    const { file = '', type } = /^(?<file>.*?)(?:,type=(?<type>.+))?$/s.exec(text)?.groups ?? {};
    existing(errors, '--request', file);
    return { file, contentType: type ?? CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream' };
  });
}
