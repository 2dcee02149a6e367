import { JSONPath } from 'jsonpath-plus';
import type { Event } from './state-change';

/** The source of the input of a target: the event, a part of it, a constant, or a template in which parts of it are inserted. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Record<string, string>; readonly InputTemplate: string };
}

/** The input of a target of a rule. */
export function inputOf({ Input, InputPath, InputTransformer }: TargetInput, event: Event, ruleArn: string): unknown {
  if (Input !== undefined) return JSON.parse(Input) as unknown;
  if (InputPath !== undefined) return at(event, InputPath);
  if (InputTransformer === undefined) return event;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const predefined: Record<string, unknown> = {
    'aws.events.rule-arn': ruleArn,
    'aws.events.rule-name': ruleArn.split('/').at(-1),
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': event,
    'aws.events.event.json': event,
  };
  const filled = InputTemplate.replace(/<([\w.-]+)>/g, (placeholder, name: string, offset: number) => {
    const isPredefined = Object.hasOwn(predefined, name);
    if (!isPredefined && !Object.hasOwn(InputPathsMap, name)) return placeholder;
    const value = isPredefined ? predefined[name] : at(event, InputPathsMap[name]);
    return inserted(value, isQuoted(InputTemplate.slice(0, offset)));
  });
  return parsed(filled);
}

/** Why the input of a target is not valid; undefined if it is. */
export function inputError({ Input, InputPath, InputTransformer }: TargetInput): string | undefined {
  const given = [Input, InputPath, InputTransformer].filter((one) => one !== undefined);
  if (given.length > 1) return 'Only one of Input, InputPath and InputTransformer can be specified';
  if (Input !== undefined && !isJson(Input)) return 'Input must be valid JSON';
  if (InputPath !== undefined && !InputPath.startsWith('$')) return 'InputPath must be a JSONPath';
  const reserved = Object.keys(InputTransformer?.InputPathsMap ?? {}).find((name) => /^aws/i.test(name));
  return reserved === undefined
    ? undefined
    : `InputPathsMap must not contain names that start with AWS, got: ${reserved}`;
}

/** A value in a template: within a text, without quotes of its own. A path without a value inserts nothing. */
function inserted(value: unknown, isWithinText: boolean): string {
  if (value === undefined) return '';
  if (!isWithinText) return JSON.stringify(value);
  return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
}

/** Whether the end of a part of a template is within a text. */
function isQuoted(before: string): boolean {
  return (before.replace(/\\./g, '').split('"').length - 1) % 2 === 1;
}

function at(event: Event, path: string): unknown {
  return JSONPath<unknown>({ path, json: event, wrap: false });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  return isJson(text) ? (JSON.parse(text) as unknown) : text;
}
